/** Alerts on what is violated and what is excepted; a team is held against its own past alone. */
import {
  and,
  andOn,
  compare,
  earlier,
  eventsWithin,
  latest,
  maxBy,
  minus,
  oneOf,
  or,
  plus,
  sumBy,
  times,
} from '../dashboards/lib/promql.ts';
import {
  engineLastReport,
  exceptions,
  services,
  violations,
  violationsByAge,
  violationsOpened,
  violationsReopened,
} from '../exporters/policy/metrics.ts';
import * as cases from './cases/policy.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, count, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const team = ['team'] as const;

/** The alerts of `policy.rules.yml`. */
export function policyAlerts({ alerts }: Settings) {
  const { violations_rise_ratio: rise, violations_rise_count: enough } = alerts;

  const enforced = { enforcement: 'enforce' } as const;
  // On its first day an engine finds all that has ever been there.
  const knownBefore = maxBy(['engine'], earlier(engineLastReport, '7d'));
  const opened = sumBy(team, andOn(['engine'], eventsWithin(violationsOpened, '7d', enforced), knownBefore));
  const reopened = sumBy(team, andOn(['engine'], eventsWithin(violationsReopened, '7d', enforced), knownBefore));
  const newEnforcedViolations = defineAlert({
    name: 'NewEnforcedViolations',
    severity: 'ticket',
    expr: and(
      compare(or(or(plus(opened, reopened), opened), reopened), '>', 0),
      // Those of before the week go on being open whatever becomes of the new ones.
      compare(sumBy(team, latest(violationsByAge, { ...enforced, age: '0-7d' })), '>', 0),
    ),
    for: '1h',
    summary: text`${count} new violations of enforced policies with team ${label('team')}`,
    description: text`Within 7 days ${count} violations of policies in enforce mode were opened with team ${label('team')}, or opened again, and not all are resolved: they came around the gate, and what they are of will be refused at its next deployment.`,
    value: text`${count} violations within 7 days`,
    page: 'team',
    cases: cases.newEnforcedViolations(),
  });

  // What is not known any more has not gone: once it is looked at again it is no growth. What an engine tells that was
  // not there five weeks ago was there before it.
  const known = { state: oneOf('open', 'unknown') } as const;
  const trusted = maxBy(['engine'], earlier(engineLastReport, '35d'));
  const now = sumBy(team, andOn(['engine'], latest(violations, known), trusted));
  const before = (time: '7d' | '35d') =>
    or(
      sumBy(team, andOn(['engine'], earlier(violations, time, known), trusted)),
      // A team that was looked at and had none has no series of violations.
      times(compare(sumBy(team, earlier(services, time, { coverage: 'covered' })), '>', 0), 0),
    );
  const [weekAgo, fiveWeeksAgo] = [before('7d'), before('35d')];
  const unusual = 1.5;
  // Than the weeks from five weeks ago to one week ago came to.
  const aWeek = unusual / 4;
  const expected = minus(times(weekAgo, 1 + aWeek), times(fiveWeeksAgo, aWeek));
  const violationsGrowing = defineAlert({
    name: 'ViolationsGrowing',
    severity: 'digest',
    expr: and(
      and(compare(minus(now, weekAgo), '>=', enough), compare(now, '>', times(weekAgo, 1 + rise))),
      compare(now, '>', expected),
    ),
    for: '6h',
    summary: text`Team ${label('team')} has ${count} more violations than a week ago`,
    description: text`Team ${label('team')} has ${count} more violations than a week ago: at least ${enough} more, by more than ${asPercentage(rise)}, and more than ${unusual} times as many as in a usual week of the four before.`,
    value: text`${count} violations more than a week ago`,
    page: 'team',
    cases: cases.violationsGrowing(rise, enough),
  });

  const by = ['team', 'engine'] as const;
  const excepted = (status: string) => compare(sumBy(by, latest(exceptions, { status })), '>', 0);
  const exceptionExpiring = defineAlert({
    name: 'ExceptionExpiring',
    severity: 'ticket',
    expr: excepted('expiring'),
    for: '1h',
    summary: text`${count} exceptions of team ${label('team')} are about to expire`,
    description: text`${count} exceptions from policies of ${label('engine')} that team ${label('team')} relies on are about to expire. What they hold back is violated again then, and refused where the policy is enforced.`,
    value: text`${count} exceptions`,
    page: 'team',
    cases: cases.excepted('expiring'),
  });

  const exceptionExpired = defineAlert({
    name: 'ExceptionExpired',
    severity: 'digest',
    expr: excepted('expired'),
    for: '1h',
    summary: text`${count} exceptions of team ${label('team')} have expired`,
    description: text`${count} exceptions from policies of ${label('engine')} of team ${label('team')} are past their end. They hold nothing back any more, and still stand where they are kept.`,
    value: text`${count} exceptions`,
    page: 'team',
    cases: cases.excepted('expired'),
  });

  const exceptionStillApplied = defineAlert({
    name: 'ExceptionStillApplied',
    severity: 'ticket',
    expr: excepted('expired_applied'),
    for: '1h',
    summary: text`${count} expired exceptions of team ${label('team')} are still applied`,
    description: text`${count} exceptions from policies of ${label('engine')} of team ${label('team')} are past their end, and the engine holds results back by them all the same: what they allow looks as if it were well.`,
    value: text`${count} exceptions`,
    page: 'team',
    cases: cases.excepted('expired_applied'),
  });

  return defineGroup(
    'policy',
    [newEnforcedViolations, violationsGrowing, exceptionExpiring, exceptionExpired, exceptionStillApplied],
    { testedEvery: '1h' },
  );
}
