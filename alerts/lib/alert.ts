/** An alert is literal data; what can't be right is refused where it is defined. */
import { existsSync } from 'node:fs';
import { promqlText, type Query, withoutComparisons } from '../../dashboards/lib/promql.ts';
import type { AlertCase } from './cases.ts';
import { type Duration, secondsOf } from './duration.ts';
import { type Text, templateOf } from './text.ts';

/**
 * - `page`: someone gets up; `ticket`: someone works on it in days; `digest`: read once a day, or a week;
 * - `none`: nobody; it always fires, and its absence is the news.
 */
export type Severity = 'page' | 'ticket' | 'digest' | 'none';

/** What alone may wake someone up. */
const pageReasons = ['slo-burn', 'known-exploited', 'plumbline-down'] as const;
export type PageReason = (typeof pageReasons)[number];

export type Alert<Label extends string = string> = {
  readonly name: string;
  /** A query that finds something, by a comparison, when the alert is to fire. */
  readonly expr: Query<Label>;
  /** How long it has to hold; absent where one look is enough. */
  readonly for?: Duration;
  readonly keepFiringFor?: Duration;
  readonly summary: Text<NoInfer<Label>>;
  readonly description: Text<NoInfer<Label>>;
  /** How much it is, in a few words with its unit: every message has it. */
  readonly value: Text<NoInfer<Label>>;
  /** What may be spent, where there is a budget. */
  readonly budget?: Text<NoInfer<Label>>;
  /** Fixed, or absent: then the series' own label team, and the platform team where it has none. */
  readonly team?: string;
  /** Further fixed labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The page that shows it: the team's, the organisation's of a domain, or Prometheus' own targets. */
  readonly page:
    | 'team'
    | 'cost'
    | 'delivery'
    | 'policy'
    | 'supply-chain'
    | 'experience'
    | 'roadmap'
    | 'scorecard'
    | 'sources';
  readonly cases: readonly AlertCase[];
} & (
  | { readonly severity: 'page'; readonly pagesFor: PageReason }
  | { readonly severity: Exclude<Severity, 'page'>; readonly pagesFor?: never }
);

export interface AlertGroup {
  /** Names the group and its file: `<name>.rules.yml`. */
  readonly name: string;
  readonly alerts: readonly Alert[];
  /** How often its tests evaluate it: 5 m, or more rarely where they need weeks of a past. */
  readonly testedEvery?: Duration;
  /** Evaluated as often as the server evaluates what says nothing else, and not every two minutes: it is about minutes. */
  readonly live?: true;
}

/** A scrape interval of a minute is usual, and `absent()` fires on one scrape that was missed. */
const absentNeedsSeconds = 2 * 60;

/** Defines an alert. Throws when it breaks a rule of the house. */
export function defineAlert<Label extends string>(alert: Alert<Label>): Alert<Label> {
  const invalid = (reason: string): never => {
    throw notWellDefined(alert.name, reason);
  };
  const expr = promqlText(alert.expr);
  if (!/^[A-Z][A-Za-z0-9]*$/.test(alert.name)) invalid('its name is not in UpperCamelCase');
  if (!['page', 'ticket', 'digest', 'none'].includes(alert.severity)) invalid(`its severity is ${alert.severity}`);
  if (expr === promqlText(withoutComparisons(alert.expr)))
    invalid('its expression has no comparison, so it fires whenever there is data');
  for (const [name, value] of Object.entries({ ...alert.labels, team: alert.team ?? '' }))
    if (value.includes('{{'))
      invalid(`its label ${name} is a template: a value in a label makes a new alert of each value`);
  if (alert.labels && ('severity' in alert.labels || 'alertname' in alert.labels))
    invalid('its further labels repeat severity or alertname');
  if (/\babsent\(/.test(expr) && secondsOf(alert.for ?? '0s') < absentNeedsSeconds)
    invalid(`it fires on what is absent, and needs a "for" of ${absentNeedsSeconds} s, two scrapes, or more`);
  if ((alert.severity === 'page') !== pageReasons.includes(alert.pagesFor as PageReason))
    invalid(`a page is for ${pageReasons.join(', ')}, and nothing else is a page`);
  for (const { parts } of [alert.summary, alert.description, alert.value, ...(alert.budget ? [alert.budget] : [])])
    for (const part of parts)
      if (typeof part !== 'string')
        for (const label of part.labels)
          if (!alert.expr.labels.includes(label)) invalid(`it names the label ${label}, which its series don't have`);
  if (templateOf(alert.value) === '') invalid('it says no value');
  if (!existsSync(runbookFile(alert.name)))
    invalid(`it has no runbook alerts/runbooks/${alert.name}.md; node test/tools/runbook.ts ${alert.name} begins one`);
  for (const kind of ['fires', 'quiet', 'stopped'] as const)
    if (!(alert.severity === 'none' && kind === 'quiet') && !alert.cases.some(each => each.kind === kind))
      invalid(`none of its cases is of the kind ${kind}`);
  for (const { name, kind, firing = [] } of alert.cases)
    if (kind !== 'stopped' && (kind === 'fires') !== firing.length > 0)
      invalid(`its case "${name}" is not of its kind`);
  return Object.freeze(alert);
}

/** A file of alerts. Throws where two share a name, as a page and a ticket of one name would. */
export function defineGroup(
  name: string,
  alerts: readonly Alert[],
  options: Pick<AlertGroup, 'testedEvery' | 'live'> = {},
): AlertGroup {
  return alertsOf([{ name, alerts }]) && Object.freeze({ name, alerts, ...options });
}

/** The alerts of several groups. Throws where two share a name. */
export function alertsOf(groups: readonly AlertGroup[]): readonly Alert[] {
  const alerts = groups.flatMap(group => group.alerts);
  const severities = new Map<string, Severity>();
  for (const { name, severity } of alerts) {
    const other = severities.get(name);
    if (other !== undefined) throw notWellDefined(name, `it is defined twice, as ${other} and ${severity}`);
    severities.set(name, severity);
  }
  return alerts;
}

/** The alert's expression without its comparison: it returns data as long as the alert has anything to look at. */
export const withoutComparison = (alert: Alert): Query => withoutComparisons(alert.expr);

/** Where the alert's runbook stands. */
export const runbookFile = (name: string): URL => new URL(`../runbooks/${name}.md`, import.meta.url);

const notWellDefined = (alert: string, reason: string): Error =>
  new Error(`alert ${alert} is not well defined: ${reason}; correct its definition in alerts/`);
