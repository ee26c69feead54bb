/**
 * What an API says of a billing account's month, as rows of FOCUS columns: written to a file and read by the pipeline
 * that reads bills, so that money, dates, tags and rejects are understood in one way.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Transaction } from '../../core/ledger.ts';
import type { Batch, Reject, SourceContext } from '../../core/source.ts';
import { sqlTime } from '../../core/time.ts';
import { type FocusColumn, focusColumnNames, focusColumns } from './columns.ts';
import { notePeriodStatus } from './periods.ts';
import { post } from './post.ts';
import { type ReadsOf, readsIn, shapeOf } from './reads.ts';
import type { Role } from './role.ts';
import { type Staged, stage } from './stage.ts';
import { stagingDirectory } from './staging.ts';

/** Values as FOCUS has them: decimal text, instants or days, '' or nothing where there is none. */
export type FocusRecord = Readonly<Partial<Record<FocusColumn, string | undefined>>> & {
  readonly tags?: Readonly<Record<string, string>>;
};

export interface Deliverable {
  readonly source: string;
  readonly role: Role;
  /**
   * What these rows are all of, as a rule a billing account's calendar month: `azure-cost:SCOPE:2026-10`. Given again,
   * the differences are posted.
   */
  readonly origin: string;
  readonly records: readonly FocusRecord[] | AsyncIterable<FocusRecord>;
  /** True where the vendor tells no tags: then no charge counts as one that lacks them. */
  readonly tagless?: boolean;
  /** Where the source goes on from once this is committed. */
  readonly cursor: unknown;
  /** What could not be made a record; kept and counted with what the pipeline rejects. */
  readonly rejects?: readonly Omit<Reject, 'source'>[];
  /** What the vendor says of the month; all billing accounts and periods of the records get it. */
  readonly status?: 'Open' | 'Closed';
  /** Written in the same transaction. */
  readonly also?: (tx: Transaction) => Promise<void>;
}

/** The grain of what a source of records posts; months that were posted under another are to be asked for again. */
export const recordsShape = async (context: Pick<SourceContext, 'ledger'>, readsOf: ReadsOf, role: Role) =>
  shapeOf(await readsIn(context.ledger, readsOf), ['records', role]);

/** Reads the records, and gives the batch that posts them. An origin without records takes back what it had. */
export async function deliverRecords(
  context: SourceContext,
  readsOf: ReadsOf,
  deliverable: Deliverable,
): Promise<Batch> {
  const { source, role, origin, cursor } = deliverable;
  const reads = await readsIn(context.ledger, readsOf);
  const shape = await recordsShape(context, readsOf, role);
  const directory = await stagingDirectory(context);
  const file = path.join(directory, 'records.csv');
  let staged: Staged;
  let records: number;
  try {
    records = await writeRecords(file, deliverable.records);
    const group = {
      paths: [file],
      format: 'csv',
      gzip: false,
      delimiter: ',',
      names: focusColumnNames,
      types: [],
      columns: focusColumns(focusColumnNames),
    } as const;
    await mkdir(path.join(directory, 'staged'));
    staged = await stage(context.ledger, {
      source,
      groups: [group],
      reads,
      defaultCurrency: undefined,
      origin,
      tagless: deliverable.tagless ?? false,
      directory: path.join(directory, 'staged'),
      vetted: Promise.resolve(new Map([[file, { digest: '', records, recordIsLine: true }]])),
    });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return {
    cursor,
    write: async tx => {
      const now = sqlTime(context.now());
      const before = await tx.scalar('SELECT shape FROM deliveries WHERE source = $source AND origin = $origin', {
        source,
        origin,
      });
      const changed = await post(tx, {
        staged,
        source,
        role,
        path: origin,
        mtimeMs: context.now().getTime(),
        origin,
        shape,
        sameGrain: before === undefined || before === shape,
        now,
      });
      if (deliverable.status !== undefined && role === 'authoritative')
        await notePeriodStatus(tx, { periods: staged.periods, status: deliverable.status, now });
      await replaceRejects(tx, staged, deliverable, now);
      await deliverable.also?.(tx);
      await rm(directory, { recursive: true, force: true });
      const rejected: Record<string, number> = { ...staged.rejected };
      for (const { reason } of deliverable.rejects ?? []) rejected[reason] = (rejected[reason] ?? 0) + 1;
      return { records: staged.records.get(file) ?? 0, changed, rejected };
    },
  };
}

async function replaceRejects(tx: Transaction, staged: Staged, deliverable: Deliverable, now: string): Promise<void> {
  const { source, origin, rejects = [] } = deliverable;
  await tx.run('DELETE FROM rejects WHERE source = $source AND file = $origin', { source, origin });
  await tx.run(
    `INSERT INTO rejects SELECT $source, $origin, line - 1, reason, field, value, $now::TIMESTAMP FROM ${staged.rejects}`,
    { source, origin, now },
  );
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, r.file, r.line, r.reason, r.field, left(r.value, 200), $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rows,
       '[{"file":"VARCHAR","line":"BIGINT","reason":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}]')) AS r)`,
    { source, rows: JSON.stringify(rejects), now },
  );
  tx.touch('rejects');
}

/** Returns how many were written. */
async function writeRecords(file: string, records: Deliverable['records']): Promise<number> {
  const out = createWriteStream(file);
  let written = 0;
  out.write(`${focusColumnNames.join(',')}\n`);
  for await (const { tags, ...values } of records) {
    const row = { ...values, ...(tags === undefined ? {} : { Tags: JSON.stringify(tags) }) };
    if (!out.write(`${focusColumnNames.map(name => cell(row[name])).join(',')}\n`)) await once(out, 'drain');
    written += 1;
  }
  out.end();
  await finished(out);
  return written;
}

// One line a record, so that a reject's line tells which it was.
const cell = (value: string | undefined) =>
  value === undefined || value === '' ? '' : `"${value.replaceAll('"', '""').replace(/\s*[\r\n]+\s*/g, ' ')}"`;
