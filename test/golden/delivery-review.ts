/** The delivery review of the demo's October, as it stands on a morning of November. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../exporters/config.ts';
import type { ReviewPart } from '../../exporters/core/exporter.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { demoCatalog } from '../../exporters/demo/catalog.ts';
import { eventFiles } from '../../exporters/demo/events.ts';
import { buildExporters } from '../../exporters/registry.ts';

export const reviewed = {
  month: '2026-10',
  from: new Date('2026-08-01T00:00:00Z'),
  until: new Date('2026-11-05T00:00:00Z'),
};

/** What `plumbline review` says of a month of the demo's delivery; of one team where it is named. */
export async function deliveryReview(month: string, team?: string): Promise<readonly ReviewPart[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-review-'));
  try {
    mkdirSync(path.join(folder, 'delivery'));
    for (const [name, text] of Object.entries(eventFiles(reviewed))) {
      const file = path.join(folder, 'delivery', name);
      writeFileSync(file, text);
      utimesSync(file, reviewed.until, new Date(Date.now() - 7_200_000));
    }
    writeFileSync(path.join(folder, 'catalog-info.yaml'), demoCatalog());
    const file = path.join(folder, 'plumbline.yaml');
    writeFileSync(file, 'catalog: { files: [catalog-info.yaml] }\ndora: { event_files: [{ path: delivery }] }\n');
    const config = await loadConfig(file, { env: {} });
    const now = () => reviewed.until;
    const [exporter] = await buildExporters(config, [], { now });
    if (exporter?.review === undefined) throw new Error('dora has no review');
    const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: pino({ level: 'silent' }), now });
    try {
      for (const { error } of await runtime.refresh()) if (error !== undefined) throw new Error(error);
      return await exporter.review(runtime.ledger, { month, ...(team === undefined ? {} : { team }) });
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All teams together, and one of them. */
export const goldenDeliveryReview = async (): Promise<string> =>
  (await deliveryReview(reviewed.month))
    .filter(({ team }) => team === undefined || team === 'payments')
    .map(({ text }) => text)
    .join('\n');
