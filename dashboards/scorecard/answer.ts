import {
  checkExemptions,
  checkInfo,
  checks,
  organisationConformance,
  organisationMeasured,
  requiredLost,
  services,
  shadowChanges,
  shadowSubjects,
} from '../../exporters/scorecard/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToChecks, linksToShadow } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { andOn, countBy, current, earlier, latest, maxBy, minus, sum } from '../lib/promql.ts';
import { anyToActOn, conformanceMoves, noneAllowed, uncovered } from '../thresholds.ts';
import {
  chosen,
  month,
  noServices,
  notMeasuredMeans,
  ofTeams,
  ofTeamsChecks,
  orNone,
  wholeOrganisation,
} from './scope.ts';

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

const now = maxBy([], latest(organisationConformance));
const before = maxBy([], earlier(organisationConformance, '30d'));
const required = countBy(['check'], current(checkInfo, { required: 'yes' }));
const list = (title: string, of: Readonly<Record<string, string>>) =>
  linksToChecks(title, of, ['team', 'service', 'check']);

/** How much of the golden path is walked, whether that grows, and how much nobody knows. */
export const answer = row(
  'Are services on the golden path?',
  stat({
    title: 'Conformance',
    description: `Which share of the checks of services passes? By weight, of those that are measured and not exempt. ${notMeasuredMeans} ${wholeOrganisation}`,
    query: now,
    whenEmpty: 'nothing is measured yet',
    ...told,
  }),
  stat({
    title: 'Since 30 days',
    description: `Do we come nearer, or drift? Conformance less what it was 30 days before, in points; a check that was added since moves it too. ${wholeOrganisation}`,
    query: minus(now, before),
    thresholds: conformanceMoves,
    otherwise: 'bad',
    whenEmpty: 'needs 30 days of history',
    ...told,
  }),
  stat({
    title: 'Measured',
    description: `Of how much do we know? The share of the checks that are measured, by weight, of those that are not exempt. The rest neither passes nor fails. ${wholeOrganisation}`,
    query: maxBy([], latest(organisationMeasured)),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: noServices,
    ...told,
  }),
  stat({
    title: 'Required, failing',
    description: 'What does every service have to pass, and some do not? Checks of the chosen services.',
    query: orNone(sum(andOn(['check'], latest(checks, { ...chosen, state: 'fail' }), required))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noServices,
    more: list('List them, and where to mend each', { state: 'fail', required: 'yes' }),
    ...told,
  }),
  stat({
    title: 'Required, lost',
    description: 'Which of them were passed 7 days ago? What just broke is mended most easily.',
    query: orNone(sum(latest(requiredLost, chosen))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noServices,
    ...told,
  }),
  stat({
    title: 'In the shadow',
    description: `What runs, costs or is built that nothing in the catalog explains? Repositories, namespaces, images, resources and accounts. ${wholeOrganisation}`,
    query: sum(latest(shadowSubjects)),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'nothing, or no domain tells',
    more: linksToShadow('List them', {}),
    ...told,
  }),
  stat({
    title: '30 days ago',
    description: `What was conformance then, as it was known? ${wholeOrganisation}`,
    query: before,
    whenEmpty: 'needs 30 days of history',
    ...over,
  }),
  stat({
    title: 'n: services',
    description: 'Of how many services of the catalog is this told? Of the chosen teams.',
    query: sum(latest(services, ofTeams)),
    whenEmpty: noServices,
    ...over,
  }),
  stat({
    title: 'Not measured',
    description: 'How many checks of the chosen services does nobody know the answer to?',
    query: orNone(sum(latest(checks, { ...chosen, state: 'not_measured' }))),
    whenEmpty: noServices,
    more: list('List what is not measured', { state: 'not_measured' }),
    ...over,
  }),
  stat({
    title: 'Failing at all',
    description: 'How many checks of the chosen services fail, required or not?',
    query: orNone(sum(latest(checks, { ...chosen, state: 'fail' }))),
    whenEmpty: noServices,
    more: list('List what fails', { state: 'fail' }),
    ...over,
  }),
  stat({
    title: 'Exemptions due',
    description: 'Which services have to pass soon what they were let off? Within the setting expiring_days.',
    query: orNone(sum(latest(checkExemptions, { ...ofTeamsChecks, status: 'expiring' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noServices,
    ...over,
  }),
  stat({
    title: 'Shadow, 30 days',
    description: `Does the shadow grow? What appeared in it within 30 days, less what was explained or went. ${wholeOrganisation}`,
    query: minus(
      sum(latest(shadowChanges, { ...month, direction: 'appeared' })),
      sum(latest(shadowChanges, { ...month, direction: 'gone' })),
    ),
    whenEmpty: 'nothing, or no domain tells',
    ...over,
  }),
);
