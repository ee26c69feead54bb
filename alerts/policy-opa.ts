/** Alerts on Open Policy Agents: whether all that they decide is heard of, and whether they run what they should. */
import {
  age,
  andOn,
  compare,
  eventsWithin,
  joinOn,
  type LabelValue,
  latest,
  maxBy,
  minBy,
  not,
  oneOf,
  or,
  sumBy,
  times,
  unlessOn,
} from '../dashboards/lib/promql.ts';
import {
  opaBundleActivation,
  opaBundleRequest,
  opaCompleteness,
  opaDropped,
  opaInstances,
  opaLastSeen,
  opaRequests,
} from '../exporters/policy/metrics.ts';
import * as cases from './cases/policy-opa.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, count, duration, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const by = ['team', 'service', 'environment'] as const;
const bundle = [...by, 'bundle'] as const;

/** The alerts of `policy-opa.rules.yml`. */
export function opaAlerts({ alerts }: Settings) {
  const { opa_completeness_ratio: least, opa_decisions: enough } = alerts;
  const { opa_bundle_hours: hours, opa_bundle_days: days } = alerts;

  const opaDecisionsMissing = defineAlert({
    name: 'OpaDecisionsMissing',
    severity: 'ticket',
    // The share of an hour goes on being read for a day; how many there were in it ends with the hour.
    expr: andOn(
      by,
      compare(minBy(by, latest(opaCompleteness)), '<', least),
      compare(sumBy(by, eventsWithin(opaRequests, '1h')), '>=', enough),
    ),
    for: '30m',
    summary: text`Only ${percentage} of the decisions of ${label('service')}'s Open Policy Agents arrive`,
    description: text`Of the decisions that the Open Policy Agents of ${label('service')} in ${label('environment')} (team ${label('team')}) say they made within an hour, ${percentage} have come; less than ${asPercentage(least)} is a log that loses decisions, though its status looks well. "plumbline check" says which setting mends it.`,
    value: text`${percentage} of the decisions`,
    page: 'policy',
    cases: cases.opaDecisionsMissing(least, enough),
  });

  const opaDecisionsDropped = defineAlert({
    name: 'OpaDecisionsDropped',
    severity: 'ticket',
    // A weekend without Plumbline is no day in which all that was ever dropped was dropped.
    expr: compare(sumBy([...by, 'kind'], eventsWithin(opaDropped, '1d', {}, '7d')), '>', 0),
    for: '15m',
    summary: text`Open Policy Agents of ${label('service')} dropped ${count} times: ${label('kind')}`,
    description: text`The Open Policy Agents of ${label('service')} in ${label('environment')} (team ${label('team')}) say that they dropped ${count} times within a day, for the reason ${label('kind')}. What was dropped is in no number.`,
    value: text`${count} within a day`,
    page: 'policy',
    cases: cases.opaDecisionsDropped(),
  });

  const sending = compare(sumBy(by, latest(opaInstances, { state: not('silent') })), '>', 0);
  const inState = (state: LabelValue) => compare(sumBy([...by, 'state'], latest(opaInstances, { state })), '>', 0);
  const opaUnhealthy = defineAlert({
    name: 'OpaUnhealthy',
    severity: 'ticket',
    // A service's are silent where none of them sends: what was so within the last day goes on being read.
    expr: or(inState(oneOf('failing', 'not_ready')), unlessOn(by, inState('silent'), sending)),
    for: '15m',
    summary: text`${count} Open Policy Agents of ${label('service')} are ${label('state')}`,
    description: text`${count} Open Policy Agents of ${label('service')} in ${label('environment')} (team ${label('team')}) are ${label('state')}: failing can't upload, not_ready has a plugin that isn't, silent has sent nothing for too long.`,
    value: text`${count} agents`,
    page: 'policy',
    cases: cases.opaUnhealthy(),
  });

  // Held against when the agent was last heard of, and not against now: one that is gone has its own alert.
  const seen = maxBy(by, latest(opaLastSeen));
  const asked = minBy(bundle, latest(opaBundleRequest));
  const opaBundleFailing = defineAlert({
    name: 'OpaBundleFailing',
    severity: 'ticket',
    expr: compare(times(joinOn(by, asked, '-', seen), -1), '>', hours * 3600),
    for: '15m',
    summary: text`Open Policy Agents of ${label('service')} have not got the bundle ${label('bundle')} for ${duration}`,
    description: text`An Open Policy Agent of ${label('service')} in ${label('environment')} (team ${label('team')}) last got an answer for its bundle ${label('bundle')} ${duration} before it was last heard of; ${hours} hours are let pass. It goes on deciding by the policies that it has.`,
    value: text`${duration} without the bundle`,
    page: 'policy',
    cases: cases.opaBundleFailing(hours),
  });

  const opaBundleOld = defineAlert({
    name: 'OpaBundleOld',
    severity: 'digest',
    expr: andOn(by, compare(age(minBy(bundle, latest(opaBundleActivation))), '>', days * 86_400), sending),
    for: '1h',
    summary: text`The bundle ${label('bundle')} of ${label('service')} is ${duration} old`,
    description: text`An Open Policy Agent of ${label('service')} in ${label('environment')} (team ${label('team')}) activated the bundle ${label('bundle')} that it runs ${duration} ago, more than ${days} days: either nobody has changed the policies since, or what was changed does not get there.`,
    value: text`${duration} old`,
    page: 'policy',
    cases: cases.opaBundleOld(days),
  });

  return defineGroup(
    'policy-opa',
    [opaDecisionsMissing, opaDecisionsDropped, opaUnhealthy, opaBundleFailing, opaBundleOld],
    { live: true },
  );
}
