/** What each kind of report makes of a report that we wrote: what it tells, and what it refuses. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { reportKinds } from '../../exporters/policy/kinds.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/policy');

/** A kind, and the report that it reads. */
export const toldReports: Readonly<Record<string, string>> = {
  checkov: 'checkov.json',
  conftest: 'conftest.json',
  gator: 'gator.json',
  sarif: 'scan.sarif',
};

export async function goldenTold(kind: string): Promise<string> {
  const reader = reportKinds.find(one => one.kind === kind);
  if (reader === undefined) throw new Error(`no kind is called ${kind}`);
  const place = { repository: 'acme/shop', environment: 'production' };
  const [at, now] = [new Date('2026-11-20T10:00:00Z'), new Date('2026-11-26T00:00:00Z')];
  const bytes = readFileSync(path.join(fixtures, toldReports[kind]!));
  const reading = await reader.read(bytes, { at, now, place, file: toldReports[kind]! });
  return `${JSON.stringify(reading, null, 1)}\n`;
}
