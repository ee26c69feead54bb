/** Alerts on the golden path: what a service lost, a team that drifts, and what grows in the shadow. */
import { compare, earlier, latest, minus, sumBy } from '../dashboards/lib/promql.ts';
import { checkExemptions, requiredLost, shadowChanges, teamConformance } from '../exporters/scorecard/metrics.ts';
import * as cases from './cases/scorecard.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, count, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `scorecard.rules.yml`. */
export function scorecardAlerts({ alerts }: Settings) {
  const { conformance_fall_ratio: fall, shadow_appeared: appeared } = alerts;

  const lost = defineAlert({
    name: 'RequiredCheckLost',
    severity: 'ticket',
    expr: compare(sumBy(['team', 'service', 'check'], latest(requiredLost)), '>', 0),
    for: '1h',
    summary: text`${label('service')} no longer passes the required check ${label('check')}`,
    description: text`The service ${label('service')} of team ${label('team')} fails the check ${label('check')}, which every service has to pass and it passed 7 days ago. plumbline explain service ${label('service')} tells the evidence, and how it is mended.`,
    value: text`required check ${label('check')} lost`,
    page: 'team',
    cases: cases.requiredCheckLost(),
  });

  const falling = defineAlert({
    name: 'ConformanceFalling',
    severity: 'digest',
    expr: compare(minus(earlier(teamConformance, '28d'), latest(teamConformance)), '>', fall),
    for: '6h',
    summary: text`Conformance of team ${label('team')} fell by ${percentage}`,
    description: text`Of the checks of team ${label('team')} that are measured, a share smaller by ${percentage} passes than 28 days ago; more than ${asPercentage(fall)} is drift.`,
    value: text`conformance lower by ${percentage}`,
    page: 'team',
    cases: cases.conformanceFalling(fall),
  });

  const by = (direction: 'appeared' | 'gone') => sumBy(['kind'], latest(shadowChanges, { direction, window: '7d' }));
  const shadow = defineAlert({
    name: 'ShadowGrowing',
    severity: 'digest',
    expr: compare(minus(by('appeared'), by('gone')), '>=', appeared),
    for: '6h',
    summary: text`${count} more of the kind ${label('kind')} than a week ago are nobody's`,
    description: text`Within 7 days ${count} more of the kind ${label('kind')} appeared that nothing in the catalog explains than were explained or went. GET /api/scorecard/shadow lists them.`,
    value: text`${count} more of the kind ${label('kind')}`,
    page: 'sources',
    cases: cases.shadowGrowing(appeared),
  });

  const expiring = defineAlert({
    name: 'CheckExemptionExpiring',
    severity: 'digest',
    expr: compare(sumBy(['team', 'check'], latest(checkExemptions, { status: 'expiring' })), '>', 0),
    for: '1h',
    summary: text`${count} exemptions of team ${label('team')} from ${label('check')} end soon`,
    description: text`${count} services of team ${label('team')} are exempt from the check ${label('check')} for a few days more (scorecard.expiring_days); then they have to pass it.`,
    value: text`${count} exemptions that end soon`,
    page: 'team',
    cases: cases.checkExemptionExpiring(),
  });

  return defineGroup('scorecard', [lost, falling, shadow, expiring], { testedEvery: '1h' });
}
