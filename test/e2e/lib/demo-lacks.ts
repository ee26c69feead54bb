/**
 * What the demo platform has nothing of, and why that is right: queries of panels, alerts and series of rules that the
 * panels test lets be empty.
 */
import type { Choice } from './panel-choices.ts';

/** Queries that find nothing (in one currency), and why that is right. One that finds something fails. */
export const emptyQueries: Readonly<Record<string, string>> = {
  "cost: Cost Explorer's cost by $cube ($currency) A in EUR": 'AWS bills the demo in USD',
  'team: Deployments of its services E': 'the team that is shown has remedied what failed',
  "team: The team's unit cost A": 'nobody counts units of the team that is shown',
  "team: Unit cost of the team's services A": 'nobody counts units of the team that is shown',
  'team: Budgets with AWS and Azure A': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure B': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure C': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure D': 'no budget of a provider is told to be of the team that is shown',
  'team: Budgets with AWS and Azure E': 'no budget of a provider is told to be of the team that is shown',
  'experience: Dimensions of SPACE, as people answer C': 'activity is counted, and no survey of the demo asks about it',
  'experience: Templates and what came of their tasks D': 'no task of the demo is still running',
  'experience: Teams of which less is told A': 'every team that is told of is large enough for all',
  'experience: Teams of which less is told B': 'every team that is told of is large enough for all',
  'supply-chain: 30 d ago: blocked A': 'the gate is asked for the first time when the demo starts',
  'supply-chain: Newly blocked, 7 days A': 'the gate judges since the demo was started, and not a week ago',
};
/** Queries that find something where all is chosen, and need not for a part of it. */
const narrow = {
  span: 'no service of the choice, or of the shorter period, is within that span',
  remedied: 'all failures of the choice are remedied',
  matched: 'all incidents of the choice match',
  resolved: 'all incidents of the choice are resolved',
  amounts: 'no budget of the choice has got another amount',
  none: 'bars of 0 are left out, and the choice has no others',
  movers: 'what moves less than others is "other"',
};
export const emptyParts: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'ABCD'].map(at => [`delivery: Services by their median lead time ${at}`, narrow.span])),
  ...Object.fromEntries([...'ABCDEFG'].map(at => [`cost: Biggest movers of 30 days ($currency) ${at}`, narrow.movers])),
  ...Object.fromEntries(
    [...'ABCDEFG'].map(at => [`team: What explains the change of 30 days ($currency) ${at}`, narrow.movers]),
  ),
  'delivery: Failures that nothing has remedied A': narrow.remedied,
  'delivery: Failures that nothing has remedied B': narrow.remedied,
  'delivery: mark: Failed deployments, not remedied ': narrow.remedied,
  'delivery: Incidents of no deployment A': narrow.matched,
  'delivery: Open incidents A': narrow.resolved,
  'delivery: Why deployments failed A': narrow.none,
  'delivery: What repaired production A': narrow.none,
  'delivery: Changes without a lead time A': narrow.none,
  'delivery: Failed before production A': narrow.none,
  'cost: mark: Failed deployments, not remedied ': narrow.remedied,
  'cost-review: mark: Failed deployments, not remedied ': narrow.remedied,
  'cost: mark: Budget changes ': narrow.amounts,
  'cost-review: mark: Budget changes ': narrow.amounts,
};
/** Queries of the team's page that find something for another team than the one that is shown. */
export const ofOtherTeams: readonly string[] = [
  'team: Violations of its services C',
  'team: Its exceptions B',
  'team: Violations by severity A',
  'team: Open violations by age A',
  'team: How long its vulnerabilities stay, 90 days C',
  'team: Its scanners D',
  'team: Its scanners E',
  'team: What is excepted of it A',
  'team: What is excepted of it B',
  'team: What is watched A',
  'team: Failed before they changed production A',
  'team: What it is exempt from A',
];
export const emptyAlerts: Readonly<Record<string, string>> = {
  PolicyEngineSilent:
    'while an engine has a scope that it has looked at in time, it is not asked for how long it is silent',
  ScannerSilent:
    'while a scanner has an image that it has looked at in time, it is not asked for how long it is silent',
  SurveyTooFew: 'in every wave of the demo enough took part',
  FindingsDue: 'on most days nothing of the demo is about to be late',
  FindingExceptionStillApplied: 'no scanner of the demo holds back what is past its end',
  PlacesSilent: 'all places of the demo are told of',
  GateNewlyBlocking: 'the gate judges since the demo was started, and not a week ago',
  OtlpPushFailing: 'nothing of the demo is pushed by OTLP',
};

export const withPast = [
  ...['daily-cost', 'deploy-lead-time', 'findings-past-limit', 'pipeline-duration', 'pipeline-success'],
  ...['policy-decision-latency', 'survey-cadence'],
];
/** What is told of from the first scrape on alone: our own counters and times. */
export const withoutPast = ['portal-availability', 'source-freshness'];
/** Panels of an SLO that may be empty, with what they say instead, and the SLOs of which they have to find something. */
const emptyOfSlos: Readonly<Record<string, { readonly says: string; readonly has?: readonly string[] }>> = {
  'slo: Alerts that fire': { says: 'no alert fires' },
  'slo: First one spent in': { says: 'none burns' },
  'slo: Burn of the last hour': { says: 'none burns' },
  'slo: SLOs, the least budget first E': { says: 'none burns, and a cell is empty' },
  'slo-detail: Burn, 1 h': { says: 'no traffic, or data of days', has: ['portal-availability', 'source-freshness'] },
  'slo-detail: Spent in': { says: "doesn't burn" },
  'slo-detail: Window began': { says: 'rolling', has: ['daily-cost', 'deploy-lead-time', 'findings-past-limit'] },
  'slo-detail: Burn that pages': { says: 'it has no such alert', has: ['portal-availability'] },
  'slo-detail: Windows of pages': { says: 'it has no such alert', has: ['portal-availability'] },
  'slo-detail: Windows that are noted': { says: 'it has no such alert' },
  // What is counted once a day is told within one hour of it, which steps of the chart may leave out.
  'slo-detail: Bad events per hour': { says: 'no traffic', has: withoutPast },
  'slo-detail: Error ratio per hour': { says: 'no traffic', has: withoutPast },
  'slo-detail: Good events per hour': { says: 'no traffic', has: withoutPast },
  // The service of the SLOs is the whole platform, which is deployed in parts.
  'slo-detail: mark: Deployments': { says: 'no mark' },
  'slo-detail: mark: Failed deployments, not remedied': { says: 'no mark' },
  'slo-detail: mark: Incidents': { says: 'no mark' },
  'slo-detail: Alerts over time': { says: 'no alert fired' },
  'slo-detail: Alerts now': { says: 'no alert fires' },
};
/** On other pages, where nothing burns just now. */
export const mayBeIdle: readonly string[] = ['team: Its SLOs, the least budget first C'];
export const isEmptyFor = (id: string, { slo = '' }: Choice): boolean => {
  const panel = Object.entries(emptyOfSlos).find(([name]) => id === name || id.startsWith(`${name} `))?.[1];
  return panel !== undefined && !panel.has?.includes(slo);
};

/** What rules name and the demo may lack, metrics and selectors: states that nothing of it is in, on most days. */
const absentHere: Readonly<Record<string, string>> = {
  'plumbline_http_request_duration_seconds_count{code=~"5.."}': 'nothing that was asked of it failed',
  'policy_opa_instances{state="silent"}': 'all of its agents send',
  'supply_chain_scans{status=~"stale"}': 'all of its scanners scan',
  'supply_chain_exceptions{status="expired_applied"}': emptyAlerts.FindingExceptionStillApplied!,
  supply_chain_gate_newly_blocked: emptyAlerts.GateNewlyBlocking!,
  plumbline_otlp_failed_total: emptyAlerts.OtlpPushFailing!,
};
/** An alert's own state is there while it fires; burn over minutes is there while agents decide, which they do before the start alone. */
const isOwnState = (series: string): boolean =>
  series.startsWith('ALERTS{') ||
  /^slo:burn_rate:ratio\{.*slo="policy-decision-latency".*window="(5m|30m)"\}$/.test(series);
/** Of findings past their limits it has critical ones in all environments, and exploited ones in production. */
export const isAbsentHere = (series: string): boolean =>
  series in absentHere ||
  isOwnState(series) ||
  /^supply_chain_sla_findings\{.*(exploited="yes"|status="due")/.test(series);
