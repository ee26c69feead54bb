/** Reads a report as its kind does, and tells what came of it in few words. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Place } from '../../exporters/findings/place.ts';
import type { Report } from '../../exporters/findings/report.ts';
import { reportKinds } from '../../exporters/policy/kinds.ts';
import type { Reading } from '../../exporters/policy/reading.ts';
import { corpus } from '../e2e/lib/corpus.ts';

export const at = new Date('2026-11-20T10:00:00Z');

export async function readAs(
  kind: string,
  body: string | Buffer,
  place: Place = { repository: 'acme/shop' },
): Promise<Reading> {
  const reader = reportKinds.find(one => one.kind === kind);
  assert.ok(reader, kind);
  const now = new Date('2026-11-26T00:00:00Z');
  return reader.read(Buffer.from(body as Buffer), { at, now, place, file: 'report' });
}

/** The only report of a reading. */
export function reportOf({ told, fault }: Reading): Report {
  assert.equal(fault, undefined);
  assert.equal(told.reports?.length, 1);
  return told.reports[0]!;
}

/** A file of the corpus by its path below `policy`; undefined, and said, where it isn't there. */
export function corpusFile(t: TestContext, file: string): Buffer | undefined {
  const whole = path.join(corpus, 'policy', file);
  if (existsSync(whole)) return readFileSync(whole);
  t.skip(`${file} is not in PLUMBLINE_CORPUS`);
  return undefined;
}

export const countBy = <One>(results: readonly One[], of: (one: One) => string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(results, of))
      .map(([key, list]) => [key, list?.length ?? 0] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** `policy resource` of those with an outcome, without the scope. */
export const keysOf = ({ results, scope }: Report, outcome = 'fail'): string[] =>
  results
    .filter(result => result.outcome === outcome)
    .map(({ policy, resource }) => `${policy} ${resource.replace(`${scope}/`, '')}`);
