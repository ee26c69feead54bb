/** The live evaluation of every family of cost, delivery, policy and supply chain, and of the idioms of the other kinds, over 1,000,000 facts. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Bench, Figure } from './report.ts';
import type { ViewInput, ViewTiming } from './views-worker.ts';
import { startWorker } from './worker.ts';

export const views: Bench = {
  name: 'views',
  about: 'a live evaluation with rendering over 1,000,000 facts, and 396 daily instants (13 months) for comparison',
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const figures: Figure[] = [];
      for (const exporter of ['cost', 'dora', 'policy', 'supply-chain', 'toy'] as const) {
        const worker = startWorker('views-worker.ts', { exporter, dataDir: folder } satisfies ViewInput);
        const { metrics } = await worker.next<{ readonly metrics: number }>();
        for (let index = 0; index < metrics; index += 1) figures.push(figure(await worker.next<ViewTiming>()));
        await worker.stop();
        say(`${exporter} done`);
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function figure(timing: ViewTiming): Figure {
  const notes = [`CPU ${Math.round(timing.liveCpuMs)} ms`, `${timing.series} series`];
  if (timing.gridMs !== undefined) notes.push(`grid ${Math.round(timing.gridMs)} ms, ${timing.gridRows} samples`);
  if (timing.publishMs !== undefined)
    notes.push(
      `publishing ${timing.published} samples ${Math.round(timing.publishMs)} ms, again with nothing new ${Math.round(timing.publishAgainMs ?? 0)} ms`,
    );
  return {
    name: timing.metric,
    value: timing.liveMs,
    unit: 'ms',
    note: notes.join('; '),
    target: { atMost: 1000 },
  };
}
