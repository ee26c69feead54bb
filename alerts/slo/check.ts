/** What is refused when rules are made, each with a sentence: rules that can't work fire never, or always. */
import { budgetOf, decimal, percent, written } from './decimal.ts';
import { durationText } from './durations.ts';
import { SloError } from './errors.ts';
import type { BurnWindow, Server, Slo } from './model.ts';
import { matches } from './promql/matching.ts';
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

function checkBucket({ metric, matchers }: Selector, { buckets }: Server, refuse: Refuse): void {
  const bounds = metric?.endsWith('_bucket') ? buckets.get(metric.slice(0, -'_bucket'.length)) : undefined;
  const le = matchers.find(({ label, op }) => label === 'le' && (op === '=' || op === '=~'));
  if (bounds === undefined || le === undefined || le.value === '+Inf') return;
  if (bounds.some(bound => matches(le, bound) || (le.op === '=' && Number(bound) === Number(le.value)))) return;
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
