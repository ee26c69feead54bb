/** A refresh for a command that runs once: a file that was written just now is looked at a second time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshResult } from '../../core/refresh.ts';
import type { Runtime } from '../../core/runtime.ts';
import type { Progress } from '../progress.ts';

const betweenLooksMs = 1000;

/**
 * Two looks at a file that is alike tell that it is whole; a server has its next refresh for that. One result a source:
 * what both looks read, and the files that wait at the end. With `free`, sources whose requests cost money are left alone.
 */
export async function refreshOnce(
  runtime: Runtime,
  progress: Progress,
  { free = false }: { readonly free?: boolean } = {},
): Promise<RefreshResult[]> {
  const results: RefreshResult[] = [];
  for (const { name, kind } of runtime.exporter.sources) {
    if (kind === 'push') continue;
    // What is wrong with a plan the refresh itself tells.
    const plan = await runtime.plan(name).catch(() => undefined);
    if (free && plan?.money !== undefined) continue;
    progress.stage(`refreshing ${runtime.exporter.name}/${name}${plan === undefined ? '' : `: ${plan.text}`}`);
    const looked = [...(await runtime.refresh(name))];
    if (looked.some(({ waiting }) => waiting > 0)) {
      await sleep(betweenLooksMs);
      looked.push(...(await runtime.refresh(name)));
    }
    const waiting = runtime.sources().find(({ source }) => source === name)?.files.waiting ?? 0;
    results.push({ ...looked.reduce(addUp), waiting });
  }
  return results;
}

const addUp = (first: RefreshResult, second: RefreshResult): RefreshResult => {
  const reasons = new Set([...Object.keys(first.rejected), ...Object.keys(second.rejected)]);
  return {
    ...second,
    startedAt: first.startedAt,
    records: first.records + second.records,
    changed: first.changed + second.changed,
    rejected: Object.fromEntries(
      [...reasons].map(reason => [reason, (first.rejected[reason] ?? 0) + (second.rejected[reason] ?? 0)]),
    ),
  };
};
