/** An alert's unit tests, as data beside it; promtool runs what is made of them. */

import type { Readable } from '../../dashboards/lib/promql.ts';
import type { MetricKind } from '../../exporters/core/metric.ts';

/** Seconds between two samples of an input series. */
export const sampleSeconds = 300;

export interface InputSeries {
  readonly series: string;
  /** promtool's notation, a sample every five minutes from 0: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series */
  readonly values: string;
}

export interface Firing {
  /** The labels of the alerting series; severity and team come on top. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * - `fires` and `quiet`: what the alert is for, and what it must not do;
 * - `stopped`: the exporter has stopped, so that nothing arrives any more.
 */
export type CaseKind = 'fires' | 'quiet' | 'stopped';

export interface AlertCase {
  readonly kind: CaseKind;
  readonly name: string;
  readonly given: readonly InputSeries[];
  /** Hours after the first sample at which the alert is looked at. */
  readonly atHours: number;
  /** The alerts that then fire; none where absent. */
  readonly firing?: readonly Firing[];
}

/** An input series of a metric; every label must be given, and one that is empty is left out as the page does. */
export function given<Label extends string>(
  metric: Readable<string, MetricKind, Label>,
  labels: Readonly<Record<NoInfer<Label>, string>>,
  values: string,
): InputSeries {
  const pairs = Object.entries<string>(labels).filter(([, value]) => value !== '');
  return {
    series: `${metric.name}{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`,
    values,
  };
}

/** The same value for some hours. */
export const steady = (value: number, hours: number): string => `${value}x${samples(hours)}`;

/** The same value for some hours; then the target is gone. */
export const untilStopped = (value: number, hours: number): string => `${value}x${samples(hours) - 1} stale`;

/** One value for some hours, then another for some hours. */
export const stepping = (before: number, hours: number, after: number, hoursAfter: number): string =>
  `${before}x${samples(hours) - 1} ${after}x${samples(hoursAfter)}`;

/** The same value for some hours, a quarter of an hour in which the exporter starts anew, and again for some hours. */
export const restarting = (value: number, hours: number, hoursAfter: number): string =>
  `${value}x${samples(hours) - 1} stale _x1 ${value}x${samples(hoursAfter)}`;

const samples = (hours: number): number => Math.round((hours * 3600) / sampleSeconds);

/** A number without the noise that arithmetic leaves in its last digits. */
export const plainly = (value: number): number => Number(value.toPrecision(12));
