/**
 * What counters grew by, as expressions.
 *
 * Over 5 minutes exactly: the last sample of these 5 minutes less the last of those before. Added up they telescope, so
 * nothing is lost between two recordings and nothing is extrapolated, as `increase()` over windows that touch does. It
 * reads the samples of 10 minutes and a scrape more: at a scrape of 30 s some 32 a series every 5 minutes, where a ratio
 * over 30 days reads 86,400 at each evaluation.
 */
import { durationText } from '../durations.ts';
import type { Parsed } from '../promql/parse.ts';
import { isTotal, ranged, withCounters } from '../promql/rewrite.ts';
import { quoted, type Selector } from '../promql/selectors.ts';

/** Seconds that a recording of events is of. */
export const recordedEvery = 300;

/**
 * E(x): without a reset the difference; a label set that is born on a target that was there before counts from 0, and so
 * does one on a new target that had others of the metric before it: what an exporter reads elsewhere comes all at once, at
 * whatever it is. What comes back, as an exporter's do whose database was away, has been counted before. Else, at resets and
 * on new targets, the rate over a scrape more, so that the first and the last of its
 * samples are 5 minutes apart and its growth is of these 5 minutes.
 */
export function exactGrowth(
  counter: Selector,
  { seconds = recordedEvery, scrapeInterval, sampledEvery }: Sampling & { readonly seconds?: number },
): string {
  const { text } = counter;
  if (sampledEvery !== undefined && sampledEvery > seconds) return slowGrowth(counter, seconds, sampledEvery);
  const window = seconds + scrapeInterval;
  const now = `last_over_time(${ranged(counter, seconds)})`;
  const before = `last_over_time(${ranged(counter, seconds, seconds)})`;
  const wasThere = `last_over_time(up[${durationText(seconds)}] offset ${durationText(seconds + Math.max(0, counter.offset))}) == 1`;
  const earlier = looksBack.map(looks => `last_over_time(${ranged(counter, seconds, seconds * looks)})`).join(' or ');
  // below what it was, it is another life: a process that was started anew
  const livesOn = `${now} >= (${earlier})`;
  const reset = `resets(${ranged(counter, window)}) > 0`;
  if (text === '') throw new TypeError('a counter has no selector');
  return [
    `(((${now} - ${before}) >= 0) unless (${reset}))`,
    `(${now} unless ${before} unless (${livesOn}) and on (job, instance) (${wasThere}))`,
    ...laterThanOthers(counter, seconds).map(later => `(${now} unless ${before} unless (${livesOn}) and (${later}))`),
    `(rate(${ranged(counter, window)}) * ${seconds})`,
  ].join(' or ');
}

/** How many recordings ago a series is looked for that isn't born but comes back: 15 minutes, 1, 6 and 24 hours. */
const looksBack = [3, 12, 72, 288];

/** Labels that a target has, and all its series with it. */
const ofTargets = ['job', 'instance', 'namespace', 'cluster'];

/** Series that were scraped less often than another of their metric on their target. */
function laterThanOthers(counter: Selector, seconds: number): readonly string[] {
  if (counter.metric === undefined) return [];
  const matchers = counter.matchers
    .filter(({ label }) => ofTargets.includes(label))
    .map(({ label, op, value }) => `${label}${op}${quoted(value)}`);
  const text = `{${[quoted(counter.metric), ...matchers].join(', ')}}`;
  const plain = /^[A-Za-z_:][\w:]*$/.test(counter.metric);
  const others = plain ? `${counter.metric}${matchers.length > 0 ? `{${matchers.join(', ')}}` : ''}` : text;
  const most = `max by (job, instance) (count_over_time(${ranged({ ...counter, text: others }, seconds)}))`;
  return [`${most} > on (job, instance) group_right () count_over_time(${ranged(counter, seconds)})`];
}

/**
 * The same of counters whose samples are further apart than they are recorded: the newest that is known now, less the
 * newest that was known before. What is told late counts when it is told, and nothing is lost while a target is away for
 * less than `sampledEvery`. A label set counts from 0 where its target, or another of its series, was there before.
 */
function slowGrowth(counter: Selector, seconds: number, sampledEvery: number): string {
  const now = `last_over_time(${ranged(counter, sampledEvery)})`;
  const before = `last_over_time(${ranged(counter, sampledEvery, seconds)})`;
  const wasScraped = `last_over_time(up[${durationText(seconds)}] offset ${durationText(seconds + Math.max(0, counter.offset))}) == 1`;
  // after a reset, and of what is born, all that it shows was counted since
  return `((${now} - ${before}) >= 0) or (${now} and on (job, instance) (${before} or ${wasScraped}))`;
}

/** Seconds. */
export interface Sampling {
  readonly scrapeInterval: number;
  /** How far apart the samples of a counter may be, where that is further than they are recorded. */
  readonly sampledEvery?: number | undefined;
}

/** One number without labels: the events between two recordings, exactly. */
export const exactEvents = (parsed: Parsed, sampling: Sampling, seconds = recordedEvery): string =>
  totalled(
    parsed,
    withCounters(parsed, seconds, counter => `(${exactGrowth(counter, { ...sampling, seconds })})`),
  );

/** One number without labels: the events of a short window, from the counters as they are. */
export const recentEvents = (parsed: Parsed, seconds: number): string =>
  totalled(
    parsed,
    withCounters(parsed, seconds, counter => `increase(${ranged(counter, seconds)})`),
  );

export const totalled = (parsed: Parsed, text: string): string => (isTotal(parsed) ? text : `sum(${text})`);
