/**
 * A look at bills before there is a rule: what rules could read of them, and how much cost is on each. Files are vetted
 * and read by the very functions of the source; one that the source would refuse is left out here.
 */
import { readFileSync } from 'node:fs';
import { type FileFault, type FileStat, listFiles, readHead, vetFile } from '../../core/files.ts';
import type { Ledger, Transaction } from '../../core/ledger.ts';
import type { BillFormat } from '../kinds.ts';
import { aggregate } from './aggregate.ts';
import { isBill } from './files.ts';
import { splitMixedEnds } from './line-ends.ts';
import { faultOf, groupOf, unreadable } from './readable.ts';
import { type FileGroup, fromFiles, text } from './scan.ts';

const values = readFileSync(new URL('./values.sql', import.meta.url), 'utf8');

export interface LookOptions {
  /** Told the bytes read so far, and those of all files. */
  readonly onBytes: (done: number, total: number) => void;
  /** Called where a path means no file at all. */
  readonly onNone: (path: string) => void;
  /** A bill's format, and how it is read; undefined where it has none that is read. */
  readonly recognise: (group: FileGroup) => { readonly format: BillFormat; readonly group: FileGroup } | undefined;
}

export interface Looked {
  /** How many files could be read. */
  readonly read: number;
  /** The format of the first file that could be read, by the path that was given. */
  readonly formats: ReadonlyMap<string, BillFormat>;
}

/**
 * Fills the table `bill` of a ledger that is thrown away: provider, account (the sub-account's id, else the billing
 * account's), its name, resource id and Tags as written, and the effective cost on them without regard to signs.
 */
export async function lookAtBills(ledger: Ledger, paths: readonly string[], options: LookOptions): Promise<Looked> {
  await ledger.write(tx =>
    tx.run(
      'CREATE TABLE bill (provider VARCHAR, account VARCHAR, account_name VARCHAR, resource VARCHAR, tags VARCHAR, cost DOUBLE)',
    ),
  );
  const files: { readonly file: FileStat; readonly given: string }[] = [];
  for (const path of paths) {
    const found = await listFiles(path, isBill);
    if (found.length === 0) options.onNone(path);
    files.push(...found.map(file => ({ file, given: path })));
  }
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let read = 0;
  const formats = new Map<string, BillFormat>();
  for (const { file, given } of files) {
    const onBytes = (bytes: number) => {
      done += bytes;
      options.onBytes(done, total);
    };
    const bill = await readable(file, ledger, { ...options, onBytes });
    // A failed read aborts its transaction, which is this file's alone.
    if (!bill) continue;
    const adds = async (group: FileGroup) => (await ledger.write(tx => add(tx, group)).catch(unreadable)) === true;
    if (!(await adds(bill.group))) {
      const [mended] = (await splitMixedEnds([bill.group], [file.path])) ?? [];
      if (mended === undefined || !(await adds(mended))) continue;
    }
    read += 1;
    if (!formats.has(given)) formats.set(given, bill.format);
  }
  return { read, formats };
}

async function readable(
  file: FileStat,
  ledger: Ledger,
  { recognise, onBytes }: Pick<LookOptions, 'recognise'> & { readonly onBytes: (bytes: number) => void },
) {
  const head = await readHead(file).catch((error: unknown): FileFault => faultOf(error));
  if (typeof head === 'string') return undefined;
  const group = await groupOf(file, head, { ledger });
  if (typeof group === 'string') return undefined;
  const bill = recognise(group);
  if (bill === undefined) return undefined;
  return typeof (await vetFile(file, head, { onBytes })) === 'string' ? undefined : bill;
}

/** Tells whether the file is of use: it has a good row, or none at all. */
async function add(tx: Transaction, group: FileGroup): Promise<boolean> {
  await tx.run(values);
  await aggregate(tx, [group], { defaultCurrency: undefined, byResource: true });
  const column = (index: number) =>
    text({ ...group, columns: { ...group.columns, sub_account: [index] } }, 'sub_account');
  const [id, name] = group.columns.sub_account;
  await tx.run(
    id === undefined || name === undefined
      ? 'CREATE OR REPLACE TEMP TABLE bill_accounts (id VARCHAR, name VARCHAR)'
      : `CREATE OR REPLACE TEMP TABLE bill_accounts AS
         SELECT ${column(id)} AS id, any_value(${column(name)}) AS name FROM ${fromFiles(group)} GROUP BY id`,
  );
  await tx.run(
    `INSERT INTO bill
     SELECT coalesce(focus_text(provider), ''), coalesce(focus_text(sub_account), focus_text(billing_account), ''),
       coalesce(any_value(a.name), ''), coalesce(focus_text(resource), ''), coalesce(focus_text(tags), ''),
       sum(abs(effective::DOUBLE))
     FROM focus_raw JOIN focus_texts USING (packed) LEFT JOIN bill_accounts AS a ON a.id = sub_account
     WHERE reason IS NULL
     GROUP BY ALL`,
  );
  const good = 'count(*) = 0 OR bool_or(reason IS NULL)';
  return (await tx.scalar(`SELECT ${good} FROM focus_raw JOIN focus_texts USING (packed)`)) === true;
}
