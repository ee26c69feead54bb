/** What is different between a dashboard as Grafana has it and as it would be, in words. */
import type { Json } from './client.ts';

/** Grafana's own: they are in no file. */
const own = new Set(['id', 'uid', 'version', 'iteration']);

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
    .join()}}`;
}

interface Panel {
  readonly title: string;
  readonly text: string;
}

/** Every panel, those of closed rows too; where it stands is none of its own. */
function panelsIn(dashboard: Json): readonly Panel[] {
  const panels = Array.isArray(dashboard.panels) ? (dashboard.panels as readonly Json[]) : [];
  return panels.flatMap(panel => {
    const { panels: inner, gridPos: _, id: __, ...rest } = panel;
    const title = `${String(panel.title ?? '') || String(panel.type ?? 'panel')}`;
    return [{ title, text: canonical(rest) }, ...(Array.isArray(inner) ? panelsIn({ panels: inner }) : [])];
  });
}

const listed = (titles: readonly string[], most = 5): string => {
  const distinct = [...new Set(titles)];
  const more = distinct.length > most ? [`${distinct.length - most} more`] : [];
  return [...distinct.slice(0, most).map(title => `"${title}"`), ...more].join(', ');
};

/** Sentences without a dot; none where nothing but what Grafana adds is different. */
export function differences(before: Json, after: Json): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(key => !own.has(key)).sort();
  const changed = keys.filter(key => canonical(before[key]) !== canonical(after[key]));
  const told = changed.includes('panels') ? panelDifferences(panelsIn(before), panelsIn(after)) : [];
  const others = changed.filter(key => key !== 'panels');
  return [...told, ...(others.length === 0 ? [] : [`${others.join(', ')} changed`])];
}

function panelDifferences(before: readonly Panel[], after: readonly Panel[]): readonly string[] {
  const texts = (panels: readonly Panel[]) => Map.groupBy(panels, ({ title }) => title);
  const [old, fresh] = [texts(before), texts(after)];
  const text = (panels: readonly Panel[] | undefined) => (panels ?? []).map(panel => panel.text).join('\n');
  const added = [...fresh.keys()].filter(title => !old.has(title));
  const removed = [...old.keys()].filter(title => !fresh.has(title));
  const changed = [...fresh.keys()].filter(title => old.has(title) && text(old.get(title)) !== text(fresh.get(title)));
  const parts = [
    ...(added.length === 0 ? [] : [`panels new: ${listed(added)}`]),
    ...(removed.length === 0 ? [] : [`panels gone: ${listed(removed)}`]),
    ...(changed.length === 0 ? [] : [`panels changed: ${listed(changed)}`]),
  ];
  return parts.length === 0 ? ['panels placed anew'] : parts;
}
