/**
 * The words of an alert: a template that Prometheus fills in when the alert fires, and the same filled in by us, so that
 * promtool proves in the generated tests that what is sent is what we mean.
 * https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */

import type { Readable } from '../../dashboards/lib/promql.ts';
import { given, type InputSeries } from './cases.ts';

type Labels = Readonly<Record<string, string>>;

/** A value that is filled in when the alert fires; `Label` are the series' labels that it reads. */
export interface Slot<Label extends string = string> {
  readonly template: string;
  readonly labels: readonly Label[];
  /** `given`: the series that were there, as a test has them. */
  readonly fill: (labels: Labels, value: number, given: readonly InputSeries[]) => string;
}

export interface Text<Label extends string = string> {
  readonly parts: readonly (string | Slot<Label>)[];
}

/** A text with slots: text`${label('team')} has spent ${percentage}`. */
export function text<Label extends string = never>(
  strings: TemplateStringsArray,
  ...slots: readonly (Slot<Label> | string | number)[]
): Text<Label> {
  const parts = strings.flatMap((part, index): (string | Slot<Label>)[] => {
    const slot = slots[index];
    return slot === undefined ? [part] : [part, typeof slot === 'number' ? String(slot) : slot];
  });
  return Object.freeze({ parts: parts.filter(part => part !== '') });
}

/** The template as Prometheus reads it. */
export const templateOf = ({ parts }: Text): string =>
  parts.map(part => (typeof part === 'string' ? part : part.template)).join('');

/** The text as it is sent for a series with these labels and this value. */
export const fillIn = ({ parts }: Text, labels: Labels, value: number, given: readonly InputSeries[] = []): string =>
  parts.map(part => (typeof part === 'string' ? part : part.fill(labels, value, given))).join('');

/** The series' labels that a text reads. */
export const labelsRead = ({ parts }: Text): readonly string[] =>
  parts.flatMap(part => (typeof part === 'string' ? [] : part.labels));

/** A label of the series. */
export function label<const Label extends string>(name: Label): Slot<Label> {
  return { template: `{{ $labels.${name} }}`, labels: [name], fill: labels => labels[name] ?? '' };
}

/** A label of the series, or another word where it is empty. */
export function labelOr<const Label extends string>(name: Label, otherwise: string): Slot<Label> {
  return {
    template: `{{ or $labels.${name} ${JSON.stringify(otherwise)} }}`,
    labels: [name],
    fill: labels => labels[name] || otherwise,
  };
}

/** A label of the series as a part of a URL's query. */
export function labelInQuery<const Label extends string>(name: Label, otherwise: string): Slot<Label> {
  const value = `or $labels.${name} ${JSON.stringify(otherwise)}`;
  return {
    template: `{{ ${value} | urlquery }}`,
    labels: [name],
    fill: labels => new URLSearchParams({ q: labels[name] || otherwise }).toString().slice(2),
  };
}

/** A label of the series as a variable of a page, `&var-team=a%26b`; nothing where it is empty. */
export function variable<const Label extends string>(name: Label): Slot<Label> {
  return {
    template: `{{ with $labels.${name} }}&var-${name}={{ . | urlquery }}{{ end }}`,
    labels: [name],
    fill: labels => (labels[name] ? `&${new URLSearchParams({ [`var-${name}`]: labels[name] })}` : ''),
  };
}

/**
 * The last value within a day of another metric in money, of the series that has the same labels: "1200.00 EUR"; "unknown"
 * where there is none.
 */
export function amountOf<const Label extends string>(
  metric: Readable<string, 'state', Label | 'currency'>,
): Slot<Label | 'currency'> {
  const matchers = metric.labels.map(name => `${name}=%q`).join(',');
  const values = metric.labels.map(name => `$labels.${name}`).join(' ');
  const query = `printf ${JSON.stringify(`last_over_time(${metric.name}{${matchers}}[1d])`)} ${values} | query`;
  return {
    template: `{{ with ${query} }}{{ . | first | value | printf "%.2f" }} {{ $labels.currency }}{{ else }}unknown{{ end }}`,
    labels: metric.labels,
    fill: (labels, _, all) => {
      const wanted = Object.fromEntries<string>(metric.labels.map(name => [name, labels[name] ?? '']));
      const { series } = given(metric as Readable<string, 'state'>, wanted, '');
      const found = all.find(each => each.series === series);
      return found ? `${Number.parseFloat(found.values).toFixed(2)} ${labels.currency ?? ''}` : 'unknown';
    },
  };
}

/** A ratio as Prometheus' humanizePercentage writes it, in four digits. */
export const asPercentage = (ratio: number): string => `${Number((ratio * 100).toPrecision(4))}%`;

/** A ratio as a percentage of four digits: 0.85 is "85%". */
export const percentage: Slot<never> = {
  template: '{{ $value | humanizePercentage }}',
  labels: [],
  fill: (_, value) => asPercentage(value),
};

/** An amount with its currency, to the hundredth: "12.50 EUR". */
export const money: Slot<'currency'> = {
  template: '{{ $value | printf "%.2f" }} {{ $labels.currency }}',
  labels: ['currency'],
  fill: (labels, value) => `${value.toFixed(2)} ${labels.currency ?? ''}`,
};

/** An amount too small to be read in hundredths, with its currency: "1.50e-05 EUR". */
export const smallMoney: Slot<'currency'> = {
  template: '{{ $value | printf "%.2e" }} {{ $labels.currency }}',
  labels: ['currency'],
  fill: (labels, value) => `${value.toExponential(2).replace(/e([+-])(\d)$/, 'e$10$2')} ${labels.currency ?? ''}`,
};

/** A whole number: "17". */
export const count: Slot<never> = {
  template: '{{ $value | printf "%.0f" }}',
  labels: [],
  fill: (_, value) => value.toFixed(0),
};

/** A number to the tenth: "3.5". */
export const decimal: Slot<never> = {
  template: '{{ $value | printf "%.1f" }}',
  labels: [],
  fill: (_, value) => value.toFixed(1),
};

/** Whole seconds as Prometheus' humanizeDuration says them: "2d 2h 0m 0s", "1m 30s". */
export const duration: Slot<never> = {
  template: '{{ $value | humanizeDuration }}',
  labels: [],
  fill: (_, value) => {
    const whole = Math.trunc(value);
    const units: readonly [number, string][] = [
      [Math.floor(whole / 86_400), 'd'],
      [Math.floor(whole / 3600) % 24, 'h'],
      [Math.floor(whole / 60) % 60, 'm'],
      [whole % 60, 's'],
    ];
    const first = units.findIndex(([amount]) => amount > 0);
    const said = units.slice(first === -1 ? -1 : first);
    return said.map(([amount, unit]) => `${amount}${unit}`).join(' ');
  },
};
