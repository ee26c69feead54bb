/** Vets and reads a delivery's files, ready to be written. No transaction is open meanwhile. */
import pLimit from 'p-limit';
import type { FileNote } from '../../core/file-notes.ts';
import {
  type FileFault,
  type FileHead,
  type FileStat,
  look,
  readHead,
  sameLook,
  type VettedFile,
  vetFile,
} from '../../core/files.ts';
import type { Row } from '../../core/ledger.ts';
import type { SourceContext } from '../../core/source.ts';
import { whereItBelongs } from '../kinds.ts';
import { duplicateColumn, focusDataset, missingColumn } from './columns.ts';
import type { Delivery } from './deliveries.ts';
import { type BillDialect, translate } from './dialect.ts';
import { splitMixedEnds } from './line-ends.ts';
import type { OwnershipReads } from './normalise.ts';
import { readStatements } from './periods.ts';
import { failure, faultOf, groupOf, unreadable } from './readable.ts';
import type { FileGroup } from './scan.ts';
import { type Staged, stage } from './stage.ts';

export interface PrepareOptions {
  readonly context: SourceContext;
  /** The source's name. */
  readonly source: string;
  /** What is known of files by now, this refresh's included. */
  readonly files: ReadonlyMap<string, FileNote>;
  readonly reads: OwnershipReads;
  readonly defaultCurrency: string | undefined;
  readonly dialect: BillDialect | undefined;
  readonly directory: string;
  readonly onBytes: (bytes: number) => void;
}

export interface Prepared {
  readonly notes: readonly FileNote[];
  /** Undefined where nothing of the delivery may be posted now. */
  readonly staged: Staged | undefined;
  /** What was read, though perhaps nothing of it may be posted: it tells why. */
  readonly read: Staged | undefined;
  /** Rows of Billing Period files. */
  readonly statements: readonly Row[];
  /** Whole files refused, by path: the reason, and the column or message that tells more. */
  readonly refused: ReadonlyMap<string, { readonly reason: string; readonly detail: string }>;
  /** Files that were given another name: the old path to the new one. */
  readonly renamed: ReadonlyMap<string, string>;
}

type Refusal = { readonly reason: string; readonly detail: string };

/** Reasons of a file that someone is still writing: it is no fault, and its turn comes. */
export const isMoving = (reason: string): boolean =>
  reason === 'changed_while_read' || reason === 'being_written' || reason === 'no_final_newline';

/** Never throws for what a file holds; throws for a full disk, memory, or a stop. */
export async function prepare(delivery: Delivery, options: PrepareOptions): Promise<Prepared> {
  const { context, files } = options;
  const refused = new Map<string, Refusal>();
  /** Refused files without which the others may be posted: nothing that was counted stands in them. */
  const spared = new Set<string>();
  const notes = new Map<string, FileNote>();
  const renamed = new Map<string, string>();
  const statements: Row[] = [];
  const groups = new Map<string, FileGroup>();
  const heads = new Map<string, FileHead>();
  const refuse = (file: FileStat, reason: string, detail = '') => {
    refused.set(file.path, { reason, detail });
    const state = isMoving(reason) ? 'waiting' : 'broken';
    notes.set(file.path, note(file, state, reason, { records: gaveOf(file.path) }));
  };

  for (const file of delivery.files) {
    const head = await readHead(file).catch((error: unknown): FileFault => faultOf(error));
    const raw = typeof head === 'string' ? head : await groupOf(file, head, context);
    if (typeof head === 'string' || typeof raw === 'string') {
      refuse(file, typeof head === 'string' ? head : String(raw));
      continue;
    }
    heads.set(file.path, head);
    const group = options.dialect ? translate(raw, options.dialect) : raw;
    if ('missing' in group) {
      refuse(file, 'missing_column', `${group.missing}${whereItBelongs(raw)}`);
      continue;
    }
    const dataset = options.dialect ? 'cost_and_usage' : focusDataset(group.names);
    if (dataset === 'invoice_detail' || dataset === 'contract_commitment')
      notes.set(file.path, note(file, 'skipped', `dataset_${dataset}`));
    else if (dataset === 'billing_period') {
      const rows = await readStatements(context.ledger, group).catch((error: unknown) => unreadable(error));
      if (typeof rows === 'string') refuse(file, 'unreadable', rows);
      else {
        statements.push(...rows);
        notes.set(file.path, note(file, 'loaded', 'dataset_billing_period', { records: rows.length }));
      }
    } else {
      const missing = missingColumn(group.columns, options.defaultCurrency);
      const twice = duplicateColumn(group.names);
      if (missing) refuse(file, 'missing_column', `${missing}${whereItBelongs(raw)}`);
      else if (twice) refuse(file, 'duplicate_column', twice);
      else {
        const key = JSON.stringify([
          group.format,
          group.gzip,
          group.delimiter,
          group.names,
          group.types,
          group.projection,
        ]);
        const before = groups.get(key);
        groups.set(key, before ? { ...before, paths: [...before.paths, ...group.paths] } : group);
      }
    }
  }

  // The files are vetted while DuckDB reads them; what vetting refuses is left out of what was read.
  const one = pLimit(1);
  const vetting = new AbortController();
  const signal = AbortSignal.any([context.signal, vetting.signal]);
  const charged = delivery.files.filter(file => [...groups.values()].some(group => group.paths.includes(file.path)));
  const vetted = (async () => {
    const good = new Map<string, VettedFile>();
    await Promise.all(
      charged.map(file =>
        one(async () => {
          const result = await vetFile(file, heads.get(file.path)!, { onBytes: options.onBytes, signal });
          if (typeof result === 'string') return refuse(file, result);
          // A snapshot stands for its periods whatever an earlier one held: going back to it is news.
          const original = delivery.origin === undefined ? undefined : originalOf(result.digest, file, good, files);
          if (original !== undefined && (await look(original))) {
            notes.set(file.path, note(file, 'duplicate', original, { digest: result.digest }));
            return;
          }
          if (original !== undefined) renamed.set(original, file.path);
          good.set(file.path, result);
        }),
      ),
    );
    return good;
  })();
  vetted.catch(() => undefined);

  try {
    let staged = charged.length > 0 ? await readAll([...groups.values()]) : undefined;
    const good = await vetted;
    for (const file of delivery.files)
      if (!refused.has(file.path) && !sameLook(file, await look(file.path))) refuse(file, 'changed_while_read');
    for (const file of staged?.incomplete ?? []) if (!refused.has(file)) refuse(fileOf(file), 'records_lost');
    for (const [file, { digest }] of good) {
      const records = staged?.records.get(file) ?? 0;
      if (refused.has(file)) continue;
      const held = good.get(file)?.records ?? staged?.read.get(file) ?? 0;
      // A file that says nothing where it said something before is one that went wrong.
      if (staged && records === 0 && (held > 0 || gaveOf(file) > 0)) {
        refuse(fileOf(file), held > 0 ? 'no_readable_rows' : 'empty');
        if (gaveOf(file) === 0) spared.add(file);
      } else notes.set(file, note(fileOf(file), 'loaded', '', { digest, records }));
    }
    const read = staged;
    const counted = [...good.keys()].filter(file => !refused.has(file));
    const isHeld = refused.size > spared.size;
    if (isHeld) {
      // Parts make one delivery: without one of them, money would seem to vanish.
      for (const file of counted)
        notes.set(
          file,
          note(fileOf(file), 'waiting', 'held_back', { digest: good.get(file)?.digest ?? '', records: gaveOf(file) }),
        );
      staged = undefined;
    }
    // What became a copy gives up what it gave before; what always was one has nothing to post.
    const gaveBefore =
      delivery.gone.length > 0 || delivery.files.some(({ path }) => files.get(path)?.state === 'loaded');
    if (counted.length === 0 && !gaveBefore) staged = undefined;
    return { notes: [...notes.values()], staged, read, statements: isHeld ? [] : statements, refused, renamed };
  } finally {
    vetting.abort();
  }

  function gaveOf(file: string): number {
    const before = files.get(file);
    return before === undefined || before.state === 'skipped' ? 0 : before.records;
  }

  function fileOf(file: string): FileStat {
    return delivery.files.find(other => other.path === file)!;
  }

  /** Reads all groups; where that fails, looks for the files that fail alone, and reads the others. */
  async function readAll(all: readonly FileGroup[]): Promise<Staged | undefined> {
    const input = {
      source: options.source,
      reads: options.reads,
      defaultCurrency: options.defaultCurrency,
      origin: delivery.origin,
      directory: options.directory,
    };
    try {
      const staged = await stage(context.ledger, { ...input, groups: all, vetted });
      const mended = await splitMixedEnds(all, staged.malformed);
      return mended ? await readAll(mended) : staged;
    } catch (error) {
      context.signal.throwIfAborted();
      const whole = await vetted;
      const mended = await splitMixedEnds(all, [...whole.keys()]);
      if (mended) return readAll(mended);
      const culprits = new Map<string, string>();
      for (const group of all)
        for (const file of group.paths) {
          const reason = whole.has(file) ? await failure({ ...group, paths: [file] }, context) : 'not vetted';
          if (reason !== undefined) culprits.set(file, reason);
        }
      if (culprits.size === 0) throw error;
      for (const [file, reason] of culprits)
        if (whole.has(file)) {
          whole.delete(file);
          refuse(fileOf(file), 'unreadable', reason);
        }
      return undefined;
    }
  }
}

/** Another file with the same bytes, read before or in this delivery. */
function originalOf(
  digest: string,
  file: FileStat,
  good: ReadonlyMap<string, VettedFile>,
  files: ReadonlyMap<string, FileNote>,
): string | undefined {
  for (const [other, vetted] of good) if (vetted.digest === digest) return other;
  for (const other of files.values())
    if (other.state === 'loaded' && other.records > 0 && other.digest === digest && other.path !== file.path)
      return other.path;
  return undefined;
}

function note(
  file: FileStat,
  state: FileNote['state'],
  reason: string,
  rest: { readonly digest?: string; readonly records?: number } = {},
): FileNote {
  return { ...file, state, reason, digest: rest.digest ?? '', records: rest.records ?? 0 };
}
