/**
 * What rules would have recorded, had they been there: evaluated at past instants over what a server remembers, and written
 * back to it. Rules that read others' recordings come after them, and what the rules have recorded themselves stays.
 */
import type { Compiled } from './compile.ts';
import { durationText } from './durations.ts';
import { badEvents, sloRecordings, totalEvents } from './metrics.ts';
import { type RecordingRule, series } from './rules/rule.ts';
import { longestWindow } from './windows.ts';

type Labels = Readonly<Record<string, string>>;

/** A series of a range query; seconds since 1970. */
export interface PastSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

export interface PastServer {
  readonly vector: (expr: string, at: number) => Promise<readonly { readonly value: number }[]>;
  /** All samples that an expression of a range has. */
  readonly matrix: (expr: string, at: number) => Promise<readonly PastSeries[]>;
  readonly range: (
    expr: string,
    range: { readonly start: number; readonly end: number; readonly step: number },
  ) => Promise<readonly PastSeries[]>;
  /** Resolves when the samples can be asked for. */
  readonly write: (all: readonly (PastSeries & { readonly name: string })[]) => Promise<void>;
}

export interface PastOptions {
  /** Seconds since 1970. */
  readonly now: number;
  /** Of what is told by the pages; events are counted for the SLO's window before it, too. */
  readonly days: number;
  /** Seconds that the server remembers, and takes samples of. */
  readonly retention: number;
}

export interface PastReport {
  readonly samples: number;
  /** By `service/slo objective`: when its first event was counted. Seconds since 1970. */
  readonly since: ReadonlyMap<string, number>;
}

const day = 86_400;
/** A value is read for 5 minutes after it was recorded: one every 5 minutes leaves no gap. */
const shownEvery = 300;
/** A server answers with 11,000 points a series at most. */
const mostSteps = 10_000;

interface PastRule {
  readonly compiled: Compiled;
  readonly rule: RecordingRule;
  readonly step: number;
  readonly from: number;
}

/** Throws what the server throws. Written twice it changes nothing. */
export async function writePast(
  all: readonly Compiled[],
  server: PastServer,
  options: PastOptions,
): Promise<PastReport> {
  let samples = 0;
  const since = new Map<string, number>();
  for (const level of levels(all.flatMap(compiled => rulesOf(compiled, options)))) {
    const found: (PastSeries & { readonly name: string })[] = [];
    for (const each of level) {
      const recorded = await evaluate(each, server, options);
      found.push(...recorded);
      if (each.rule.record !== totalEvents.name) continue;
      const { service, name, objective } = each.compiled.slo;
      const first = Math.min(...recorded.flatMap(({ samples: [one] }) => (one ? [one[0]] : [])));
      if (Number.isFinite(first)) since.set(`${service}/${name} ${objective}`, first);
    }
    if (found.length === 0) continue;
    await server.write(found);
    samples += found.reduce((sum, one) => sum + one.samples.length, 0);
  }
  return { samples, since };
}

function rulesOf(compiled: Compiled, { now, days, retention }: PastOptions): readonly PastRule[] {
  const oldest = now - retention + day;
  const shown = Math.max(oldest, now - days * day);
  const counted = Math.max(oldest, shown - longestWindow(compiled.slo.window));
  return compiled.groups.flatMap(({ name, rules }) =>
    rules.flatMap(rule => {
      if (!('record' in rule)) return [];
      const isOfEvents = name.endsWith('-events');
      return [
        isOfEvents
          ? { compiled, rule, step: compiled.resolution, from: counted }
          : { compiled, rule, step: shownEvery, from: shown },
      ];
    }),
  );
}

/** Each level reads recordings of the ones before it alone. */
function levels(all: readonly PastRule[]): readonly (readonly PastRule[])[] {
  const names = [...new Set(all.map(({ rule }) => rule.record))];
  const reads = new Map(
    names.map(name => [
      name,
      new Set(
        all
          .filter(({ rule }) => rule.record === name)
          .flatMap(({ rule }) =>
            sloRecordings.flatMap(other =>
              other.name !== name && rule.expr.includes(`${other.name}{`) ? [other.name as string] : [],
            ),
          ),
      ),
    ]),
  );
  const depth = (name: string): number =>
    1 + Math.max(0, ...[...(reads.get(name) ?? [])].filter(each => names.includes(each)).map(depth));
  const byDepth = Map.groupBy(all, ({ rule }) => depth(rule.record));
  return [...byDepth].sort(([a], [b]) => a - b).map(([, rules]) => rules);
}

async function evaluate(
  { compiled, rule, step, from }: PastRule,
  server: PastServer,
  { now }: PastOptions,
): Promise<readonly (PastSeries & { readonly name: string })[]> {
  const { start, end } = await missing({ compiled, rule, step, from }, server, now);
  const byLabels = new Map<string, { labels: Labels; samples: (readonly [number, number])[] }>();
  for (let at = start; at <= end; at += mostSteps * step) {
    const until = Math.min(end, at + (mostSteps - 1) * step);
    for (const { labels: told, samples } of await server.range(rule.expr, { start: at, end: until, step })) {
      const { __name__: _, ...own } = told;
      const labels = { ...own, ...rule.labels };
      const key = JSON.stringify(Object.entries(labels).sort());
      const known = byLabels.get(key) ?? { labels, samples: [] };
      known.samples.push(...samples.filter(([, value]) => !Number.isNaN(value)));
      byLabels.set(key, known);
    }
  }
  return [...byLabels.values()].flatMap(each => (each.samples.length > 0 ? [{ name: rule.record, ...each }] : []));
}

const isEvents = (record: string) => record === totalEvents.name || record === badEvents.name;

/**
 * The instants before the first recording, a step from it and from each other, so that no event is counted twice. Where
 * there is none yet, nobody knows at which second of its interval the first one comes: the last step is left to it.
 */
async function missing(
  { compiled, rule, step, from }: PastRule,
  server: PastServer,
  now: number,
): Promise<{ readonly start: number; readonly end: number }> {
  const { part, long, window, severity } = rule.labels;
  const more = Object.entries({ part, long, window, severity }).filter(([, value]) => value !== undefined);
  const recorded = series(rule.record, compiled.slo, Object.fromEntries(more) as Labels);
  const range = durationText(Math.ceil(now - from));
  const found = isEvents(rule.record)
    ? (await server.matrix(`${recorded}[${range}]`, now)).flatMap(({ samples }) => samples.map(([at]) => at))
    : (await server.vector(`min_over_time(timestamp(${recorded})[${range}:${durationText(shownEvery)}])`, now)).map(
        ({ value }) => value,
      );
  const first = found.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const latest = step === shownEvery && !isEvents(rule.record) ? now : now - step;
  const end = Number.isFinite(first) ? first - step : Math.floor(latest / step) * step;
  return { start: end - Math.floor((end - from) / step) * step, end };
}
