import type { DashboardJson } from './json.ts';
import { panelsOf } from './queries.ts';
import { datasource as variable } from './variables.ts';

/** A panel as Grafana's JSON has it, as far as the checks look. */
interface PanelLike {
  readonly type: string;
  readonly id?: number;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly uid?: string };
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly refId?: string;
    readonly expr?: string;
    readonly datasource?: { readonly uid?: string };
  }[];
  /** Of a closed row. */
  readonly panels?: readonly PanelLike[];
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
}

/** Throws with every fault of a dashboard that a reader would stumble over; see `faultsOf`. */
export function assertSound(dashboard: DashboardJson): void {
  const faults = faultsOf(dashboard);
  if (faults.length > 0) throw new Error(`dashboard "${dashboard.title}" is not sound: ${faults.join('; ')}`);
}

/** What is wrong with a dashboard: missing parts, ids or refIds twice, titles twice in a row, panels over each other. */
export function faultsOf(dashboard: DashboardJson): readonly string[] {
  const panels = panelsOf(dashboard) as readonly PanelLike[];
  const variables = new Set((dashboard.templating.list ?? []).map(variable => variable.name));
  return [
    ...twice(panels.map(panel => panel.id)).map(id => `id ${id} is used twice`),
    ...titlesTwiceInARow(panels),
    ...panels.flatMap(faultsOfPanel),
    ...overlaps((dashboard.panels ?? []) as readonly PanelLike[]),
    ...panels.flatMap(panel => overlaps(panel.panels ?? [])),
    ...unknownVariables(dashboard, variables),
  ];
}

function faultsOfPanel(panel: PanelLike): readonly string[] {
  const name = `panel "${panel.title ?? ''}"`;
  const faults: string[] = [];
  if (panel.id === undefined) faults.push(`${name} has no id`);
  if (!panel.title) faults.push('a panel has no title');
  const at = panel.gridPos;
  if (at === undefined || !(at.w > 0) || !(at.h > 0)) faults.push(`${name} is not placed`);
  else if (at.x < 0 || at.y < 0 || at.x + at.w > 24) faults.push(`${name} leaves the grid`);
  if (panel.type === 'row') return faults;
  if (!panel.description) faults.push(`${name} has no description`);
  if (!panel.fieldConfig?.defaults?.unit) faults.push(`${name} has no unit`);
  const targets = panel.targets ?? [];
  if (targets.length === 0) faults.push(`${name} has no query`);
  for (const { refId, expr, datasource } of [...targets]) {
    if (!refId) faults.push(`${name} has a query without refId`);
    if (!expr) faults.push(`${name} has an empty query`);
    if (datasource?.uid !== variable.uid) faults.push(`${name} has a query without the data source variable`);
  }
  if (panel.datasource?.uid !== variable.uid) faults.push(`${name} is without the data source variable`);
  return [...faults, ...twice(targets.map(target => target.refId)).map(refId => `${name} has refId ${refId} twice`)];
}

function titlesTwiceInARow(panels: readonly PanelLike[]): readonly string[] {
  const rows: PanelLike[][] = [[]];
  for (const panel of panels) panel.type === 'row' ? rows.push([]) : rows.at(-1)!.push(panel);
  const rowTitles = panels.filter(panel => panel.type === 'row').map(panel => panel.title);
  return [
    ...twice(rowTitles).map(title => `row "${title}" is there twice`),
    ...rows.flatMap(row => twice(row.map(panel => panel.title)).map(title => `title "${title}" is twice in a row`)),
  ];
}

function overlaps(panels: readonly PanelLike[]): readonly string[] {
  const placed = panels.flatMap(({ title, gridPos }) => (gridPos === undefined ? [] : [{ title, ...gridPos }]));
  return placed.flatMap((one, index) =>
    placed
      .slice(index + 1)
      .filter(two => one.x < two.x + two.w && two.x < one.x + one.w && one.y < two.y + two.h && two.y < one.y + one.h)
      .map(two => `panels "${one.title}" and "${two.title}" overlap`),
  );
}

function unknownVariables(dashboard: DashboardJson, known: ReadonlySet<string>): readonly string[] {
  const used = [...JSON.stringify(dashboard.panels ?? []).matchAll(/\$(?:\{(\w+)|(\w+))/g)].map(
    match => match[1] ?? match[2]!,
  );
  const unknown = new Set(used.filter(name => !name.startsWith('__') && !known.has(name)));
  return [...unknown].map(name => `variable $${name} is used but not listed`);
}

function twice<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  const found = values.filter((value, index) => value !== undefined && values.indexOf(value) !== index);
  return [...new Set(found)] as Value[];
}
