/** Asks a Prometheus server for what Plumbline's samples need of it (HTTP API v1, /status and /targets). */
import { parse } from 'yaml';
import { z } from 'zod';
import { allAlerts } from '../../../alerts/index.ts';
import type { Config } from '../../config.ts';
import { createHttpClient } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import { dailyWriterOf } from '../session.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

const daySeconds = 86_400;

const answer = <Data extends z.ZodType>(data: Data) => z.object({ data });
const configAnswer = answer(z.object({ yaml: z.string() }));
const textAnswer = answer(z.record(z.string(), z.unknown()));
const targetsAnswer = answer(
  z.object({ activeTargets: z.array(z.object({ labels: z.record(z.string(), z.string()), health: z.string() })) }),
);
const rulesAnswer = answer(
  z.object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
);
const serverConfig = z.object({
  storage: z
    .object({
      tsdb: z
        .object({
          out_of_order_time_window: z.string().optional(),
          retention: z.object({ time: z.string().optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
  scrape_configs: z.array(z.object({ job_name: z.string(), honor_timestamps: z.boolean().optional() })).nullish(),
});

/** Errors: those of the HTTP client, where the server can't be asked. */
export async function checkPrometheus(config: Config, url: string): Promise<Finding[]> {
  const client = createHttpClient({ baseUrl: url.endsWith('/') ? url : `${url}/`, retries: 0, timeoutMs: 10_000 });
  const get = async <Data extends z.ZodType>(path: string, schema: Data): Promise<z.output<Data>> =>
    schema.parse(await client.getJson(path));
  const build = (await get('api/v1/status/buildinfo', textAnswer)).data;
  const flags = (await get('api/v1/status/flags', textAnswer)).data;
  const runtime = (await get('api/v1/status/runtimeinfo', textAnswer)).data;
  const server = serverConfig.parse(parse((await get('api/v1/status/config', configAnswer)).data.yaml) ?? {});
  const targets = (await get('api/v1/targets?state=active', targetsAnswer)).data.activeTargets;
  const groups = (await get('api/v1/rules?type=alert', rulesAnswer)).data.groups;

  const daily = dailyWriterOf(config);
  const days = daily === 'page' ? config.page_days : Math.max(0, ...config.remote_write.map(each => each.window_days));
  const facts: Facts = {
    where: redactUrl(url),
    version: String(build.version ?? ''),
    window: seconds(server.storage?.tsdb?.out_of_order_time_window),
    retention: retentionOf(server.storage?.tsdb?.retention?.time, runtime.storageRetention),
    receiver: flags['web.enable-remote-write-receiver'] === 'true',
    isTarget: config.remote_write.some(each => new URL(each.url).origin === new URL(url).origin),
    otlpReceiver: flags['web.enable-otlp-receiver'] === 'true',
    isOtlpTarget: config.otlp !== undefined && new URL(config.otlp.endpoint).origin === new URL(url).origin,
  };
  return [
    versionFinding(facts),
    windowFinding(facts, daily, days),
    retentionFinding(facts, days),
    receiverFinding(facts),
    ...otlpFindings(facts),
    ...scrapeFindings(config, server.scrape_configs ?? [], targets, daily),
    rulesFinding(groups.flatMap(({ rules }) => rules)),
  ];
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string | undefined;
}

/** That a pattern of rule_files finds no file is told by nobody else. */
function rulesFinding(rules: readonly Rule[]): Finding {
  const names = new Set(allAlerts.map(({ name }) => name));
  const ours = rules.filter(({ name }) => names.has(name));
  const failing = ours.find(({ health }) => health === 'err');
  if (failing)
    return wrong('alerts', `${failing.name} can't be evaluated: ${failing.lastError ?? 'for no reason told'}`);
  const loaded = new Set(ours.map(({ name }) => name)).size;
  if (loaded > 0) return ok('alerts', `${loaded} of Plumbline's ${names.size} are evaluated`);
  return note(
    'alerts',
    "none of Plumbline's is loaded, so nobody is told of anything, unless another server evaluates them; write them with `plumbline render alerts`, and name their folder's *.rules.yml under rule_files: a pattern that finds no file is silent",
  );
}

interface Facts {
  readonly where: string;
  readonly version: string;
  readonly window: number;
  /** Undefined where only the size is limited. */
  readonly retention: number | undefined;
  readonly receiver: boolean;
  /** Whether the configuration writes to it. */
  readonly isTarget: boolean;
  readonly otlpReceiver: boolean;
  /** Whether the configuration pushes to it. */
  readonly isOtlpTarget: boolean;
}

function versionFinding({ where, version }: Facts): Finding {
  return Number(version.split('.')[0]) >= 3
    ? ok('version', `Prometheus ${version} at ${where}`)
    : wrong(
        'version',
        `Prometheus ${version} at ${where}; 3.0 or later is needed: before, a range includes its left end and sums of days count one too many`,
      );
}

function windowFinding({ window }: Facts, daily: string, days: number): Finding {
  const subject = 'out-of-order window';
  if (daily === 'none') return note(subject, `${inDays(window)}; none is needed, as daily_writer is none`);
  if (window >= days * daySeconds) return ok(subject, `${inDays(window)}, ${days} days are needed`);
  return wrong(
    subject,
    `${inDays(window)}, but ${days} days are needed; without it the stamped daily samples are dropped and "up" stays 1, so panels over days stay empty (alerts and the latest values work). Set storage.tsdb.out_of_order_time_window: ${days}d`,
  );
}

function retentionFinding({ retention }: Facts, days: number): Finding {
  const subject = 'retention';
  if (retention === undefined) return note(subject, 'not limited in time; make sure that its size holds the history');
  if (retention >= days * daySeconds) return ok(subject, `${inDays(retention)}, ${days} days are needed`);
  return wrong(
    subject,
    `${inDays(retention)}, but ${days} days are needed; older days are deleted, so panels over a year are cut. Set storage.tsdb.retention.time: ${days}d, or --storage.tsdb.retention.time=${days}d`,
  );
}

function receiverFinding({ receiver, isTarget }: Facts): Finding {
  const subject = 'remote-write receiver';
  if (receiver) return ok(subject, 'on');
  const how = 'start it with --web.enable-remote-write-receiver';
  return isTarget
    ? wrong(
        subject,
        `off, but remote_write of the configuration writes to this server; every request is answered 404. Please ${how}`,
      )
    : note(subject, `off; only "plumbline history --remote-write" needs it (${how})`);
}

/** Nothing of a server that the configuration does not push to. */
function otlpFindings({ otlpReceiver, isOtlpTarget }: Facts): Finding[] {
  const subject = 'OTLP receiver';
  if (!isOtlpTarget) return [];
  if (otlpReceiver) return [ok(subject, 'on')];
  return [
    wrong(
      subject,
      'off, but otlp of the configuration pushes to this server; every request is answered 404. Please start it with --web.enable-otlp-receiver',
    ),
  ];
}

function scrapeFindings(
  config: Config,
  scrapes: readonly { readonly job_name: string; readonly honor_timestamps?: boolean | undefined }[],
  targets: readonly { readonly labels: Readonly<Record<string, string>>; readonly health: string }[],
  daily: string,
): Finding[] {
  const { job, instance } = config.scrape;
  const findings: Finding[] = [];
  const scrape = scrapes.find(each => each.job_name === job);
  if (daily === 'page' && scrape?.honor_timestamps === false)
    findings.push(
      wrong(
        'honor_timestamps',
        `false for the job ${job}; the days of stamped samples are lost. Leave it out, or set it to true`,
      ),
    );
  const own = targets.find(target => target.labels.job === job && target.labels.instance === instance);
  if (own?.health === 'up') findings.push(ok('scrape', `up, with job="${job}" and instance="${instance}"`));
  else if (own?.health === 'unknown')
    findings.push(note('scrape', `the target with job="${job}" and instance="${instance}" has not been scraped yet`));
  else if (own)
    findings.push(
      wrong('scrape', `the target with job="${job}" and instance="${instance}" is ${own.health}; nothing new arrives`),
    );
  else
    findings.push(
      wrong(
        'scrape',
        `no target has job="${job}" and instance="${instance}", the labels under which history is written; scraped and written samples would be different series. Correct scrape.job and scrape.instance, or the scrape configuration`,
      ),
    );
  return findings;
}

const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: daySeconds,
  w: 7 * daySeconds,
  y: 365 * daySeconds,
};

/** A duration as Prometheus writes it: 400d, 1y30d, 15m. */
function seconds(text: string | undefined): number {
  let sum = 0;
  for (const [, amount, unit] of (text ?? '').matchAll(/(\d+)(ms|[smhdwy])/g))
    sum += Number(amount) * unitSeconds[unit!]!;
  return sum;
}

/** `runtimeinfo` says what holds, such as `400d`, `15d or 10GiB`, `10GiB`. */
function retentionOf(configured: string | undefined, said: unknown): number | undefined {
  const text =
    typeof said === 'string'
      ? (said.split(' or ').find(part => /^[\d.]+(ms|[smhdwy])/.test(part)) ?? '')
      : (configured ?? '');
  return text === '' ? undefined : seconds(text);
}

const inDays = (value: number) => (value === 0 ? 'none' : `${Math.round((value / daySeconds) * 10) / 10} days`);
