import type { DashboardJson } from './json.ts';

/** One query of a panel, as Grafana asks it. */
export interface PanelQuery {
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
  readonly kind: 'instant' | 'range';
  /** Of a range: the least step in seconds, where the panel fixes one. */
  readonly step: number | undefined;
}

type PanelJson = NonNullable<DashboardJson['panels']>[number];

interface TargetLike {
  readonly refId?: string;
  readonly expr?: string;
  readonly instant?: boolean;
  readonly interval?: string;
}

interface MarkLike {
  readonly name: string;
  readonly expr?: string;
  readonly step?: string;
}

/** Every panel of a dashboard from top to bottom: rows, what stands under them, and what closed ones hold. */
export const panelsOf = (dashboard: DashboardJson): readonly PanelJson[] =>
  (dashboard.panels ?? []).flatMap(panel => ('panels' in panel ? [panel, ...panel.panels] : [panel]));

/** The queries of a dashboard in the order of its panels, and those of its marks on the time axis (`mark: NAME`). */
export function panelQueries(dashboard: DashboardJson): readonly PanelQuery[] {
  const marks = ((dashboard.annotations.list ?? []) as readonly MarkLike[]).flatMap(({ name, expr, step }) => {
    // what is looked for every minute is last known for a day, and days find it
    const seconds = step === '1h' ? 3_600 : 86_400;
    return expr === undefined
      ? []
      : [{ panel: `mark: ${name}`, refId: '', expr, kind: 'range' as const, step: seconds }];
  });
  const queries = panelsOf(dashboard).flatMap(panel => {
    const targets = ('targets' in panel ? (panel.targets ?? []) : []) as readonly TargetLike[];
    return targets.map(({ refId = '', expr = '', instant = false, interval }) => ({
      panel: panel.title ?? '',
      refId,
      expr,
      kind: instant ? ('instant' as const) : ('range' as const),
      step: interval === '1d' ? 86_400 : undefined,
    }));
  });
  return [...queries, ...marks];
}

/**
 * An expression with its variables filled in, by name without `$`: `__range` and `__rate_interval` are durations, a
 * variable of several values is a regular expression (`.*` for all). Throws for a variable without a value.
 */
export function fillVariables(expr: string, values: Readonly<Record<string, string>>): string {
  return expr.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string | undefined, bare: string) => {
    const value = values[braced ?? bare];
    if (value === undefined) throw new Error(`no value for the variable ${braced ?? bare} of ${expr}`);
    return value;
  });
}
