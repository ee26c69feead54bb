import {
  exploitedFindings,
  findings,
  gateImages,
  imagesByProvenance,
  imagesByScan,
  imagesBySignature,
  likelyExploitedFindings,
  runningImages,
  slaFindings,
} from '../../exporters/supply-chain/metrics.ts';
import { notListed, whereListed } from '../common/exploited.ts';
import { notLooked, shareLooked } from '../common/looked.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSupplyFindings, linksToSupplyImages } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { earlier, latest, not, oneOf, or, sum, times } from '../lib/promql.ts';
import { anyToActOn, noneAllowed, uncovered } from '../thresholds.ts';
import {
  chosenNames,
  chosenPlaces,
  chosenSeverity,
  found,
  nothingRuns,
  notScanned,
  ofPlaces,
  ofServices,
  ofSeverities,
  open,
  orNone,
} from './scope.ts';

/** What is told, under each what it is told of, and below what it was. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

const limited = { ...ofServices, ...ofSeverities, state: oneOf('open', 'unknown') } as const;
const exploited = { ...ofPlaces, ...ofSeverities, ...open } as const;
const grave = { ...found, severity: oneOf('critical', 'high') } as const;
const checked = { ...ofPlaces, verdict: not('unknown') } as const;
const list = linksToSupplyFindings;
const images = linksToSupplyImages;

const ratio = (
  of: typeof imagesByScan | typeof imagesBySignature | typeof imagesByProvenance,
  status: string,
  before?: '30d',
) => {
  const matchers = { ...ofServices, status } as const;
  const looked = { ...ofServices, status: not('unknown') } as const;
  return before === undefined
    ? shareLooked(sum(latest(of, matchers)), sum(latest(of, looked)), sum(latest(runningImages, ofServices)))
    : shareLooked(
        sum(earlier(of, before, matchers)),
        sum(earlier(of, before, looked)),
        sum(earlier(runningImages, before, ofServices)),
      );
};

/** Whether what runs is known, sound and ours, and what waits for someone. */
export const answer = row(
  'Is what runs sound, and is it ours?',
  stat({
    title: 'Past limit',
    description:
      'What should have been remedied by now? Vulnerabilities and secrets that are open longer than the setting sla gives their severity; those that are not scanned any more are among them. The number leads to the list.',
    query: orNone(sum(latest(slaFindings, { ...limited, status: 'breached' }))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: notScanned,
    more: list('List what is past its limit', { sla: 'breached', state: 'open,unknown' }, chosenSeverity),
    ...told,
  }),
  stat({
    title: 'Exploited',
    description:
      'What do attackers use already? Open vulnerabilities that KEV lists, in whichever environment they run.',
    query: whereListed(orNone(sum(latest(exploitedFindings, exploited)))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: notListed,
    more: list('List what is exploited', { ...open, exploited: 'yes' }, [...chosenPlaces, 'severity']),
    ...told,
  }),
  stat({
    title: 'Critical, high',
    description:
      'How many open vulnerabilities are of critical or high severity? One is a vulnerability of a package of an image in a place that it runs in, or of a repository.',
    query: orNone(sum(latest(findings, grave))),
    whenEmpty: notScanned,
    more: list(
      'List critical and high ones',
      { ...open, class: 'vulnerability', severity: 'critical,high' },
      chosenNames,
    ),
    ...told,
  }),
  stat({
    title: 'Scanned in time',
    description:
      'How much of what runs do we know? Running images whose newest scan is whole and not too old, over all that run. The others may have anything.',
    query: ratio(imagesByScan, 'fresh'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: nothingRuns,
    ...told,
  }),
  stat({
    title: 'Signature verified',
    description:
      'How much of what runs is ours, provably? Running images with a signature that was checked against keys or identities that are trusted, over all that run.',
    query: ratio(imagesBySignature, 'verified'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: notLooked,
    ...told,
  }),
  stat({
    title: 'Gate blocks',
    description:
      'What runs and could not be deployed anew? Running images that a rule of mode enforce speaks against now.',
    query: ofGate('blocked'),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'no gate, or it could not tell',
    more: images('List what the gate blocks', { verdict: 'blocked' }, chosenPlaces),
    ...told,
  }),
  stat({
    title: 'Due soon',
    description: 'What has to be remedied next? Within the days of the setting due_days, a week unless set.',
    query: orNone(sum(latest(slaFindings, { ...limited, status: 'due' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: notScanned,
    more: list('List what is due', { sla: 'due', state: 'open,unknown' }, chosenSeverity),
    ...over,
  }),
  stat({
    title: 'Likely exploited',
    description:
      'What will attackers use next? Open vulnerabilities whose EPSS score is as high as the setting epss_high; what KEV lists may be among them.',
    query: orNone(sum(latest(likelyExploitedFindings, { ...ofPlaces, ...ofSeverities }))),
    whenEmpty: notScanned,
    ...over,
  }),
  stat({
    title: 'All open',
    description: 'How many vulnerabilities are open, of the chosen severities?',
    query: orNone(sum(latest(findings, found))),
    whenEmpty: notScanned,
    more: list('List open vulnerabilities', { ...open, class: 'vulnerability' }, chosenSeverity),
    ...over,
  }),
  stat({
    title: 'n: running images',
    description:
      'Over how many images are shares told? Each content once for a team, service and environment that it runs in.',
    query: sum(latest(runningImages, ofServices)),
    whenEmpty: nothingRuns,
    ...over,
  }),
  stat({
    title: 'Provenance',
    description: 'Of how much of what runs do we know how it was built? SLSA provenance whose signature was checked.',
    query: ratio(imagesByProvenance, 'verified'),
    whenEmpty: notLooked,
    ...over,
  }),
  stat({
    title: 'Gate warns of',
    description: 'What runs and would be deployed with a warning? Rules of mode warn.',
    query: ofGate('warned'),
    whenEmpty: 'no gate, or it could not tell',
    ...over,
  }),
  stat({
    title: '30 d ago: past',
    description: 'Was more past its limit 30 days ago?',
    query: orNone(sum(earlier(slaFindings, '30d', { ...limited, status: 'breached' })), '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
  stat({
    title: '30 d ago: in KEV',
    description: 'Was more known to be exploited 30 days ago, as was known then?',
    query: whereListed(orNone(sum(earlier(exploitedFindings, '30d', exploited)), '30d'), '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
  stat({
    title: '30 d ago: severe',
    description: 'Were more critical and high ones open 30 days ago?',
    query: orNone(sum(earlier(findings, '30d', grave)), '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
  stat({
    title: '30 d ago: scanned',
    description: 'Was more of what ran known 30 days ago?',
    query: ratio(imagesByScan, 'fresh', '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
  stat({
    title: '30 d ago: verified',
    description: 'Was more of what ran signed and checked 30 days ago?',
    query: ratio(imagesBySignature, 'verified', '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
  stat({
    title: '30 d ago: blocked',
    description: 'Would more have been blocked 30 days ago, by what the gate said then?',
    query: ofGate('blocked', '30d'),
    whenEmpty: 'not known then',
    ...over,
  }),
);

/** 0 where the gate could tell of anything at all. */
function ofGate(verdict: string, before?: '30d') {
  const matchers = { ...ofPlaces, verdict } as const;
  return before === undefined
    ? or(sum(latest(gateImages, matchers)), times(sum(latest(gateImages, checked)), 0))
    : or(sum(earlier(gateImages, before, matchers)), times(sum(earlier(gateImages, before, checked)), 0));
}
