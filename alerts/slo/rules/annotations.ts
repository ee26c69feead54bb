/** The words of an SLO's alerts, and where they lead. */
import type { Settings } from '../../settings.ts';
import * as metrics from '../metrics.ts';
import type { Slo } from '../model.ts';
import { identityOf, series } from './rule.ts';

export type Severity = 'page' | 'ticket' | 'digest';

/** Text that Prometheus takes as it is: braces of a name or a title are no template. */
export const literal = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

export const literals = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, literal(text)]));

export const titleOf = ({ displayName, service, name }: Slo): string => literal(displayName || `${service}/${name}`);

/** A sample of one of the SLO's recordings, humanized; "unknown" where there is none. */
export function slot(query: string, format: 'humanizePercentage' | 'humanizeDuration' | 'humanize'): string {
  return `{{ with query ${JSON.stringify(query)} }}{{ . | first | value | ${format} }}{{ else }}unknown{{ end }}`;
}

export const budgetSlot = (slo: Slo): string =>
  slot(`last_over_time(${series(metrics.budgetRemaining.name, slo)}[10m])`, 'humanizePercentage');

/** `from`: how far back the page looks. */
export function annotationsOf(
  slo: Slo,
  { links }: Pick<Settings, 'links'>,
  alert: string,
  words: { readonly summary: string; readonly description: string; readonly value: string; readonly from: string },
): Readonly<Record<string, string>> {
  const variables = Object.entries(identityOf(slo)).map(([name, value]) => `var-${name}=${encodeURIComponent(value)}`);
  return {
    ...literals(slo.annotations),
    summary: words.summary,
    description: slo.description === '' ? words.description : `${words.description} ${literal(slo.description)}`,
    value: words.value,
    budget: budgetSlot(slo),
    runbook_url: `${links.runbooks}/${alert}`,
    dashboard_url: `${links.grafana}/d/plumbline-slo-detail?${variables.join('&')}&from=now-${words.from}&to=now`,
  };
}
