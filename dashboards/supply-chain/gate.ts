import {
  gateBlocked,
  gateImages,
  gateNewlyBlocked,
  licenseFindings,
  watchExposed,
  watchImages,
  watchInfo,
} from '../../exporters/supply-chain/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToComponents, linksToSupplyFindings, linksToSupplyImages, linksToTeam } from '../lib/links.ts';
import { lines, matrix, table } from '../lib/panels.ts';
import { compare, countBy, joinOn, latest, maxBy, or, sumBy, times, topk } from '../lib/promql.ts';
import { noneAllowed } from '../thresholds.ts';
import { chosenPlaces, ofPlaces, ofSeverities, open } from './scope.ts';
import { modeWords, verdictWords } from './words.ts';

const blocked = ['team', 'environment', 'mode', 'rule'] as const;
const noGate = 'nothing would be blocked or warned of, or there are no rules';

/** What could not be deployed anew. */
export const gate = row(
  'What would the gate say?',
  lines({
    title: 'Images by what the gate would say',
    description:
      'Do we run what we would not deploy? The rules of the setting gate over what was known of each image then; of the time before the gate was first asked it could not tell.',
    queries: [{ query: sumBy(['verdict'], latest(gateImages, ofPlaces)), name: '{{verdict}}' }],
    words: verdictWords,
    whenEmpty: 'nothing runs, or there are no rules',
    width: 8,
    height: 11,
  }),
  table({
    title: 'Images that would be blocked or warned of',
    description:
      'Whom would the gate hold back, and by which rule? Running images, each once by the rule that decides; the hundred greatest. "plumbline gate --image DIGEST" says why.',
    columns: [
      { label: 'mode', title: 'Gate', words: modeWords },
      { label: 'rule', title: 'Rule' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }), width: 130 },
      { label: 'environment', title: 'Environment' },
    ],
    values: [{ title: 'Images', query: topk(100, sumBy(blocked, latest(gateBlocked, ofPlaces))) }],
    whenEmpty: noGate,
    more: linksToSupplyImages('List them', { verdict: 'blocked,warned' }, chosenPlaces),
    compact: true,
    width: 16,
    height: 11,
  }),
  table({
    title: 'Newly blocked, 7 days',
    description:
      'What passed a week ago and would be refused now? Running images whose verdict turned from passed or warned of to blocked within seven days; an image that was deployed so is none.',
    columns: [
      { label: 'rule', title: 'Rule' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
    ],
    values: [{ title: 'Images', query: sumBy(['rule', 'team'], latest(gateNewlyBlocked, ofPlaces)) }],
    whenEmpty: 'nothing has newly come to be blocked',
    more: linksToSupplyImages('List them', { newly_blocked: 'yes' }, chosenPlaces),
    width: 24,
    height: 6,
  }),
);

const watched = ['watch', 'purl', 'range'] as const;
const info = maxBy(watched, latest(watchInfo));
const exposedTeams = countBy(['watch'], compare(sumBy(['watch', 'team'], latest(watchImages, ofPlaces)), '>', 0));
/** Where images are told of, 0 too, so are teams. */
const knownImages = joinOn(['watch'], times(info, 0), '+', maxBy(['watch'], latest(watchExposed)));
const whereItIs = linksToComponents(
  'List where it is',
  {
    purl: `\${__data.fields.Package:percentencode}`,
    range: `\${__data.fields.Versions:percentencode}`,
  },
  ['team', 'service', 'environment'],
);

/** Where is what everybody asks about? And which licences are there that should not be? */
export const watches = row(
  'Where is what we watch for, and which licences are not allowed?',
  table({
    title: 'Watch list',
    description:
      'Do we run it? What the setting watch names: running images of the whole organisation that have it, each content once, and how many of the chosen teams run it. 0 is none of the images that have a bill of materials; the others may. A click on a name lists where it is.',
    columns: [
      { label: 'watch', title: 'Watched', links: whereItIs },
      { label: 'purl', title: 'Package' },
      { label: 'range', title: 'Versions' },
    ],
    values: [
      {
        title: 'Images',
        query: knownImages,
        unit: 'count',
        thresholds: noneAllowed,
      },
      {
        title: 'Teams',
        query: or(joinOn(['watch'], times(info, 0), '+', exposedTeams), times(knownImages, 0)),
        unit: 'count',
      },
    ],
    whenEmpty: 'nothing is watched: setting watch',
    width: 24,
    height: 6,
  }),
  lines({
    title: 'Images with what is watched',
    description: 'Is it on its way out? Running images of the chosen teams and environments.',
    queries: [{ query: sumBy(['watch'], latest(watchImages, ofPlaces)), name: '{{watch}}' }],
    whenEmpty: 'no running image has it',
    width: 6,
    height: 9,
  }),
  table({
    title: 'Teams that run what is watched',
    description: 'Who has to act? Running images by what they have, whose they are, and where they run.',
    columns: [
      { label: 'watch', title: 'Watched' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      {
        title: 'Images',
        query: compare(sumBy(['watch', 'team', 'environment'], latest(watchImages, ofPlaces)), '>', 0),
      },
    ],
    whenEmpty: 'no running image has it',
    compact: true,
    width: 9,
    height: 9,
  }),
  matrix({
    title: 'Licences that are not allowed',
    description:
      'Which packages may we not ship? Open findings of licences, as the setting licenses and scanners tell them, by the licence and whose they are.',
    query: sumBy(['license', 'team'], latest(licenseFindings, { ...ofPlaces, ...ofSeverities })),
    rows: { label: 'license', title: 'Licence' },
    columns: 'team',
    thresholds: [],
    otherwise: 'warning',
    whenEmpty: 'none',
    more: linksToSupplyFindings('List findings of licences', { ...open, class: 'license' }, [
      'team',
      'service',
      'environment',
      'severity',
    ]),
    width: 9,
    height: 9,
  }),
);
