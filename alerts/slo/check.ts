/** What is refused when rules are made, each with a sentence: rules that can't work fire never, or always. */
import { budgetOf, decimal, percent, written } from './decimal.ts';
import { durationText } from './durations.ts';
import { SloError } from './errors.ts';
import type { BurnWindow, Server, Slo } from './model.ts';
import { isPattern, matches } from './promql/matching.ts';
import { type Parsed, PromqlError, parsePromql } from './promql/parse.ts';
import { type Selector, selectorsOf } from './promql/selectors.ts';
import { recordedEvery } from './rules/counters.ts';
import { type ParsedIndicator, parsedOf, parseIndicator } from './rules/indicator.ts';
import { highestBurn, longestWindow } from './windows.ts';

export type Refuse = (reason: string) => never;

export const refuser =
  (slo: Slo): Refuse =>
  reason => {
    throw new SloError('SLO_REFUSED', { slo: `${slo.service}/${slo.name}`, origin: slo.origin, reason });
  };

/** The indicators of an SLO, read. Throws SLO_REFUSED with the position where one is no PromQL. */
export function readIndicators(slo: Slo): readonly ParsedIndicator[] {
  const refuse = refuser(slo);
  return slo.parts.map(({ name, indicator }) =>
    parseIndicator(indicator, (source, what) => {
      try {
        return parsePromql(source);
      } catch (error) {
        if (error instanceof PromqlError)
          return refuse(`${what}${name === '' ? '' : ` of ${name}`} is not valid PromQL at ${error.message}`);
        throw error;
      }
    }),
  );
}

const ownLabels = ['service', 'slo', 'objective', 'team', 'part', 'window', 'severity', 'alertname', 'condition'];

/** Throws SLO_REFUSED for the first thing that can't work. */
export function checkSlo(slo: Slo, server: Server, indicators: readonly ParsedIndicator[]): void {
  const refuse = refuser(slo);
  checkNames(slo, refuse);
  for (const { target, name } of slo.parts)
    if (target.isNaN() || target.lessThan(0) || !target.lessThan(1))
      refuse(
        `the target ${written(target)}${name && ` of ${name}`} is not within 0 and 1, 1 excluded: nothing is always good`,
      );
  if (2 * server.scrapeInterval > recordedEvery)
    refuse(
      `targets are scraped every ${durationText(server.scrapeInterval)}, so that 5 minutes don’t hold two scrapes; set slos.server.scrape_interval to what it is for these metrics`,
    );
  const window = longestWindow(slo.window);
  if (window > server.retention)
    refuse(
      `its window of ${durationText(window)} is longer than the server remembers (${durationText(server.retention)}); shorten it, or raise the retention and slos.server.retention`,
    );
  if (slo.sampledEvery !== undefined && slo.sampledEvery > server.retention)
    refuse(
      `samples of its counters ${durationText(slo.sampledEvery)} apart are further apart than the server remembers (${durationText(server.retention)})`,
    );
  for (const parsed of indicators.flatMap(parsedOf)) {
    for (const selector of selectorsOf(parsed)) {
      checkPatterns(selector, refuse);
      checkBucket(selector, server, refuse);
      checkRange(selector, server, refuse, parsed);
    }
  }
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function checkNames({ name, service, labels, parts }: Slo, refuse: Refuse): void {
  for (const [what, given] of [
    ['name', name],
    ['service', service],
  ] as const)
    if (!dnsLabel.test(given))
      refuse(
        `its ${what} ${JSON.stringify(given)} is no DNS label: up to 63 lower case letters, digits and hyphens, a letter or digit first and last`,
      );
  const taken = Object.keys(labels).find(label => ownLabels.includes(label));
  if (taken !== undefined) refuse(`its label ${taken} is one that the rules set themselves`);
  const odd = Object.keys(labels).find(label => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(label));
  if (odd !== undefined) refuse(`its label ${JSON.stringify(odd)} is no name of a label`);
  const twice = parts.find((part, index) => parts.findIndex(each => each.name === part.name) < index);
  if (twice) refuse(`two of its parts are called ${JSON.stringify(twice.name)}`);
}

function checkPatterns({ matchers, text }: Selector, refuse: Refuse): void {
  const broken = matchers.find(({ op, value }) => op.endsWith('~') && !isPattern(value));
  if (broken)
    refuse(
      `${JSON.stringify(broken.value)} of ${text} is no pattern that Prometheus knows (RE2: without lookarounds and references back)`,
    );
}

function checkBucket({ metric, matchers }: Selector, { buckets }: Server, refuse: Refuse): void {
  const bounds = metric?.endsWith('_bucket') ? buckets.get(metric.slice(0, -'_bucket'.length)) : undefined;
  const le = matchers.find(({ label, op }) => label === 'le' && (op === '=' || op === '=~'));
  if (bounds === undefined || le === undefined || le.value === '+Inf') return;
  if (bounds.some(bound => matches(le, bound))) return;
  const same = le.op === '=' ? bounds.find(bound => Number(bound) === Number(le.value)) : undefined;
  // 1 is stored as 1.0 by some, and 0.30 by nobody
  if (same !== undefined && [`${Number(same)}`, `${Number(same)}.0`].includes(le.value)) return;
  if (same !== undefined) refuse(`le="${le.value}" of ${metric} is no text that is stored; write "${same}"`);
  refuse(`le${le.op}"${le.value}" is no bucket of ${metric}; it has ${bounds.join(', ')}`);
}

function checkRange({ range, text }: Selector, { scrapeInterval }: Server, refuse: Refuse, _: Parsed): void {
  if (typeof range === 'number' && range < 2 * scrapeInterval)
    refuse(
      `the range ${durationText(Math.ceil(range))} of ${text} doesn’t hold two scrapes of ${durationText(scrapeInterval)}; write [{{.window}}], or at least ${durationText(2 * scrapeInterval)}`,
    );
}

/** Throws SLO_REFUSED where an alert could never fire. */
export function checkWindows(slo: Slo, windows: readonly BurnWindow[], server: Server): void {
  const refuse = refuser(slo);
  const highest = highestBurn(slo);
  const strictest = slo.parts.reduce((most, { target }) => (target.greaterThan(most) ? target : most), decimal(0));
  const conditions = slo.alerting.conditions
    .filter(({ op }) => op === 'gt' || op === 'gte')
    .map(({ burnRate, lookback, op }) => ({ burnRate, long: lookback, short: lookback, atLeast: op === 'gte' }));
  for (const { burnRate, long, short, atLeast } of [
    ...windows.map(each => ({ ...each, atLeast: false })),
    ...conditions,
  ]) {
    if (atLeast ? burnRate.greaterThan(highest) : !burnRate.lessThan(highest))
      refuse(
        `a burn of ${written(burnRate)} over ${durationText(long)} can never be reached: with a budget of ${percent(budgetOf(strictest))} it would take ${percent(burnRate.times(budgetOf(strictest)))} bad events; lower it, or set \`page: false\` or \`windows\` of its own`,
      );
    if (Math.min(long, short) < 2 * server.scrapeInterval)
      refuse(
        `the window ${durationText(Math.min(long, short))} doesn’t hold two scrapes of ${durationText(server.scrapeInterval)}`,
      );
    if (Math.max(long, short) > server.retention)
      refuse(
        `the window ${durationText(Math.max(long, short))} is longer than the server remembers (${durationText(server.retention)})`,
      );
  }
}

/**
 * Throws SLO_REFUSED where an alert needs more bad events than there can be within its longest window: samples and slices
 * come so often and no oftener. How many events counters count nobody knows.
 */
export function checkLeastBad(slo: Slo, windows: readonly BurnWindow[], server: Server): void {
  const { leastBadEvents: least, conditions } = slo.alerting;
  const every = eventsEvery(slo, server);
  if (every === undefined) return;
  const longest = (severity: BurnWindow['severity']) =>
    Math.max(0, ...windows.filter(window => window.severity === severity).map(({ long }) => long));
  for (const seconds of [longest('page'), longest('ticket'), ...conditions.map(({ lookback }) => lookback)]) {
    const most = every.reduce((sum, each) => sum + Math.max(1, Math.floor(seconds / each)), 0);
    if (seconds > 0 && least.greaterThan(most))
      refuser(slo)(
        `at least ${written(least)} bad events can never be met: within ${durationText(seconds)} there are ${most} ${slo.budgeting.kind === 'occurrences' ? 'samples' : 'slices'} at the most; lower the number, or leave it out`,
      );
  }
}

/** Seconds between two events of each part that records them; undefined where a part is of events that others count. */
function eventsEvery({ parts, budgeting }: Slo, { scrapeInterval }: Server): readonly number[] | undefined {
  if (budgeting.kind === 'timeslices') return [budgeting.seconds];
  if (budgeting.kind === 'ratio_timeslices') return parts.map(() => budgeting.seconds);
  const every = parts.map(({ indicator }) => {
    if (indicator.kind === 'threshold') return indicator.every;
    return indicator.kind === 'ratio' ? scrapeInterval : undefined;
  });
  const known = every.filter(each => each !== undefined);
  return known.length < every.length ? undefined : known;
}
