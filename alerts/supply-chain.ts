/**
 * Alerts on how bad it is, and for how long. What was open when it was last scanned has not been fixed by not being
 * scanned any more, and goes on counting; what is fixed, excepted or gone does not.
 */
import { andOn, compare, earlier, latest, not, oneOf, or, sumBy } from '../dashboards/lib/promql.ts';
import {
  exceptions,
  exploitedFindings,
  gateImages,
  gateNewlyBlocked,
  slaFindings,
  watchImages,
} from '../exporters/supply-chain/metrics.ts';
import * as cases from './cases/supply-chain.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { inEnvironments, outsideEnvironments } from './lib/environments.ts';
import { count, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const team = ['team'] as const;
const state = oneOf('open', 'unknown');

/** The alerts of `supply-chain.rules.yml`. */
export function supplyChainAlerts({ production }: Settings) {
  const exposed = { environment: inEnvironments(production), state } as const;
  const knownExploitedInProduction = defineAlert({
    name: 'KnownExploitedInProduction',
    severity: 'page',
    pagesFor: 'known-exploited',
    expr: compare(sumBy(['team', 'environment'], latest(exploitedFindings, exposed)), '>', 0),
    for: '15m',
    summary: text`${count} known exploited vulnerabilities run in ${label('environment')} with team ${label('team')}`,
    description: text`${count} vulnerabilities in what team ${label('team')} runs in ${label('environment')} are known to be exploited (KEV), and are neither fixed nor excepted. They are open, or were when they were last scanned.`,
    value: text`${count} vulnerabilities`,
    page: 'supply-chain',
    cases: cases.knownExploitedInProduction(production),
  });

  // What pages is not told a second time.
  const limited = (of: { readonly status: 'breached' | 'due'; readonly severity?: ReturnType<typeof not> | string }) =>
    sumBy(
      team,
      or(
        latest(slaFindings, { ...of, state, exploited: 'no' }),
        latest(slaFindings, { ...of, state, exploited: 'yes', environment: outsideEnvironments(production) }),
      ),
    );
  const criticalPastLimit = defineAlert({
    name: 'CriticalPastLimit',
    severity: 'ticket',
    expr: compare(limited({ status: 'breached', severity: 'critical' }), '>', 0),
    for: '1h',
    summary: text`${count} critical findings of team ${label('team')} are past their limit`,
    description: text`${count} critical vulnerabilities and secrets of team ${label('team')} are neither fixed nor excepted, for longer than the limit of their severity lets them be (supply_chain.sla). They are open, or were when they were last scanned.`,
    value: text`${count} findings`,
    page: 'supply-chain',
    cases: cases.criticalPastLimit(production),
  });

  const findingsPastLimit = defineAlert({
    name: 'FindingsPastLimit',
    severity: 'digest',
    expr: compare(limited({ status: 'breached', severity: not('critical') }), '>', 0),
    for: '1h',
    summary: text`${count} findings of team ${label('team')} below critical are past their limit`,
    description: text`${count} vulnerabilities and secrets of team ${label('team')} that are less than critical are neither fixed nor excepted, for longer than the limit of their severity lets them be (supply_chain.sla). They are open, or were when they were last scanned.`,
    value: text`${count} findings`,
    page: 'supply-chain',
    cases: cases.findingsPastLimit(production),
  });

  const findingsDue = defineAlert({
    name: 'FindingsDue',
    severity: 'digest',
    expr: compare(limited({ status: 'due' }), '>', 0),
    for: '1h',
    summary: text`${count} findings of team ${label('team')} are due soon`,
    description: text`${count} vulnerabilities and secrets of team ${label('team')} reach the limit of their severity within supply_chain.due_days (7 unless set). What is not fixed or excepted by then is past it.`,
    value: text`${count} findings`,
    page: 'supply-chain',
    cases: cases.findingsDue(production),
  });

  // On its first day the gate judges again and again, as what is known of the images arrives.
  const judgedBefore = compare(
    sumBy(team, earlier(gateImages, '7d', { verdict: oneOf('pass', 'warned', 'blocked') })),
    '>',
    0,
  );
  const gateNewlyBlocking = defineAlert({
    name: 'GateNewlyBlocking',
    severity: 'ticket',
    expr: andOn(team, compare(sumBy(['team', 'environment', 'rule'], latest(gateNewlyBlocked)), '>', 0), judgedBefore),
    for: '1h',
    summary: text`The gate would now block ${count} images of team ${label('team')} in ${label('environment')}: ${label('rule')}`,
    description: text`${count} images that team ${label('team')} runs in ${label('environment')} passed the gate, and within 7 days the rule ${label('rule')} has come to block them. They run on, and the next deployment of the same content will be refused.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.gateNewlyBlocking(),
  });

  const watchedPackageRunning = defineAlert({
    name: 'WatchedPackageRunning',
    severity: 'ticket',
    expr: compare(sumBy(['team', 'watch', 'environment'], latest(watchImages)), '>', 0),
    for: '15m',
    summary: text`${count} images of team ${label('team')} in ${label('environment')} have ${label('watch')}`,
    description: text`${count} images that team ${label('team')} runs in ${label('environment')} have a package of the watch list's entry ${label('watch')} (supply_chain.watch), by their bills of materials. "plumbline find" says which, and where.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.watchedPackageRunning(),
  });

  const excepted = (status: string) => compare(sumBy(['team', 'class'], latest(exceptions, { status })), '>', 0);
  const findingExceptionExpiring = defineAlert({
    name: 'FindingExceptionExpiring',
    severity: 'ticket',
    expr: excepted('expiring'),
    for: '1h',
    summary: text`${count} exceptions of team ${label('team')} are about to expire`,
    description: text`${count} exceptions (VEX, ignores, dismissals) of class ${label('class')} that team ${label('team')} relies on are about to expire. What they hold back is open again then, and as old as it is.`,
    value: text`${count} exceptions`,
    page: 'supply-chain',
    cases: cases.excepted('expiring'),
  });

  const findingExceptionExpired = defineAlert({
    name: 'FindingExceptionExpired',
    severity: 'digest',
    expr: excepted('expired'),
    for: '1h',
    summary: text`${count} exceptions of team ${label('team')} have expired`,
    description: text`${count} exceptions (VEX, ignores, dismissals) of class ${label('class')} of team ${label('team')} are past their end. They hold nothing back any more, and still stand where they are kept.`,
    value: text`${count} exceptions`,
    page: 'supply-chain',
    cases: cases.excepted('expired'),
  });

  const findingExceptionStillApplied = defineAlert({
    name: 'FindingExceptionStillApplied',
    severity: 'ticket',
    expr: excepted('expired_applied'),
    for: '1h',
    summary: text`${count} expired exceptions of team ${label('team')} are still applied`,
    description: text`${count} exceptions of class ${label('class')} of team ${label('team')} are past their end, and scanners hold findings back by them all the same: what they allow looks as if it were well.`,
    value: text`${count} exceptions`,
    page: 'supply-chain',
    cases: cases.excepted('expired_applied'),
  });

  return defineGroup(
    'supply-chain',
    [
      ...[knownExploitedInProduction, criticalPastLimit, findingsPastLimit, findingsDue, gateNewlyBlocking],
      ...[watchedPackageRunning, findingExceptionExpiring, findingExceptionExpired, findingExceptionStillApplied],
    ],
    { testedEvery: '1h' },
  );
}
