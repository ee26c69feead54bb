/**
 * Who owns what while the server runs: Backstage servers are asked again and again, and a catalog that has changed is a
 * new version of ownership from today on, without a restart. Files are read at each of these times too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BackstageAnswer } from '../../catalog/backstage-answers.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { liveOwnership } from '../../catalog/live.ts';
import type { Ownership } from '../../catalog/ownership.ts';
import type { Config } from '../../config.ts';
import type { Runtime } from '../../core/runtime.ts';
import { recordSource, type SelfMetrics } from '../../core/self-metrics.ts';
import { type OwnershipRead, readOwnership } from '../../registry.ts';

export interface ServedCatalog {
  /** As it is now, for as long as it is held. */
  readonly ownership: Ownership;
  readonly catalog: () => Catalog;
  /** Begins to ask again; never rejects. Ends when the signal is aborted. */
  readonly follow: (runtimes: readonly Runtime[], self: SelfMetrics, signal: AbortSignal) => Promise<void>;
}

interface Options {
  readonly log: Logger;
  readonly now?: () => Date;
  /** A restatement is of one catalog: another one, later, would restate again. */
  readonly reassignFrom?: string;
}

/** Errors: those of readOwnership. */
export async function openCatalog(
  config: Config,
  { log, now = () => new Date(), reassignFrom }: Options,
): Promise<ServedCatalog> {
  const first = await readOwnership(config, { log, now });
  const live = liveOwnership(first.ownership);
  let { catalog } = first;
  const servers = config.catalog.backstage;

  const follow: ServedCatalog['follow'] = async (runtimes, self, signal) => {
    tell(self, first);
    if (servers.length === 0 || reassignFrom !== undefined) return;
    // A timer may be early by a millisecond, when the answer is still young enough.
    const everyMs = Math.min(...servers.map(({ every }) => every)) * 1000 + 50;
    let isBehind = false;
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const read = await readOwnership(config, { log, now, signal });
        tell(self, read);
        // What rules do not read, such as a runbook's link, is the golden path's.
        const isNew = live.replace(read.ownership) || entitiesOf(read.catalog) !== entitiesOf(catalog);
        catalog = read.catalog;
        if (isNew)
          log.info(
            { entities: read.catalog.entities.size },
            'the catalog has changed; it is a new version of ownership',
          );
        isBehind ||= isNew;
        if (!isBehind) continue;
        for (const runtime of runtimes) await runtime.prepare();
        isBehind = false;
      } catch (err) {
        if (!signal.aborted) log.error({ err }, 'could not read the catalog again; ownership stays as it was');
      }
    }
  };

  const tell = (self: SelfMetrics, { answers }: OwnershipRead) => {
    for (const answer of answers) recordSource(self, statusOf(answer, servers, now()));
  };
  return { ownership: live.ownership, catalog: () => catalog, follow };
}

const entitiesOf = ({ entities }: Catalog) => JSON.stringify([...entities.values()]);

const statusOf = (
  { name, entities, readAt, error }: BackstageAnswer,
  servers: Config['catalog']['backstage'],
  now: Date,
): Parameters<typeof recordSource>[1] => ({
  ...({ exporter: 'catalog', source: name, kind: 'pull', state: error === undefined ? 'ok' : 'failed' } as const),
  ...{
    everySeconds: servers.find(server => server.name === name)?.every ?? 0,
    lastRun: now,
    lastSuccess: readAt,
    error,
  },
  ...{ nextRun: undefined, lastDurationSeconds: undefined, records: entities.length, rejected: {} },
  files: { waiting: 0, broken: 0 },
});
