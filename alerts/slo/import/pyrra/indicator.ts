/** Pyrra's four indicators, which are selectors of series, as ours, which are expressions. */

import { durationSeconds } from '../../durations.ts';
import type { Indicator } from '../../model.ts';
import { type Notes, Unimportable } from '../imported.ts';
import { parsePromql, sourceOf } from '../text.ts';
import type { PyrraSpec } from './spec.ts';

type Spec = PyrraSpec['spec']['indicator'];

export function indicatorOf(spec: Spec, notes: Notes): Indicator {
  const named = (['ratio', 'latency', 'latencyNative', 'bool_gauge'] as const).filter(kind => spec[kind] != null);
  if (named.length !== 1)
    throw new Unimportable(
      named.length === 0
        ? 'its indicator is none of ratio, latency, latencyNative and bool_gauge'
        : `it has ${named.length} indicators (${named.join(', ')}), where one is meant`,
    );
  const { ratio, latency, latencyNative, bool_gauge: gauge } = spec;
  grouped((ratio ?? latency ?? latencyNative ?? gauge)?.grouping ?? [], named[0] ?? '', notes);
  if (ratio) return counters('bad', ratio.errors.metric, ratio.total.metric);
  if (latency) {
    if (!/\ble\s*=\s*"/.test(latency.success.metric))
      throw new Unimportable('its successes have no matcher le, so no latency is named');
    return counters('good', latency.success.metric, latency.total.metric);
  }
  if (latencyNative) return nativeHistogram(latencyNative);
  const selected = selector(gauge?.metric ?? '', 'the gauge');
  notes.changed('indicator.bool_gauge', 'its samples are counted every 5 minutes, not at every scrape');
  return {
    kind: 'events',
    numerator: 'good',
    events: { promql: `sum(${selected})`, of: 'gauge' },
    total: { promql: `count(${selected})`, of: 'gauge' },
  };
}

const counters = (numerator: 'bad' | 'good', events: string, total: string): Indicator => ({
  kind: 'events',
  numerator,
  events: { promql: increaseOf(events, numerator === 'bad' ? 'the errors' : 'the successes'), of: 'counter' },
  total: { promql: increaseOf(total, 'the total'), of: 'counter' },
});

const increaseOf = (metric: string, what: string) => `sum(increase(${selector(metric, what)}[{{.window}}]))`;

/** Observations of a native histogram up to the latency, and all. */
function nativeHistogram({ latency, total }: NonNullable<Spec['latencyNative']>): Indicator {
  const seconds = durationSeconds(latency);
  if (seconds === undefined) throw new Unimportable(`its latency "${latency}" is no duration`);
  const increase = increaseOf(total.metric, 'the total');
  return {
    kind: 'events',
    numerator: 'good',
    events: { promql: `histogram_fraction(0, ${seconds}, ${increase}) * histogram_count(${increase})`, of: 'counter' },
    total: { promql: `histogram_count(${increase})`, of: 'counter' },
  };
}

function selector(metric: string, what: string): string {
  const parsed = parsePromql(metric, what);
  if (parsed.root.name !== 'VectorSelector')
    throw new Unimportable(`${what} must be a selector of series, and ${JSON.stringify(metric)} is an expression`);
  return sourceOf(parsed, parsed.root);
}

function grouped(labels: readonly string[], kind: string, notes: Notes): void {
  if (labels.length > 0)
    notes.lost(
      `indicator.${kind}.grouping`,
      `${labels.join(', ')}: one budget is kept over all of them; write an SLO for each that is to have its own`,
    );
}
