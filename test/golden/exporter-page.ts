/** The page of an exporter after one refresh of its sources, from a ledger of its own that is thrown away. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { type Format, page } from '../../exporters/core/exposition.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';

/** Self metrics left out; stamped days of the last 3 days only, so that the file can be read. */
export async function exporterPage(
  exporter: Exporter,
  { format, now }: { readonly format: Format; readonly now: Date },
): Promise<string> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-golden-'));
  try {
    const runtime = await openRuntime(exporter, {
      dataDir,
      log: pino({ level: 'silent' }),
      now: () => now,
      pageDays: 3,
    });
    try {
      let waiting = 0;
      for (const { error, source, waiting: files } of await runtime.refresh()) {
        if (error !== undefined) throw new Error(error);
        // A file of a young checkout may still be being written; the next look shows that it is not.
        if (files > 0) for (const again of await runtime.refresh(source)) waiting += again.waiting;
      }
      if (waiting > 0) throw new Error(`${exporter.name} waits for ${waiting} files`);
      const snapshot = await runtime.takeSnapshot();
      if (runtime.problems().length > 0) throw new Error(runtime.problems().join('; '));
      return Buffer.concat(page(snapshot.families, format)).toString();
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
