/**
 * The page of one exporter: each metric's rendered families, kept as bytes. A refresh of the snapshot runs only those
 * views whose tables changed or whose time has come; what fails keeps its last good values and is told by name.
 */

import { describeError, PlumblineError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import { sqlMacros } from './exposition.ts';
import type { Ledger } from './ledger.ts';
import type { Metric } from './metric.ts';
import { publish } from './publish.ts';
import { type Rendered, renderMetric, type ServedChange } from './render.ts';
import { ended, remember } from './served.ts';
import type { RenderedFamily, Snapshot } from './snapshot-types.ts';

export interface Snapshotter {
  readonly current: () => Snapshot | undefined;
  /** Brings the page up to date; returns it with the errors of the views that failed. */
  readonly take: (now: Date) => Promise<{ readonly snapshot: Snapshot; readonly errors: readonly Error[] }>;
}

export interface SnapshotterOptions {
  readonly exporter: Exporter;
  readonly ledger: Ledger;
  /** Days of the stamped daily families that the page carries; 0 where remote write has them. */
  readonly pageDays: number;
  readonly seriesLimit: number;
}

interface Kept extends Rendered {
  readonly generation: string;
  readonly at: number;
}

export function createSnapshotter({ exporter, ledger, pageDays, seriesLimit }: SnapshotterOptions): Snapshotter {
  const kept = new Map<string, Kept>();
  let snapshot: Snapshot | undefined;
  let number = 0;

  const generationOf = (metric: Metric) =>
    [...metric.reads, ended(metric.name)].map(table => ledger.generation(table)).join(' ');
  const due = (metric: Metric, now: Date) => {
    const last = kept.get(metric.name);
    if (!last || last.generation !== generationOf(metric)) return true;
    const elapsed = now.getTime() - last.at;
    // A new day completes one, whatever the interval says.
    return elapsed >= metric.everySeconds * 1000 || Math.floor(now.getTime() / 864e5) !== Math.floor(last.at / 864e5);
  };

  return {
    current: () => snapshot,
    take: async now => {
      const errors: Error[] = [];
      const stale = exporter.metrics.filter(metric => due(metric, now));
      // Taken before anything is read: a batch that is committed meanwhile is looked at again, and not taken for seen.
      const generations = new Map(stale.map(metric => [metric.name, generationOf(metric)]));
      for (const metric of stale.filter(candidate => candidate.kind === 'daily'))
        await ledger
          .write(async tx => {
            await tx.run(sqlMacros);
            await publish(tx, exporter.facts, metric, now).catch(viewFailed(metric));
          })
          .catch((error: Error) => errors.push(error));
      const changes: ServedChange[] = [];
      const queue = [...stale];
      // One read transaction for all; a view that fails ends it, and the rest go on in another.
      while (queue.length > 0)
        await ledger
          .read(async reader => {
            await reader.run(sqlMacros);
            for (let metric = queue.shift(); metric; metric = queue.shift()) {
              const generation = generations.get(metric.name) ?? '';
              const rendered = await renderMetric(reader, metric, { facts: exporter.facts, now, pageDays }).catch(
                viewFailed(metric),
              );
              const series = rendered.families.reduce((most, family) => Math.max(most, family.series), 0);
              if (series > metric.maxSeries)
                throw new PlumblineError('SERIES_OVER_BUDGET', {
                  metric: metric.name,
                  series,
                  labels: metric.labels.join(', ') || 'no label',
                  limit: metric.maxSeries,
                });
              kept.set(metric.name, { ...rendered, generation, at: now.getTime() });
              changes.push(...rendered.changes.filter(change => change.came.length + change.went.length > 0));
            }
          })
          .catch((error: Error) => errors.push(error));
      if (changes.length > 0) await ledger.write(tx => remember(tx, changes, now));
      const families: RenderedFamily[] = exporter.metrics.flatMap(metric => kept.get(metric.name)?.families ?? []);
      const total = families.reduce((sum, family) => sum + family.series, 0);
      if (total > seriesLimit)
        throw new PlumblineError('SERIES_OVER_LIMIT', { exporter: exporter.name, series: total, limit: seriesLimit });
      if (stale.length > 0 || !snapshot) number += 1;
      snapshot = { commit: number, takenAt: now, families: families.filter(family => family.series > 0) };
      return { snapshot, errors };
    },
  };
}

const viewFailed = (metric: Metric) => (error: unknown) => {
  if (error instanceof PlumblineError) throw error;
  throw new PlumblineError('VIEW_FAILED', { metric: metric.name, reason: describeError(error) }, error);
};
