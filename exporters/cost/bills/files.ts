/**
 * Bills on disk (CSV, gzipped CSV, Parquet; FOCUS, or what a dialect makes FOCUS of), read into postings by `day,
 * billing period, key`. See deliveries.ts for what a file that comes again replaces.
 *
 * - A charge lands whole on the UTC day on which its charge period starts, also a purchase that covers a month; a
 *   correction lands on the day it corrects and keeps the billing period that it is billed in.
 * - A row that can't be read is counted by reason and kept in `rejects`. Unreadable tags, quantities or billing periods
 *   cost a row nothing but that value, and are counted too; so are a missing EffectiveCost or BilledCost (taken for 0
 *   where the other is there) and a missing ChargeCategory (taken for Usage).
 * - A file that is broken or still being written is noted in `files`, and read when it changes; a broken one is counted
 *   as `file_…`.
 */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FileNote, noteFiles, seenFiles } from '../../core/file-notes.ts';
import { type FileStat, listFiles, sameLook } from '../../core/files.ts';
import type { ReadSource, SourceContext } from '../../core/source.ts';
import { PlumblineError } from '../errors.ts';
import {
  type Delivery,
  type DeliveryMode,
  type FoundDeliveries,
  type Known,
  knownDeliveries,
  planDeliveries,
  unsettledFiles,
} from './deliveries.ts';
import type { BillDialect } from './dialect.ts';
import { isMoving, type Prepared, prepare } from './prepare.ts';
import { type ReadsOf, readsIn, shapeOf } from './reads.ts';
import type { Role } from './role.ts';
import { stagingDirectory } from './staging.ts';
import { writePrepared } from './write.ts';

export interface BillFilesOptions {
  /** The source's name. */
  readonly name: string;
  /** What the bills are, for people: `FOCUS bill`. */
  readonly what: string;
  /** The key of plumbline.yaml that names the path, for people. */
  readonly key: string;
  /** A file, a glob, or a folder (with all folders below it); or where that lies, once the ledger is known. */
  readonly path: string | ((context: SourceContext) => string);
  /** Makes FOCUS of another format; the files are FOCUS unless given. */
  readonly dialect?: BillDialect;
  /** Whether the money counts, or is only held against what another source says; `authoritative` unless given. */
  readonly role?: Role;
  /** Which files under the path are bills, by name; CSV, gzip and Parquet unless given. */
  readonly isBill?: (name: string) => boolean;
  /** Brings the files to the path before each look, from an object store say. */
  readonly fetch?: (context: SourceContext) => Promise<void>;
  /**
   * Which files make a delivery, where manifests say so: files that no manifest lists are left alone. `isBill` must let
   * the manifests through. Undefined where there are none: then folders and names tell.
   */
  readonly deliveriesOf?: (look: DeliveryLook) => Promise<FoundDeliveries | undefined>;
  /** How a file that comes again is understood; see deliveries.ts. */
  readonly delivery?: DeliveryMode;
  /** Seconds between two looks; 300 unless given. */
  readonly everySeconds?: number;
  /** A file is read when it hasn't changed for this long, or between two looks; 60 unless given. */
  readonly settleSeconds?: number;
  /** The currency of rows that name none. */
  readonly defaultCurrency?: string;
}

/** What a source that reads manifests is shown. */
export interface DeliveryLook {
  /** The files under the path, bills and manifests. */
  readonly listed: readonly FileStat[];
  /** What is known of files, and of the deliveries that are in the ledger, by path. */
  readonly known: Known;
  /** The folder; undefined where the path is a file or a glob. */
  readonly root: string | undefined;
  readonly settleSeconds: number;
}

/** What one delivery gives up, a copy of it or an older run may give in the same refresh; the rest waits for the next. */
const maxRounds = 5;

const supersededRun = 'superseded_run';

export const isBill = (name: string) => /\.(csv|csv\.gz|gz|parquet)$/i.test(name);

/** A source of bill files. Throws BILL_NOT_FOUND from a refresh where the path means no file at all. */
export function billFiles(options: BillFilesOptions, readsOf: ReadsOf): ReadSource {
  const { name, role = 'authoritative' } = options;
  return {
    kind: 'read',
    name,
    everySeconds: options.everySeconds ?? 300,
    batches: async function* (context) {
      await options.fetch?.(context);
      const target = typeof options.path === 'string' ? options.path : options.path(context);
      const all = await listFiles(target, options.isBill ?? isBill);
      if (all.length === 0)
        throw new PlumblineError('BILL_NOT_FOUND', { what: options.what, path: target, key: options.key });
      const root = (await stat(target).catch(() => undefined))?.isDirectory() ? path.resolve(target) : undefined;
      const settleSeconds = options.settleSeconds ?? 60;
      const reads = await readsIn(context.ledger, readsOf);
      const shape = shapeOf(reads, [options.defaultCurrency, options.dialect?.name, role]);
      // Where to go on from stands in the tables files and deliveries.
      const cursor = { path: target };
      const directory = await stagingDirectory(context);
      let unsettled: Set<FileStat> | undefined;
      try {
        for (let round = 0; round < maxRounds; round++) {
          const known = await context.ledger.read(
            async (reader): Promise<Known> => ({
              deliveries: await knownDeliveries(reader, name),
              files: await seenFiles(reader, name),
            }),
          );
          unsettled ??= unsettledFiles(all, known.files, settleSeconds);
          const found = await options.deliveriesOf?.({ listed: all, known, root, settleSeconds });
          const plan = planDeliveries(all, known, {
            mode: options.delivery,
            root,
            unsettled,
            shape,
            found: found?.deliveries,
          });
          const left = leftAside(all, known.files, { unsettled, superseded: plan.superseded, found });
          if (left.notes.length + left.gone.length > 0)
            yield {
              cursor,
              write: async tx => {
                await noteFiles(tx, name, left.notes, { now: context.now(), gone: left.gone });
                const waiting = left.notes.filter(note => note.state === 'waiting').length;
                return { records: 0, changed: 0, rejected: {}, waiting };
              },
            };
          if (plan.deliveries.length === 0) break;
          const files = new Map(known.files);
          const total = plan.deliveries.reduce((sum, delivery) => sum + bytes(delivery), 0);
          let done = 0;
          for (const [index, delivery] of plan.deliveries.entries()) {
            const own = path.join(directory, `${round}.${index}`);
            const prepared: Prepared = await prepare(delivery, {
              context,
              source: name,
              // What a run takes the place of can't be the original of its parts.
              files: delivery.gone.length === 0 ? files : without(files, delivery.gone),
              reads,
              defaultCurrency: options.defaultCurrency,
              dialect: options.dialect,
              directory: own,
              onBytes: n => {
                done += n;
                context.progress(done, total, 'bytes');
              },
            });
            for (const note of prepared.notes) files.set(note.path, note);
            // Its turn is at the next refresh, with a new look.
            for (const file of delivery.files)
              if (isMoving(prepared.refused.get(file.path)?.reason ?? '')) unsettled.add(file);
            for (const gone of [...delivery.gone, ...prepared.renamed.keys()]) files.delete(gone);
            yield {
              cursor,
              write: tx => writePrepared(tx, { prepared, delivery, source: name, role, shape, now: context.now() }),
            };
            await rm(own, { recursive: true, force: true });
          }
        }
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** What is noted of files without reading them: those seen as being written for the first time, and runs gone by. */
function leftAside(
  listed: readonly FileStat[],
  seen: Known['files'],
  files: {
    readonly unsettled: ReadonlySet<FileStat>;
    readonly superseded: readonly FileStat[];
    readonly found: FoundDeliveries | undefined;
  },
): { readonly notes: readonly FileNote[]; readonly gone: readonly string[] } {
  const { found } = files;
  const superseded = new Set(files.superseded);
  const delivered = found && new Set(found.deliveries.flatMap(delivery => delivery.files));
  const unsettled = [...files.unsettled].filter(file => !superseded.has(file) && (delivered?.has(file) ?? true));
  const present = new Set(listed.map(file => file.path));
  const note = (file: FileStat, state: FileNote['state'], reason: string): FileNote[] =>
    sameLook(file, seen.get(file.path)) && (state === 'waiting' || seen.get(file.path)?.state === state)
      ? []
      : [unread(file, state, reason, state === 'waiting' ? seen.get(file.path)?.records : 0)];
  return {
    notes: [
      ...unsettled.flatMap(file => note(file, 'waiting', 'being_written')),
      ...files.superseded.flatMap(file => note(file, 'skipped', supersededRun)),
      ...(found?.manifests ?? []).flatMap(({ file, state, reason }) => {
        const before = seen.get(file.path);
        return sameLook(file, before) && before?.state === state && before.reason === reason
          ? []
          : [unread(file, state, reason)];
      }),
    ],
    gone: [...seen.values()].flatMap(({ path: file, reason }) =>
      reason === supersededRun && !present.has(file) ? [file] : [],
    ),
  };
}

const unread = (file: FileStat, state: FileNote['state'], reason: string, records = 0): FileNote => ({
  ...file,
  state,
  reason,
  digest: '',
  records,
});

const without = (files: Known['files'], gone: readonly string[]) =>
  new Map([...files].filter(([file]) => !gone.includes(file)));

const bytes = (delivery: Delivery) => delivery.files.reduce((sum, file) => sum + file.size, 0);
