import {
  checkChanges,
  checkExemptions,
  checkInfo,
  checks,
  organisationConformance,
  requiredLost,
  services,
  servicesByLevel,
  teamConformance,
  teamMeasured,
} from '../../exporters/scorecard/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToChecks } from '../lib/links.ts';
import { lines, stat } from '../lib/panels.ts';
import { andOn, countBy, current, earlier, latest, maxBy, minus, or, sum, times } from '../lib/promql.ts';
import { noServices, notMeasuredMeans, orNone } from '../scorecard/scope.ts';
import { changeWords, levelWords } from '../scorecard/words.ts';
import { anyToActOn, conformanceMoves, coveredShares, noneAllowed } from '../thresholds.ts';
import { team } from '../variables.ts';

const mine = { team } as const;
const failing = { team, state: 'fail' } as const;
const month = { team, window: '30d' } as const;
const now = maxBy([], latest(teamConformance, mine));
const before = maxBy([], earlier(teamConformance, '30d', mine));
const there = times(sum(latest(services, mine)), 0);
const list = (title: string, of: Readonly<Record<string, string>>) => linksToChecks(title, of, ['team']);

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** How much of the golden path the team's services walk, and whether they drift. */
export const goldenPath = row(
  'Golden path of $team',
  stat({
    title: 'Conformance',
    description: `Which share of the checks of its services passes? By weight, of those that are measured and not exempt. ${notMeasuredMeans}`,
    query: now,
    whenEmpty: 'nothing is measured yet',
    ...told,
  }),
  stat({
    title: 'Since 30 days',
    description: 'Do its services come nearer, or drift? In points; a check that was added since moves it too.',
    query: minus(now, before),
    thresholds: conformanceMoves,
    otherwise: 'bad',
    whenEmpty: 'needs 30 days of history',
    ...told,
  }),
  stat({
    title: 'Measured',
    description:
      'Of how much do we know? The share of its checks that are measured; the rest neither passes nor fails.',
    query: maxBy([], latest(teamMeasured, mine)),
    thresholds: coveredShares,
    whenEmpty: noServices,
    ...told,
  }),
  stat({
    title: 'Required, failing',
    description: 'What does every service have to pass, and some of the team do not? The number leads to the list.',
    query: orNone(
      sum(andOn(['check'], latest(checks, failing), countBy(['check'], current(checkInfo, { required: 'yes' })))),
      team,
    ),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noServices,
    more: list('List them, and where to mend each', { state: 'fail', required: 'yes' }),
    ...told,
  }),
  stat({
    title: 'Required, lost',
    description: 'Which of them were passed 7 days ago?',
    query: orNone(sum(latest(requiredLost, mine)), team),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noServices,
    ...told,
  }),
  stat({
    title: 'Exemptions due',
    description: 'Which services have to pass soon what they were let off? Within the setting expiring_days.',
    query: orNone(sum(latest(checkExemptions, { team, status: 'expiring' })), team),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noServices,
    ...told,
  }),
  stat({
    title: 'Organisation',
    description: "Conformance of all teams' services, to see the team beside.",
    query: maxBy([], latest(organisationConformance)),
    whenEmpty: 'nothing is measured yet',
    ...over,
  }),
  stat({
    title: '30 days ago',
    description: 'What was its conformance then, as it was known?',
    query: before,
    whenEmpty: 'needs 30 days of history',
    ...over,
  }),
  stat({
    title: 'Not measured',
    description: 'How many checks of its services does nobody know the answer to?',
    query: orNone(sum(latest(checks, { team, state: 'not_measured' })), team),
    whenEmpty: noServices,
    more: list('List what is not measured', { state: 'not_measured' }),
    ...over,
  }),
  stat({
    title: 'Failing at all',
    description: 'How many checks of its services fail, required or not?',
    query: orNone(sum(latest(checks, failing)), team),
    whenEmpty: noServices,
    ...over,
  }),
  stat({
    title: 'Newly failing',
    description: 'Which checks do services fail that they passed 30 days ago?',
    query: orNone(sum(latest(checkChanges, { ...month, direction: 'failing' })), team),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noServices,
    ...over,
  }),
  stat({
    title: 'n: services',
    description: 'Of how many services of the catalog is this told?',
    query: sum(latest(services, mine)),
    whenEmpty: noServices,
    ...over,
  }),
  lines({
    title: 'Conformance and how much is measured',
    description: 'Does the team come nearer to the golden path, and do we know of more? As it was known on each day.',
    queries: [
      { query: now, name: 'conformance' },
      { query: maxBy([], latest(teamMeasured, mine)), name: 'measured' },
    ],
    tellsZeros: true,
    most: 1,
    whenEmpty: 'nothing is measured yet',
    width: 8,
  }),
  lines({
    title: 'Its services by level',
    description:
      'Do more of its services reach the levels? No check of a level, and of those below, fails or is not measured.',
    queries: Object.keys(levelWords).map(level => ({
      query: or(sum(latest(servicesByLevel, { team, level })), there),
      name: level,
    })),
    words: levelWords,
    tellsZeros: true,
    whenEmpty: noServices,
    width: 8,
  }),
  lines({
    title: 'Its checks that changed within 30 days',
    description:
      'Is more broken than mended? Checks that fail and passed 30 days before, and that pass and failed then.',
    queries: Object.keys(changeWords).map(direction => ({
      query: or(sum(latest(checkChanges, { ...month, direction })), there),
      name: direction,
    })),
    words: changeWords,
    tellsZeros: true,
    whenEmpty: noServices,
    width: 8,
  }),
);
