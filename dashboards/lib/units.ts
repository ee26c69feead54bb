import * as grafana from '@grafana/grafana-foundation-sdk/units';
import type { Unit } from '../../exporters/core/metric.ts';

/** What a panel shows its values in: a metric's unit, or what arithmetic or its size calls for. */
export type PanelUnit = Unit | 'per_second' | 'score' | 'small_money' | 'small_share' | 'exchange_rate';

/** Grafana's name of a unit and how many decimals a reader wants. */
export interface UnitFormat {
  readonly unit: string;
  readonly decimals?: number;
}

const formats: Readonly<Record<Exclude<PanelUnit, 'timestamp_seconds'>, UnitFormat>> = {
  // Grafana can't take a currency from a variable: a plain number with separators, the currency in the panel's title
  currency: { unit: grafana.LocaleFormat, decimals: 2 },
  ratio: { unit: grafana.PercentUnit, decimals: 1 },
  seconds: { unit: grafana.Seconds, decimals: 1 },
  bytes: { unit: grafana.BytesIEC, decimals: 1 },
  count: { unit: grafana.LocaleFormat, decimals: 0 },
  days: { unit: grafana.Days, decimals: 0 },
  score: { unit: grafana.LocaleFormat, decimals: 1 },
  small_share: { unit: grafana.PercentUnit, decimals: 3 },
  // what one request costs has no cents to show
  small_money: { unit: grafana.LocaleFormat, decimals: 4 },
  exchange_rate: { unit: grafana.LocaleFormat, decimals: 4 },
  info: { unit: grafana.NoUnit, decimals: 0 },
  per_second: { unit: grafana.CountsPerSecond },
};

/** How Grafana shows a unit. Throws for a bare timestamp, which nobody can read. */
export function formatOf(unit: PanelUnit): UnitFormat {
  if (unit === 'timestamp_seconds') throw new Error('a timestamp in seconds is not readable: show its age()');
  return formats[unit];
}
