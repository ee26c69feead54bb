import {
  imagesByLevel,
  imagesByProvenance,
  imagesBySignature,
  provenanceClaimed,
  provenanceVerified,
  runningImages,
  signatureClaimed,
  signatureVerified,
  signerChanges,
} from '../../exporters/supply-chain/metrics.ts';
import { shareLooked } from '../common/looked.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSupplyImages, linksToTeam } from '../lib/links.ts';
import { days, lines, ordered, table } from '../lib/panels.ts';
import { eventsByDay, eventsWithin, latest, not, or, type Query, sum, sumBy, times } from '../lib/promql.ts';
import { anyToActOn, coveredShares, noneAllowed } from '../thresholds.ts';
import { byStatus, chosenNames, chosenPlaces, nothingRuns, ofPlaces, ofRunning, ofServices } from './scope.ts';
import { provenanceWords, signatureWords } from './words.ts';

const team = ['team'] as const;
const running = sumBy(team, latest(runningImages, ofServices));
/** 0 where a team runs anything: of each image it is known how it stands, or that nobody looked. */
const ofRunningTeams = (query: Query<'team', true>) => or(query, times(running, 0));
const signed = (status: string) => ofRunningTeams(sumBy(team, latest(imagesBySignature, { ...ofServices, status })));
const built = (status: string) => ofRunningTeams(sumBy(team, latest(imagesByProvenance, { ...ofServices, status })));
const verified = (of: typeof imagesBySignature | typeof imagesByProvenance) =>
  shareLooked(
    sumBy(team, latest(of, { ...ofServices, status: 'verified' })),
    sumBy(team, latest(of, { ...ofServices, status: not('unknown') })),
    running,
  );
const levels = ['0', '1', '2', '3'] as const;

/** What is ours provably, what only says so, and what nobody looked at. */
export const signing = row(
  'Who signed it, and who built it?',
  table({
    title: 'Teams and whose images they run',
    description:
      'What can each team prove? Of its running images the share with a verified signature, and how many are signed without anybody having checked, do not hold, are not signed, and were not looked at; the share with verified provenance, how many only tell one, have one that does not hold, and have none; and by how many contents of images the signer changed in 30 days.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Images', query: running },
      { title: 'Verified', query: verified(imagesBySignature), thresholds: coveredShares },
      { title: 'Unchecked', query: signed('claimed') },
      { title: 'Invalid', query: signed('failed'), thresholds: noneAllowed },
      { title: 'Unsigned', query: signed('unsigned'), thresholds: anyToActOn },
      { title: 'Unknown', query: signed('unknown') },
      { title: 'Provenance', query: verified(imagesByProvenance), thresholds: coveredShares },
      { title: 'Only told', query: built('claimed') },
      { title: 'Does not hold', query: built('failed'), thresholds: noneAllowed },
      { title: 'Has none', query: built('missing') },
      { title: 'Signer changed', query: ofRunningTeams(sumBy(team, eventsWithin(signerChanges, '30d', ofPlaces))) },
    ],
    sortedBy: 'Team',
    compact: true,
    whenEmpty: nothingRuns,
    more: linksToSupplyImages(
      'List what is not verified',
      { signature: 'failed,claimed,unsigned,unknown' },
      chosenNames,
    ),
    width: 24,
    height: 11,
  }),
  lines({
    title: 'Running images by signature',
    description:
      'Do we run more that is ours, provably? Verified is checked against keys or identities that are trusted; that none is there can only be known by looking into the registry.',
    queries: byStatus(imagesBySignature, signatureWords),
    words: signatureWords,
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Running images by provenance',
    more: linksToSupplyImages(
      'List those without a verified one',
      { provenance: 'failed,claimed,missing,unknown' },
      chosenNames,
    ),
    description: 'Of how much do we know how it was built? SLSA provenance by whether anybody checked it.',
    queries: byStatus(imagesByProvenance, provenanceWords),
    words: provenanceWords,
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  lines({
    title: 'Verified, and only claimed',
    description:
      'How much that looks signed has anybody checked? What is claimed says no more than whoever wrote it wants it to; an image may have a verified signature and another one that is claimed.',
    queries: [
      { query: ofRunning(sum(latest(signatureVerified, ofServices))), name: 'signature, verified' },
      { query: ofRunning(sum(latest(signatureClaimed, ofServices))), name: 'signature, claimed' },
      { query: ofRunning(sum(latest(provenanceVerified, ofServices))), name: 'provenance, verified' },
      { query: ofRunning(sum(latest(provenanceClaimed, ofServices))), name: 'provenance, claimed' },
    ],
    whenEmpty: nothingRuns,
    width: 8,
    height: 12,
  }),
  ordered({
    title: 'Running images by SLSA build level',
    description:
      'How well guarded is what built them? By the level of the verified provenance: what the setting builders gives the builder, 0 without one, or where anything of it does not match.',
    bars: levels.map(level => ({
      query: ofRunning(sum(latest(imagesByLevel, { ...ofServices, level }))),
      name: `level ${level}`,
    })),
    whenEmpty: nothingRuns,
    width: 8,
    height: 8,
  }),
  days({
    title: 'Changes of signers by day',
    more: linksToSupplyImages('List what runs of it, 90 days', { signer_changed_days: '90' }, chosenPlaces),
    description:
      'Did somebody else sign? Contents of an image whose verified signature is by none of those who had signed the image before, of the chosen teams: a renewed key, or a stolen one.',
    queries: [{ query: sumBy(team, eventsByDay(signerChanges, ofPlaces)), name: '{{team}}' }],
    whenEmpty: 'no signer changed',
    width: 16,
    height: 8,
  }),
);
