import { checkExemptions, checks, conformance, failingSince, requiredLost } from '../../exporters/scorecard/metrics.ts';
import { failingColumns, named } from '../common/checks.ts';
import { row } from '../lib/dashboard.ts';
import { linksToChecksOfService, linksToServicesOfCheck, linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, latest, maxBy, minBy, or, sumBy, times } from '../lib/promql.ts';
import { anyToActOn, compliance, noneAllowed } from '../thresholds.ts';
import { chosen, noServices, ofTeamsChecks } from './scope.ts';
import { exemptionWords } from './words.ts';

const service = ['team', 'service'] as const;
const failed = ['team', 'service', 'check'] as const;
const toTeam = linksToTeam('Team', { currency: false });

const ofServices = { team: chosen.team, service: chosen.service } as const;
const ofNamed = maxBy(service, latest(conformance, ofServices));
const counted = (state: 'fail' | 'not_measured') =>
  or(sumBy(service, latest(checks, { ...chosen, state })), times(sumBy(service, latest(checks, chosen)), 0));
const failing = age(minBy(failed, latest(failingSince, chosen)));

/** The services furthest behind, what each fails since when, and what ends soon. */
export const action = row(
  'What is to be done?',
  table({
    title: 'Services, the furthest behind first',
    description:
      'Which services need someone? Conformance of what is measured, checks that fail, that are not measured, and required ones that were lost within 7 days. The name leads to what it fails and where each is mended, and to what explains it. One of which nothing is measured has no conformance; "other" is all beyond the setting top_services.',
    columns: [
      { label: 'service', title: 'Service', links: linksToChecksOfService },
      { label: 'team', title: 'Team', links: toTeam },
    ],
    values: [
      { title: 'Conformance', query: ofNamed, thresholds: [{ from: 0, is: 'bad' }, ...compliance] },
      { title: 'Fail', query: counted('fail') },
      { title: 'Not known', query: counted('not_measured') },
      {
        title: 'Lost',
        query: or(sumBy(service, latest(requiredLost, chosen)), times(counted('fail'), 0)),
        thresholds: noneAllowed,
      },
    ],
    first: 'least',
    whenEmpty: noServices,
    compact: true,
    width: 14,
    height: 13,
  }),
  table({
    title: 'Exemptions',
    description:
      'Who is let off what? Services of each team that are exempt from a check; what is about to end has to be passed within the setting expiring_days.',
    columns: [
      { label: 'team', title: 'Team', links: toTeam },
      { label: 'check', title: 'Check', links: linksToServicesOfCheck },
      { label: 'status', title: 'Status', words: exemptionWords },
    ],
    values: [{ title: 'Services', query: sumBy(['team', 'check', 'status'], latest(checkExemptions, ofTeamsChecks)) }],
    whenEmpty: 'nobody is exempt',
    compact: true,
    width: 10,
    height: 13,
  }),
  table({
    title: 'What fails, and since when',
    description:
      'What is to be mended, and how long has it waited? Every failing check of a named service, and whether it is required, or was lost within 7 days. The check leads to the evidence with the link to the place where it is mended. Where it is not known since when, it is not among them.',
    columns: [...failingColumns, { label: 'team', title: 'Team', links: toTeam }],
    values: [
      { title: 'Fails for', query: named(failing) },
      {
        title: 'Lost',
        query: named(or(maxBy(failed, latest(requiredLost, chosen)), times(failing, 0))),
        unit: 'count',
        thresholds: anyToActOn,
        texts: { 0: { text: 'no', is: 'neutral' }, 1: { text: 'lost', is: 'bad' } },
      },
    ],
    whenEmpty: 'nothing fails',
    width: 24,
    height: 14,
  }),
);
