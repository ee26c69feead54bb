/** Brings dashboards to a Grafana: what is different is told first, and only that is saved. */
import type { Found, Grafana, Held, Json } from './client.ts';
import { differences } from './diff.ts';
import { PlumblineError } from './errors.ts';

export type Step =
  | { readonly kind: 'create'; readonly dashboard: Json }
  | { readonly kind: 'update'; readonly dashboard: Json; readonly held: Held; readonly changes: readonly string[] }
  | { readonly kind: 'unchanged'; readonly dashboard: Json }
  | { readonly kind: 'remove'; readonly found: Found }
  | { readonly kind: 'orphan'; readonly found: Found };

export interface Plan {
  /** Undefined where it is to be made. */
  readonly folder: Found | undefined;
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface PushOptions {
  readonly dashboards: readonly Json[];
  /** The folder's title. */
  readonly folder: string;
  /** That marks dashboards as ours. */
  readonly tag: string;
  /** True to remove those of ours in the folder that there are no more. */
  readonly prune: boolean;
}

const uidOf = (dashboard: Json) => String(dashboard.uid);

export async function planPush(
  grafana: Grafana,
  { dashboards, folder: title, tag, prune }: PushOptions,
): Promise<Plan> {
  const folders = await grafana.folders();
  const { uid } = folderOf(title);
  // Ours may have been given another title since; it keeps its address.
  const folder =
    folders.find(each => each.title === title) ??
    (uid === undefined ? undefined : folders.find(each => each.uid === uid));
  const steps: Step[] = [];
  for (const dashboard of dashboards) {
    const held = await grafana.dashboard(uidOf(dashboard));
    if (held === undefined) {
      steps.push({ kind: 'create', dashboard });
      continue;
    }
    const moved = folder === undefined || held.folderUid !== folder.uid;
    const changes = [
      ...(moved ? [`moved from the folder ${held.folderTitle || 'at the top'}`] : []),
      ...differences(held.dashboard, dashboard),
    ];
    steps.push(changes.length === 0 ? { kind: 'unchanged', dashboard } : { kind: 'update', dashboard, held, changes });
  }
  const known = new Set(dashboards.map(uidOf));
  const others = folder === undefined ? [] : await grafana.tagged(tag, folder.uid);
  for (const found of others) if (!known.has(found.uid)) steps.push({ kind: prune ? 'remove' : 'orphan', found });
  return { folder, title, steps };
}

/** The plan as lines: + new, ~ changed, - removed, = as it is. */
export function planText({ folder, title, steps }: Plan): string {
  const name = (dashboard: Json) => `${String(dashboard.title)} (${uidOf(dashboard)})`;
  const lines = steps.flatMap(step => {
    switch (step.kind) {
      case 'create':
        return [`+ ${name(step.dashboard)}`];
      case 'update':
        return [`~ ${name(step.dashboard)}: ${step.changes.join('; ')}`];
      case 'remove':
        return [`- ${step.found.title} (${step.found.uid})`];
      case 'orphan':
        return [`? ${step.found.title} (${step.found.uid}) is not among them; --prune removes it`];
      default:
        return [];
    }
  });
  const same = steps.filter(({ kind }) => kind === 'unchanged').length;
  return [...(folder ? [] : [`+ folder ${title}`]), ...lines, ...(same > 0 ? [`= ${same} as they are`] : [])]
    .map(line => `${line}\n`)
    .join('');
}

/**
 * Does what the plan says. What Grafana refuses of one dashboard keeps the others from nothing. Errors:
 * GRAFANA_PUSH_INCOMPLETE with a sentence for each; at once, what is refused of the folder, and GRAFANA_UNAUTHORIZED.
 */
export async function applyPlan(grafana: Grafana, { folder, title, steps }: Plan): Promise<number> {
  const needed = steps.some(({ kind }) => kind === 'create' || kind === 'update');
  const at = folder ?? (needed ? await grafana.createFolder(folderOf(title)) : undefined);
  const problems: string[] = [];
  let done = 0;
  for (const step of steps) {
    if (step.kind === 'unchanged' || step.kind === 'orphan') continue;
    try {
      if (step.kind === 'remove') await grafana.remove(step.found);
      else {
        if (step.kind === 'update' && step.held.isProvisioned)
          throw new PlumblineError('GRAFANA_PROVISIONED', {
            ...{ what: `the dashboard ${String(step.dashboard.title)}`, url: grafana.url },
          });
        const version = step.kind === 'update' ? step.held.version : undefined;
        await grafana.save(step.dashboard, at?.uid ?? '', version);
      }
      done += 1;
    } catch (error) {
      if (!(error instanceof PlumblineError) || error.code === 'GRAFANA_UNAUTHORIZED') throw error;
      problems.push(`- ${error.message}; ${error.remedy} (${error.code})`);
    }
  }
  if (problems.length > 0)
    throw new PlumblineError('GRAFANA_PUSH_INCOMPLETE', { count: problems.length, problems: problems.join('\n') });
  return done;
}

/** A folder of the usual name gets an address of its own that stays. */
const folderOf = (title: string): { readonly uid?: string; readonly title: string } =>
  title === 'Plumbline' ? { uid: 'plumbline', title } : { title };
