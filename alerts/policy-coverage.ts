/** Alerts on what is looked at: a scanner that fell silent must not look like a platform without violations. */
import { age, compare, latest, maxBy, oneOf, sumBy, unlessOn } from '../dashboards/lib/promql.ts';
import { engineLastReport, scopes, unlistedViolations } from '../exporters/policy/metrics.ts';
import * as cases from './cases/policy-coverage.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { count, duration, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `policy-coverage.rules.yml`. */
export function policyCoverageAlerts({ alerts }: Settings) {
  const { platform_team: platform, policy_silent_hours: hours } = alerts;

  // Engines differ in how often they look: a scan of each week is not silent on a Thursday.
  const known = compare(sumBy(['engine'], latest(scopes, { status: oneOf('fresh', 'partial') })), '>', 0);
  const policyEngineSilent = defineAlert({
    name: 'PolicyEngineSilent',
    severity: 'ticket',
    expr: unlessOn(['engine'], compare(age(maxBy(['engine'], latest(engineLastReport))), '>', hours * 3600), known),
    for: '15m',
    summary: text`${label('engine')} has reported nothing for ${duration}`,
    description: text`The newest report of ${label('engine')} that did not fail is ${duration} old: more than ${hours} hours, and longer than any of its scopes may go without one. What it found before is no longer known to be so.`,
    value: text`${duration} since the newest report`,
    team: platform,
    page: 'policy',
    cases: cases.policyEngineSilent(hours),
  });

  const scopesSilent = defineAlert({
    name: 'ScopesSilent',
    severity: 'digest',
    expr: compare(sumBy(['team', 'engine'], latest(scopes, { status: 'stale' })), '>', 0),
    for: '1h',
    summary: text`${label('engine')} no longer looks at ${count} scopes of team ${label('team')}`,
    description: text`${count} clusters, repositories, subscriptions or workspaces of team ${label('team')} have had no report of ${label('engine')} for longer than they usually take. Their violations count as unknown, and new ones are not seen.`,
    value: text`${count} scopes`,
    page: 'policy',
    cases: cases.scopesSilent(),
  });

  const auditIncomplete = defineAlert({
    name: 'AuditIncomplete',
    severity: 'ticket',
    expr: compare(sumBy(['team', 'engine', 'status'], latest(scopes, { status: oneOf('partial', 'failed') })), '>', 0),
    for: '2h',
    summary: text`${count} audits of ${label('engine')} are not whole: ${label('status')}`,
    description: text`The newest report of ${label('engine')} on ${count} scopes of team ${label('team')} is ${label('status')}. What it does not list is neither violated nor well: it is unknown.`,
    value: text`${count} scopes`,
    page: 'policy',
    cases: cases.auditIncomplete(),
  });

  const violationsUnlisted = defineAlert({
    name: 'ViolationsUnlisted',
    severity: 'digest',
    expr: compare(sumBy(['engine'], latest(unlistedViolations)), '>', 0),
    for: '2h',
    summary: text`${label('engine')} counts ${count} violations that it does not list`,
    description: text`${label('engine')} counts ${count} violations more than it lists, as its list is cut. Whose they are, and of what, no number here knows.`,
    value: text`${count} violations`,
    team: platform,
    page: 'policy',
    cases: cases.violationsUnlisted(),
  });

  return defineGroup('policy-coverage', [policyEngineSilent, scopesSilent, auditIncomplete, violationsUnlisted]);
}
