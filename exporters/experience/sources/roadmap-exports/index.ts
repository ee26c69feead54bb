/**
 * Exports of trackers in files, for whoever has no token for its API. Each tells of all items at its moment, so they are read
 * in the order of their moments, and what a later one lacks is gone. One that speaks of a time before what is known changes
 * nothing: what was told of the past stays as it was told.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type FileNote, noteFiles, seenFiles } from '../../../core/file-notes.ts';
import { listFiles, sameLook } from '../../../core/files.ts';
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, ReadSource, SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { keysElsewhere, newestTold, noteExport } from '../../roadmap/exports.ts';
import { knownItems, storeRoadmap, storeWhole } from '../../roadmap/store.ts';
import { type Words, wordsOf } from '../../roadmap/words.ts';
import { isTable, readTableFile } from '../../sheet/table-file.ts';
import type { RoadmapExportConfig } from './config.ts';
import { type ExportItems, itemsOf } from './items.ts';
import { kindsOfExport } from './kinds.ts';
import { type Export, exportsOf } from './moment.ts';
import { type ExportTable, readExport } from './table.ts';

interface Cursor {
  /** A source of this name may have been an API before, with another cursor. */
  readonly of: 'exports';
  /** Of the configuration: the newest export is read anew with another one. */
  readonly shape: string;
  /** The moment of the newest export that was read; ms since the epoch, 0 before the first. */
  readonly through: number;
}

/** Throws ROADMAP_EXPORTS_NOT_FOUND from a refresh where the path means nothing at all. */
export function roadmapExportSource(config: RoadmapExportConfig): ReadSource {
  const { name, path } = config;
  const shape = shapeOf(config);
  const words = wordsOf({ ...config, responders: [] });
  return {
    kind: 'read',
    name,
    everySeconds: config.every,
    batches: async function* (context, before) {
      const listed = await listFiles(path, isTable);
      if (listed.length === 0 && !(await stat(path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('ROADMAP_EXPORTS_NOT_FOUND', { path });
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const cursor = (before as Partial<Cursor> | undefined)?.of === 'exports' ? (before as Cursor) : undefined;
      const isSame = cursor?.shape === shape;
      let through = cursor?.through ?? (await context.ledger.read(reader => newestTold(reader, name))).getTime();
      const noted = (notes: readonly FileNote[], gone: readonly string[] = []): Batch => ({
        cursor: { of: 'exports', shape, through } satisfies Cursor,
        write: tx => writeNotes(tx, { name, notes, gone, rejections: [], now: context.now() }),
      });
      const { exports, undated } = exportsOf(listed, {
        ...{ moment: config.moment, timeZone: config.time_zone, now: context.now() },
      });
      for (const one of exports) {
        context.signal.throwIfAborted();
        const isKnown = one.files.every(file => {
          const note = seen.get(file.path);
          return note !== undefined && note.state !== 'waiting' && sameLook(file, note);
        });
        const isOlder = one.at.getTime() < through;
        if (isKnown && (isSame || isOlder)) continue;
        if (isOlder) {
          yield noted(
            one.files.map(file => ({ ...file, state: 'skipped', reason: 'older_export', digest: '', records: 0 })),
          );
          continue;
        }
        const read = await readParts(one, { config, seen, context });
        // Those after it would be the past that it speaks of.
        if (read.notes.some(({ state }) => state === 'waiting')) {
          yield noted(read.notes);
          return;
        }
        const stored = await storedExport(one, read, { config, words, context });
        if (stored.isStored) through = one.at.getTime();
        yield { cursor: { of: 'exports', shape, through } satisfies Cursor, write: stored.write };
      }
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      const nameless = undated.map(
        (file): FileNote => ({ ...file, state: 'broken', reason: 'no_date_in_name', digest: '', records: 0 }),
      );
      if (!isSame || gone.length > 0 || nameless.some(({ path: file }) => !seen.has(file))) yield noted(nameless, gone);
    },
  };
}

/** Everything that an item follows from; not how often and how late it is looked for. */
function shapeOf({ name: _, every: __, settle, path, ...read }: RoadmapExportConfig): string {
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}

interface Notes {
  readonly name: string;
  readonly notes: readonly FileNote[];
  readonly gone?: readonly string[];
  readonly rejections: readonly Rejection[];
  readonly now: Date;
}

async function writeNotes(tx: Transaction, { name, notes, gone = [], rejections, now }: Notes) {
  await noteFiles(tx, name, notes, { now, gone });
  const broken = notes.flatMap(({ path: file, state, reason }) =>
    state === 'broken' && !rejections.some(one => one.file === file) ? [{ file, reason: `file_${reason}` }] : [],
  );
  const read = [...notes.map(({ path: file }) => file), ...gone];
  const rejected = await keepRejections(tx, name, { read, rejections: [...rejections, ...broken] }, now);
  const waiting = notes.filter(({ state }) => state === 'waiting').length;
  return { records: notes.reduce((sum, { records }) => sum + records, 0), changed: 0, rejected, waiting };
}

interface Parts {
  readonly notes: readonly FileNote[];
  readonly tables: readonly { readonly file: string; readonly table: ExportTable }[];
  readonly rejections: readonly Rejection[];
}

async function readParts(
  { files }: Export,
  {
    config,
    seen,
    context,
  }: {
    readonly config: RoadmapExportConfig;
    readonly seen: ReadonlyMap<string, FileNote>;
    readonly context: SourceContext;
  },
): Promise<Parts> {
  const notes: FileNote[] = [];
  const tables: { file: string; table: ExportTable }[] = [];
  const rejections: Rejection[] = [];
  const before = await context.ledger.read(reader =>
    reader.scalar('SELECT kind FROM roadmap_exports WHERE source = $source', { source: config.name }),
  );
  let kind = config.kind ?? (typeof before === 'string' ? before : undefined);
  for (const file of files) {
    const bytes = await readTableFile(file, seen.get(file.path), config.settle);
    if ('state' in bytes) {
      notes.push({ ...file, ...bytes, digest: '', records: 0 });
      continue;
    }
    const broken = (reason: string, field?: string) => {
      notes.push({ ...file, state: 'broken', reason, digest: bytes.digest, records: 0 });
      rejections.push({ file: file.path, reason: `file_${reason}`, ...(field === undefined ? {} : { field }) });
    };
    const table = readExport(bytes.bytes, {
      ...{ kind: config.kind, columns: config.columns, timeZone: config.time_zone, dateOrder: config.date_order },
      encoding: config.encoding,
    });
    if ('fault' in table) broken(table.fault, table.field);
    else if (kind !== undefined && table.kind !== kind) broken('other_export', `${table.kind}, and not ${kind}`);
    else {
      kind = table.kind;
      notes.push({ ...file, state: 'loaded', reason: '', digest: bytes.digest, records: table.rows.length });
      tables.push({ file: file.path, table });
    }
  }
  return { notes, tables, rejections };
}

interface Storing {
  readonly config: RoadmapExportConfig;
  readonly words: Words;
  readonly context: SourceContext;
}

/** What the files of one moment tell together. */
async function storedExport(
  { at }: Export,
  { notes, tables, rejections: unread }: Parts,
  { config, words, context }: Storing,
): Promise<{ readonly isStored: boolean; readonly write: Batch['write'] }> {
  const { name, team } = config;
  const [first] = tables;
  const onlyNoted = (all: readonly FileNote[], rejections: readonly Rejection[]) => ({
    isStored: false,
    write: (tx: Transaction) => writeNotes(tx, { name, notes: all, rejections, now: context.now() }),
  });
  if (first === undefined) return onlyNoted(notes, unread);
  const { kind } = first.table;
  const { tracker, mostRows } = kindsOfExport[kind];
  const [known, elsewhere] = await context.ledger.read(async reader => [
    await knownItems(reader, name),
    await keysElsewhere(reader, name, tracker),
  ]);
  const told = tables.map(({ file, table }) => ({
    file,
    told: itemsOf(table, { config, words, at, known, elsewhere }),
    // As many as are exported at once: there may be more.
    isCut: mostRows !== undefined && table.rows.length > 0 && table.rows.length % mostRows === 0,
  }));
  const rejections: readonly Rejection[] = [
    ...unread,
    ...told.flatMap(({ file, told: { rejections: rows } }) => rows.map(row => ({ ...row, file }))),
  ];
  const isCut = told.every(one => one.isCut);
  const silent = [...new Set(tables.flatMap(({ table }) => table.silent))];
  const items = new Map(told.flatMap(one => one.told.items.map(item => [item.id, item] as const)));
  const listed = new Set(told.flatMap(one => [...one.told.listed]));
  const sum = (count: (one: ExportItems) => number) => told.reduce((total, one) => total + count(one.told), 0);
  const left = sum(one => one.elsewhere);
  // Nothing at all is rather an export that went wrong than a roadmap without items.
  if (items.size === 0 && left === 0 && (rejections.length > 0 || known.length > 0)) {
    const reason = rejections.length > 0 ? 'no_readable_rows' : 'empty';
    const all = notes.map(note => (note.state === 'loaded' ? { ...note, state: 'broken' as const, reason } : note));
    return onlyNoted(all, rejections);
  }
  const isWhole = tables.length === notes.length && !isCut && told.every(one => one.told.isSure);
  return {
    isStored: true,
    write: async tx => {
      const now = context.now();
      const cut = isCut
        ? told.map(({ file }) => ({ file, reason: 'row_limit', value: `${mostRows} rows are as many as it exports` }))
        : [];
      const counts = await writeNotes(tx, { name, notes, rejections: [...rejections, ...cut], now });
      await noteExport(tx, name, { kind, tracker, at, items: items.size, elsewhere: left, silent });
      const options = { now, at, team };
      const changed = await storeRoadmap(tx, name, { items: [...items.values()], isWhole: false }, options);
      return { ...counts, changed: changed + (isWhole ? await storeWhole(tx, name, listed, options) : 0) };
    },
  };
}
