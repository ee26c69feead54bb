/**
 * Reads the files of one delivery outside the write transaction: a failed read would abort it, and a long one would
 * hold it. What is left to write lies in Parquet files in a folder of its own.
 */

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { VettedFile } from '../../core/files.ts';
import type { Ledger, Reader } from '../../core/ledger.ts';
import { aggregate, splitTexts, toList } from './aggregate.ts';
import { nameLines } from './lines.ts';
import { normalise, type OwnershipReads } from './normalise.ts';
import { createRejects, structuralRejects, valueRejects } from './rejects.ts';
import { type FileGroup, literal } from './scan.ts';

const values = readFileSync(new URL('./values.sql', import.meta.url), 'utf8');

export interface StageInput {
  /** The source's name: two sources never share an origin. */
  readonly source: string;
  readonly groups: readonly FileGroup[];
  readonly reads: OwnershipReads;
  readonly defaultCurrency: string | undefined;
  /** Undefined: one origin per provider, billing account and billing period. */
  readonly origin: string | undefined;
  /** True where nothing is known of tags. */
  readonly tagless?: boolean;
  /** An empty folder for the result. */
  readonly directory: string;
  /** The files that may be counted, by path, with what vetting found; awaited only when all files are read. */
  readonly vetted: Promise<ReadonlyMap<string, VettedFile>>;
}

export interface Staged {
  /** SQL for the result's tables: `read_parquet('…')`. */
  readonly lines: string;
  readonly keys: string;
  readonly periods: string;
  readonly rejects: string;
  /** Records read, by path: counted or left out. */
  readonly read: ReadonlyMap<string, number>;
  /** Records counted, by path. */
  readonly records: ReadonlyMap<string, number>;
  readonly rejected: Readonly<Record<string, number>>;
  /** Files whose records are not all accounted for, and so can't be trusted. */
  readonly incomplete: readonly string[];
  /** Files with lines that are no records. */
  readonly malformed: readonly string[];
}

/** Reads, sums and normalises. Throws what DuckDB throws where a file can't be read at all. */
export async function stage(ledger: Ledger, input: StageInput): Promise<Staged> {
  return ledger.read(async reader => {
    const options = { defaultCurrency: input.defaultCurrency, byResource: input.reads.attributes.includes('resource') };
    await reader.run(values);
    await reader.run(createRejects);
    const conventions = await aggregate(reader, input.groups, options);
    const vetted = await input.vetted;
    if (input.groups.some(group => group.paths.some(file => !vetted.has(file)))) {
      await reader.run('DELETE FROM focus_raw WHERE NOT list_contains($paths::VARCHAR[], file)', {
        paths: toList([...vetted.keys()]),
      });
      await splitTexts(reader, input.defaultCurrency);
    }
    if (input.groups.some(group => group.format === 'csv')) await structuralRejects(reader, [...vetted.keys()]);
    const broken = await count(reader, 'SELECT file, count(*) FROM focus_rejects GROUP BY ALL');
    const rejected = await count(reader, 'SELECT reason, count(*) FROM focus_rejects GROUP BY ALL');
    const read = await count(reader, 'SELECT file, sum(records) FROM focus_raw GROUP BY ALL');
    const incomplete = [...vetted].flatMap(([file, { records }]) =>
      records !== undefined && records !== (read.get(file) ?? 0) + (broken.get(file) ?? 0) ? [file] : [],
    );
    await normalise(reader, input);
    await reader.run(createProblems);
    for (const [reason, n] of await count(reader, `SELECT reason, sum(records) FROM ${troubled} GROUP BY ALL`))
      rejected.set(reason, n);
    for (const file of (await count(reader, `SELECT file, count(*) FROM ${troubled} GROUP BY ALL`)).keys()) {
      const group = input.groups.find(({ paths }) => paths.includes(file));
      if (!group) continue;
      const convention = conventions.get(file) ?? 'point';
      await valueRejects(reader, { ...group, paths: [file] }, { ...options, convention });
    }
    for (const [file, { recordIsLine }] of vetted) {
      const group = input.groups.find(({ paths }) => paths.includes(file));
      if (group) await nameLines(reader, { ...group, paths: [file] }, recordIsLine);
    }
    await mkdir(input.directory, { recursive: true });
    const table = async (name: string) => {
      const file = literal(path.join(input.directory, `${name}.parquet`));
      await reader.run(`COPY focus_${name} TO ${file} (FORMAT parquet)`);
      return `read_parquet(${file})`;
    };
    const left = await count(reader, `SELECT file, sum(records) FROM ${troubled} WHERE is_left_out GROUP BY ALL`);
    const records = new Map([...read].map(([file, n]) => [file, n - (left.get(file) ?? 0)]));
    return {
      lines: await table('lines'),
      keys: await table('keys'),
      periods: await table('periods'),
      rejects: await table('rejects'),
      read,
      records,
      rejected: Object.fromEntries(rejected),
      incomplete,
      malformed: [...broken.keys()],
    };
  });
}

/** Texts of rows left out, and of rows kept that lost a value, each reason once. */
const createProblems = `CREATE OR REPLACE TEMP TABLE focus_problems AS
  SELECT packed, reason, true AS is_left_out FROM focus_texts WHERE reason IS NOT NULL
  UNION ALL SELECT packed, unnest(lost), false FROM focus_texts WHERE reason IS NULL
  UNION ALL SELECT packed, 'bad_tags', false FROM focus_texts
    WHERE reason IS NULL AND tags IN (SELECT t.text FROM focus_tag_texts t WHERE t.object IS NULL)
  UNION ALL SELECT packed, 'bad_charge_category', false FROM focus_texts
    WHERE reason IS NULL AND NOT focus_category_known(charge_category)
  UNION ALL SELECT packed, 'bad_billing_period', false FROM focus_texts
    WHERE reason IS NULL AND billing_period IN (SELECT p.text FROM focus_period_texts p WHERE p.billed_in IS NULL)`;
const troubled = 'focus_raw JOIN focus_problems USING (packed)';

/** A query's first column to its second. */
async function count(reader: Reader, sql: string): Promise<Map<string, number>> {
  const rows = await reader.all(sql);
  return new Map(rows.map(row => Object.values(row)).map(([name, n]) => [String(name), Number(n)]));
}
