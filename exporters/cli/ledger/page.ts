/** Refreshes every source once and gives the page: the text format 0.0.4, as a scrape would, our own metrics included. */
import { z } from 'zod';
import { page } from '../../core/exposition.ts';
import type { RefreshResult } from '../../core/refresh.ts';
import type { RenderedFamily } from '../../core/snapshot-types.ts';
import { PlumblineError } from '../errors.ts';
import { defineLedgerCommand } from './command.ts';
import { refreshOnce } from './refresh.ts';

export interface PageOutput {
  readonly page: string;
  readonly refreshed: readonly Pick<
    RefreshResult,
    'source' | 'records' | 'changed' | 'rejected' | 'waiting' | 'error'
  >[];
  /** Views that failed, a page too large. */
  readonly problems: readonly string[];
}

export const pageCommand = defineLedgerCommand({
  name: 'page',
  input: z.strictObject({ exporter: z.string().optional() }),
  run: async (session, { exporter }, progress): Promise<PageOutput> => {
    const chosen = session.runtimes.filter(runtime => exporter === undefined || runtime.exporter.name === exporter);
    if (chosen.length === 0)
      throw new PlumblineError('COMMAND_USAGE', { reason: `no exporter ${exporter} is running` });
    const refreshed: PageOutput['refreshed'][number][] = [];
    const families: RenderedFamily[] = [];
    for (const runtime of chosen) {
      const results = await refreshOnce(runtime, progress);
      refreshed.push(...results.map(({ startedAt: _, endedAt: __, ...result }) => result));
      progress.stage(`computing the metrics of ${runtime.exporter.name}`);
      const snapshot = await runtime.takeSnapshot();
      families.push(...snapshot.families);
    }
    progress.end();
    const parts = page(families, 'text', await session.self.text(exporter));
    return {
      page: Buffer.concat(parts).toString(),
      refreshed,
      problems: chosen.flatMap(runtime => runtime.problems()),
    };
  },
});
