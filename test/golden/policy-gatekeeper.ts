/** What Gatekeeper's fixtures tell: a log of two pods with a run that was killed, an export, and constraints. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gatekeeper } from '../../exporters/policy/sources/gatekeeper/index.ts';

const folder = path.resolve(import.meta.dirname, '../fixtures/policy/gatekeeper');
const at = new Date('2026-11-20T10:00:00Z');
const place = { cluster: 'prod-eu', environment: 'production' };

export async function goldenGatekeeperTold(): Promise<string> {
  const files: Record<string, unknown> = {};
  for (const file of ['audit.log', 'constraints.yaml', 'export.jsonl'])
    files[file] = await gatekeeper.read(readFileSync(path.join(folder, file)), { at, now: at, place, file });
  return `${JSON.stringify(files, null, 2)}\n`;
}
