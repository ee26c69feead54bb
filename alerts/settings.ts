/** What alerts read of the configuration: the key `alerts` of plumbline.yaml, and parts of other keys. */
import { z } from 'zod';
import {
  digestSchema,
  officeSchema,
  receiverSchema,
  routedSeverities,
  smtpSchema,
  takesAll,
  watchdogSchema,
} from './routes/config.ts';
import type { SlosConfig } from './slo/config.ts';

const text = z.string().min(1);
const ratio = z.number().min(0);

/** The key `alerts` of plumbline.yaml. Ratios are parts of 1. */
export const alertsSchema = z
  .strictObject({
    platform_team: text.default('platform').describe('Gets what belongs to no team, and what is unowned.'),
    budget_at_risk_ratio: ratio.default(0.8).describe('BudgetAtRisk fires from this part of a budget.'),
    budget_burn_ratio: ratio
      .default(1.2)
      .describe('BudgetBurnHigh fires above this multiple of the pace that spends a budget in exactly a month.'),
    anomaly_ratio: ratio
      .default(0.3)
      .describe('CostAnomaly fires from this part of the larger of a day’s Usage and what was expected,'),
    anomaly_amount: z.number().min(0).default(50).describe('where it is this much money too, in the billing currency,'),
    anomaly_score: ratio.default(4).describe('and this many robust standard deviations.'),
    untagged_ratio: ratio.default(0.2).describe('UntaggedCostHigh fires above this part of a team’s taggable cost.'),
    reconciliation_gap_ratio: ratio
      .default(0.01)
      .describe('ReconciliationGap fires above this part of what the bill is held against.'),
    restated_ratio: ratio
      .default(0.05)
      .describe('LargeRestatement fires above this part of the previous month’s bill.'),
    commitment_utilisation_ratio: ratio
      .default(0.8)
      .describe('CommitmentUnderused fires below this part of a commitment’s cost that is used.'),
    kubernetes_gap_ratio: ratio
      .default(0.15)
      .describe('KubernetesReconciliationGap fires above this part of a cluster’s bill.'),
    exchange_rate_stale_days: z
      .number()
      .positive()
      .default(7)
      .describe('ExchangeRateStale fires when a rate is older than so many days.'),
    fail_ratio_rise: ratio
      .default(0.1)
      .describe('ChangeFailRateRising fires above this difference to the team’s own usual change fail rate,'),
    fail_ratio_deployments: z.int().min(1).default(30).describe('over at least so many deployments of 30 days.'),
    recovery_hours: z
      .number()
      .positive()
      .default(24)
      .describe('RecoveryRunningLong fires so long after a failed deployment that nothing has remedied.'),
    deployment_pause_ratio: z
      .number()
      .positive()
      .default(3)
      .describe('DeploymentsStopped fires above this multiple of the pauses that are usual,'),
    deployment_pause_days: z.number().positive().default(14).describe('and after so many days.'),
    unknown_lead_time_ratio: ratio
      .default(0.5)
      .describe('LeadTimesUnknown fires above this part of a team’s deployments.'),
    violations_rise_ratio: ratio
      .default(0.2)
      .describe('ViolationsGrowing fires above this part more violations of a team than a week ago,'),
    violations_rise_count: z.int().min(1).default(10).describe('where it is so many more, too.'),
    policy_silent_hours: z
      .number()
      .positive()
      .default(48)
      .describe('PolicyEngineSilent fires after so long without a report of an engine, once all it found is unknown.'),
    opa_completeness_ratio: ratio
      .default(0.98)
      .describe('OpaDecisionsMissing fires where less than this part of an hour’s decisions has come,'),
    opa_decisions: z.int().min(1).default(100).describe('of at least so many.'),
    opa_bundle_hours: z
      .number()
      .positive()
      .default(1)
      .describe('OpaBundleFailing fires where an agent has asked in vain for its bundle for so long.'),
    opa_bundle_days: z
      .number()
      .positive()
      .default(90)
      .describe('OpaBundleOld fires where a bundle was activated so long ago.'),
    survey_due_days: z
      .number()
      .min(0)
      .default(7)
      .describe('SurveyDue fires so many days after the next wave of a survey should have closed.'),
    response_rate_ratio: ratio
      .default(0.3)
      .describe('ResponseRateLow fires where less than this part of those who were asked took part.'),
    adoption_fall_ratio: ratio
      .default(0.1)
      .describe('AdoptionFalling and FeatureAdoptionFalling fire where the share of teams falls by more than this,'),
    adoption_fall_teams: z.int().min(1).default(2).describe('and it is so many teams fewer, too.'),
    feedback_unanswered_days: z
      .number()
      .positive()
      .default(14)
      .describe('FeedbackUnanswered fires where nobody has answered for so many days.'),
    promise_days: z
      .int()
      .min(1)
      .max(28)
      .default(14)
      .describe('PromisesAtRisk fires where promises are open with so many days of their quarter left.'),
    conformance_fall_ratio: ratio
      .default(0.1)
      .describe('ConformanceFalling fires where a team’s conformance is lower by this than 28 days ago.'),
    shadow_appeared: z
      .int()
      .min(1)
      .default(5)
      .describe('ShadowGrowing fires where so many more appeared in the shadow within 7 days than are gone from it.'),
    production: z
      .array(text)
      .min(1)
      .optional()
      .describe(
        'Environments in which an exploited vulnerability pages, * is any text; those of dora.production unless set.',
      ),
    signed_environments: z
      .array(text)
      .min(1)
      .default(['*'])
      .describe(
        'Environments in which images have to be signed, * is any text: UnsignedImageRunning, UnverifiedImageRunning.',
      ),
    scanner_silent_hours: z
      .number()
      .positive()
      .default(48)
      .describe('ScannerSilent fires after so long without a scan of a scanner, once all that it looked at is stale.'),
    unscanned_hours: z
      .int()
      .positive()
      .default(6)
      .describe('ImagesUnscanned and SbomMissing leave a new image so long.'),
    source_stale_hours: z
      .number()
      .positive()
      .default(24)
      .describe('SourceStale fires after so long without a success.'),
    series_ratio: ratio.default(0.9).describe('SeriesNearLimit fires above this part of series_limit.'),
    receivers: z
      .array(receiverSchema)
      .default([])
      .describe('Where each team’s alerts go; to the platform team’s receivers unless given.'),
    slack_api_url_file: text
      .optional()
      .describe('A file with the address of Slack, through which channels that the catalog names are told.'),
    smtp: smtpSchema.optional().describe('The mail server, where a receiver has email.'),
    digest: digestSchema.prefault({}),
    office_hours: officeSchema,
    watchdog: watchdogSchema,
  })
  .check(ctx => {
    const { receivers, smtp, platform_team: platform } = ctx.value;
    const fallback = receivers.findIndex(({ team }) => team === platform);
    const untaken = routedSeverities.filter(severity => fallback >= 0 && !takesAll(receivers[fallback]!, severity));
    if (untaken.length > 0)
      ctx.issues.push({
        code: 'custom',
        input: platform,
        path: ['receivers', fallback],
        message: `expected a channel of the platform team that takes every ${untaken.join(' and every ')}, for what no other team's takes`,
      });
    const twice = receivers.findIndex(({ team }, index) => receivers.findIndex(each => each.team === team) < index);
    if (twice >= 0)
      ctx.issues.push({
        code: 'custom',
        input: receivers[twice]?.team,
        path: ['receivers', twice, 'team'],
        message: 'expected each team once',
      });
    const mailed = receivers.findIndex(({ email }) => email !== undefined);
    if (mailed >= 0 && smtp === undefined)
      ctx.issues.push({
        code: 'custom',
        input: receivers[mailed]?.email,
        path: ['receivers', mailed, 'email'],
        message: 'expected a key smtp beside receivers that have email',
      });
  });

export type AlertsConfig = z.infer<typeof alertsSchema>;

/** The parts of a loaded configuration that alerts read; what is absent has its default. */
export interface AlertsInput {
  readonly alerts?: z.input<typeof alertsSchema> | undefined;
  readonly cost?: { readonly unallocated_ratio_alert?: number; readonly stale_hours?: number } | undefined;
  readonly dora?:
    | { readonly production?: readonly { readonly name?: string; readonly environments?: readonly string[] }[] }
    | undefined;
  readonly links?: { readonly runbooks?: string | undefined; readonly grafana?: string | undefined } | undefined;
  readonly scrape?: { readonly job?: string } | undefined;
  readonly server?: { readonly host?: string; readonly port?: number } | undefined;
  readonly series_limit?: number | undefined;
  readonly slos?: SlosConfig | undefined;
  /** What paths of the configuration are relative to. */
  readonly directory?: string;
}

export interface Settings {
  readonly alerts: AlertsConfig;
  readonly unallocatedRatio: number;
  readonly staleHours: number;
  /** Environments that are production, as patterns: * is any text. */
  readonly production: readonly string[];
  /** Without a slash at the end; `exporter` is Plumbline's own start page. */
  readonly links: { readonly runbooks: string; readonly grafana: string; readonly exporter: string };
  /** The job label that the scrape adds. */
  readonly job: string;
  readonly seriesLimit: number;
}

/** A host that a link can lead to: one that listens on every address is reached on this machine. */
const linkHost = (host = '127.0.0.1'): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/** The names of productions, and what deployments call them. */
const productionOf = (
  productions: readonly { readonly name?: string; readonly environments?: readonly string[] }[],
) => [
  ...new Set(productions.flatMap(({ name = 'production', environments = usualProduction }) => [name, ...environments])),
];

const usualProduction = ['production', 'prod', 'prd', 'live', 'production-*', 'prod-*'] as const;

const trimmed = (url: string): string => url.replace(/\/+$/, '');

/** Settings from a configuration, with defaults for what it leaves out. */
export function settingsOf({ alerts, cost, dora, links, scrape, server, series_limit }: AlertsInput = {}): Settings {
  const checked = alertsSchema.parse(alerts ?? {});
  const exporter = `http://${linkHost(server?.host)}:${server?.port ?? 9464}`;
  return Object.freeze({
    alerts: checked,
    unallocatedRatio: cost?.unallocated_ratio_alert ?? 0.1,
    staleHours: cost?.stale_hours ?? 48,
    production: checked.production ?? productionOf(dora?.production ?? [{}]),
    links: {
      runbooks: trimmed(links?.runbooks ?? `${exporter}/runbooks`),
      grafana: trimmed(links?.grafana ?? 'http://127.0.0.1:3000'),
      exporter,
    },
    job: scrape?.job ?? 'plumbline',
    seriesLimit: series_limit ?? 50_000,
  });
}

export const defaultSettings: Settings = settingsOf();
