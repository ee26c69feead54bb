/** The key `slos` of plumbline.yaml: a short form of an SLO, and where documents of OpenSLO are. */
import { z } from 'zod';
import { durationSeconds } from './durations.ts';

const text = z.string().trim().min(1);
const promql = z.string().trim().min(1);
const duration = z
  .string()
  .regex(/^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, 'expected a duration such as 5m, 6h or 30d')
  .transform((given, ctx) => {
    const seconds = durationSeconds(given);
    if (seconds !== undefined && seconds > 0) return seconds;
    ctx.issues.push({ code: 'custom', input: given, message: 'expected a duration such as 5m, 6h or 30d' });
    return z.NEVER;
  });
const percent = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*%?$/, 'expected a percentage such as 99.9')
      .transform(given => given.replace(/\s*%$/, '')),
  ])
  .transform(String)
  .refine(
    given => Number(given) >= 0 && Number(given) < 100,
    'expected a percentage from 0 up to but not including 100',
  );
const number = z.number().transform(String);

const of = z
  .enum(['counter', 'gauge'])
  .default('counter')
  .describe('What the expressions are: counters, or numbers of events of the moment.');
const ofEvents = { total: promql.describe('PromQL of all events, over counters.'), of };

/** Exactly one of these tells how it is measured. */
export const indicatorShape = {
  availability: z
    .union([
      z.strictObject({ bad: promql.describe('PromQL of the bad events, over counters.'), ...ofEvents }),
      z.strictObject({ good: promql.describe('PromQL of the good events, over counters.'), ...ofEvents }),
    ])
    .optional()
    .describe('Events that are bad, or good, of all: {bad, total} or {good, total}.'),
  latency: z
    .strictObject({
      histogram: text.describe('The histogram, with matchers, such as http_request_duration_seconds{job="checkout"}.'),
      threshold: number.describe('A good event takes at most so long; one of the histogram’s buckets, in its unit.'),
      native: z.boolean().default(false).describe('Whether it is a native histogram, which has no buckets of its own.'),
    })
    .optional()
    .describe('Events of a histogram that are fast enough.'),
  ratio: z
    .union([z.strictObject({ bad: promql }), z.strictObject({ good: promql })])
    .optional()
    .describe('A ratio that is computed already: each of its samples weighs the same.'),
  threshold: z
    .strictObject({
      promql: promql.describe('PromQL of a value.'),
      below: number.optional().describe('A sample is good below this,'),
      at_most: number.optional().describe('or at most this,'),
      above: number.optional().describe('or above this,'),
      at_least: number.optional().describe('or at least this.'),
      every: duration.prefault('1m').describe('How often it is looked at.'),
    })
    .refine(
      given =>
        [given.below, given.at_most, given.above, given.at_least].filter(each => each !== undefined).length === 1,
      { error: 'expected one of below, at_most, above and at_least' },
    )
    .optional()
    .describe('Samples of a value that are good.'),
  freshness: z
    .strictObject({
      timestamp: promql.describe('PromQL of the Unix time of the last success.'),
      within: duration.describe('It is fresh for so long.'),
      every: duration.prefault('5m').describe('How often it is looked at.'),
    })
    .optional()
    .describe('Looks at which something was no older than allowed.'),
} as const;

export const indicatorKinds = ['availability', 'latency', 'ratio', 'threshold', 'freshness'] as const;

const partSchema = z.strictObject({
  name: text.describe('Tells the parts apart.'),
  weight: z.number().positive().default(1).transform(String).describe('What multiplies its burn.'),
  objective: percent.optional().describe('Percent that is to be good; the SLO’s unless given.'),
  slice_objective: percent.optional().describe('Percent of a slice that is to be good, where the budget is of slices.'),
  ...indicatorShape,
});

const calendarSchema = z.strictObject({
  unit: z.enum(['day', 'week', 'month', 'quarter', 'year']),
  count: z.int().min(1).default(1),
  start: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/, 'expected a local day or time such as 2026-01-01T00:00:00')
    .default('2026-01-01T00:00:00')
    .transform(given => (given.length === 10 ? `${given}T00:00:00` : given))
    .describe('When a window begins, in its time zone; the others follow from it.'),
  time_zone: text.default('UTC').describe('Such as Europe/Zurich.'),
});

const severity = z.enum(['page', 'ticket']);

const alertingShape = {
  page: z.boolean().default(true).describe('Whether a fast burn gets someone up; else there are tickets alone.'),
  windows: z
    .array(
      z.strictObject({
        severity,
        long: duration,
        short: duration,
        burn_rate: z.number().positive().transform(String),
      }),
    )
    .optional()
    .describe('Pairs of windows in place of those of the SRE workbook; none for no burn alerts.'),
  conditions: z
    .array(
      z.strictObject({
        name: text,
        severity: z.enum(['page', 'ticket', 'digest']).default('ticket'),
        op: z.enum(['lt', 'lte', 'gt', 'gte']).default('gt'),
        burn_rate: z.number().min(0).transform(String),
        lookback: duration,
        after: duration.optional(),
        when_no_data: z.boolean().default(false),
      }),
    )
    .default([])
    .describe('Burn over one window each.'),
  least_bad_events: z
    .number()
    .min(0)
    .default(0)
    .transform(String)
    .describe('No burn alert below so many bad events in its long window: for low traffic.'),
  no_traffic_after: z
    .union([duration, z.literal(false)])
    .prefault('1h')
    .describe('SloNoTraffic fires after so long without an event; false for where none are usual.'),
  budget_alerts: z.boolean().default(true).describe('Whether 75 % of the budget spent, and all of it, are told.'),
} as const;

export const shortSchema = z
  .strictObject({
    service: text.describe('The service whose promise it is; its team in the catalog gets the alerts.'),
    name: text.optional().describe('What it is called; the kind of its indicator unless given.'),
    objective: percent.describe('Percent that is to be good, such as 99.9.'),
    objective_name: text
      .optional()
      .describe('Tells several objectives of one name apart; the percentage unless given.'),
    ...indicatorShape,
    parts: z.array(partSchema).min(2).optional().describe('Several indicators, weighted, in place of one.'),
    window: z
      .union([duration, calendarSchema])
      .prefault('30d')
      .describe('30d, rolling; or a calendar’s {unit, time_zone, …}.'),
    slices: z
      .strictObject({
        length: duration,
        objective: percent
          .optional()
          .describe('A slice is good where this percentage of its events is; each has its own ratio unless given.'),
      })
      .optional()
      .describe('The budget is of slices of time in place of events.'),
    sampled_every: duration
      .optional()
      .describe('How far apart the samples of its counters may be, such as 1d where their past has one a day.'),
    title: z.string().default(''),
    description: z.string().default(''),
    team: text.optional().describe('Who gets its alerts, in place of the catalog’s owner of the service.'),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    ...alertingShape,
  })
  .check(ctx => {
    const given = ctx.value;
    const kinds = [...indicatorKinds, 'parts' as const].filter(kind => given[kind] !== undefined);
    if (kinds.length !== 1)
      ctx.issues.push({
        code: 'custom',
        input: given,
        path: [],
        message: `expected exactly one of ${indicatorKinds.join(', ')} and parts`,
      });
    for (const [index, part] of (given.parts ?? []).entries())
      if (indicatorKinds.filter(kind => part[kind] !== undefined).length !== 1)
        ctx.issues.push({
          code: 'custom',
          input: part,
          path: ['parts', index],
          message: `expected exactly one of ${indicatorKinds.join(', ')}`,
        });
  });

export type ShortSlo = z.output<typeof shortSchema>;

/** The key `slos`. */
export const slosSchema = z.strictObject({
  objectives: z.array(shortSchema).default([]).describe('SLOs in short.'),
  files: z.array(text).default([]).describe('Globs of OpenSLO documents, relative to this file, such as slos/*.yaml.'),
  server: z
    .strictObject({
      scrape_interval: duration.prefault('30s').describe('How often targets are scraped.'),
      retention: duration.prefault('400d').describe('How far back Prometheus remembers.'),
      buckets: z
        .record(z.string(), z.array(z.union([z.string(), z.number()]).transform(String)))
        .default({})
        .describe('Upper bounds of histograms by name without _bucket, where they are to be checked.'),
    })
    .prefault({})
    .describe('The Prometheus that evaluates the rules.'),
});

export type SlosConfig = z.output<typeof slosSchema>;
