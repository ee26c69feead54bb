/**
 * What exporters say of subjects: of this process by way of the session, or of another Plumbline's by its API. A check that
 * is met for the first time is asked for each past day too; after that for what it says now, when something that it reads
 * has changed or its time has come.
 */
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import type { SubjectCheckTold, SubjectReader, SubjectRow } from '../../../core/subjects.ts';
import { daySeconds, grid } from '../../../core/time.ts';
import { storeNow, storePast, type ToldCheck } from '../../store.ts';
import type { RemoteConfig } from './config.ts';
import { remoteReader } from './remote.ts';

interface Options {
  readonly historyDays: number;
}

/** By check: the last day that was read of its past, and the sources of its exporter that had been read by then. */
interface Cursor {
  readonly past?: Readonly<Record<string, { readonly through: string; readonly sources: readonly string[] }>>;
}

interface Asked {
  readonly version: string;
  readonly at: number;
}

/** The exporters of this process that publish facts; asked for at each refresh, as they are opened one after the other. */
export function localSubjects(
  readers: () => readonly SubjectReader[],
  options: Options & { readonly every: number },
): PullSource {
  const asked = new Map<string, Asked>();
  return {
    kind: 'pull',
    name: 'subjects',
    everySeconds: options.every,
    // A past that is read before its exporter's sources are would be one of absence.
    isReady: async () => {
      for (const reader of readers())
        if ((await reader.checks()).some(({ sourcesRead }) => sourcesRead === undefined)) return false;
      return true;
    },
    batches: (context, cursor) => read(readers(), { ...options, asked, isLocal: true }, context, cursor),
  };
}

export function remoteSubjects(config: RemoteConfig, options: Options): PullSource {
  const asked = new Map<string, Asked>();
  return {
    kind: 'pull',
    name: config.name,
    everySeconds: config.every,
    batches: (context, cursor) =>
      read([remoteReader(config, context)], { ...options, asked, isLocal: false }, context, cursor),
  };
}

interface Reading extends Options {
  readonly asked: Map<string, Asked>;
  readonly isLocal: boolean;
}

async function* read(
  readers: readonly SubjectReader[],
  reading: Reading,
  context: SourceContext,
  before: unknown,
): AsyncIterable<Batch> {
  let cursor: Cursor = (before as Cursor | null) ?? {};
  for (const [index, reader] of readers.entries()) {
    context.progress(index, readers.length, 'exporters');
    const checks = await reader.checks();
    for (const told of checks) {
      context.signal.throwIfAborted();
      const key = `${reader.exporter}/${told.check}`;
      const known = cursor.past?.[key];
      const sources = told.sourcesRead ?? [];
      if (known !== undefined && sources.every(name => known.sources.includes(name))) continue;
      const { batch, through } = await pastOf(reader, told, reading, context, known?.through);
      cursor = { ...cursor, past: { ...cursor.past, [key]: { through: through.toISOString(), sources } } };
      yield { cursor, write: batch };
    }
    // One transaction an exporter: where others write too, each has to wait for its turn.
    const { write, failure } = await nowOf(reader, checks, reading, context);
    if (write !== undefined) yield { cursor, write };
    if (failure !== undefined) throw failure.reason;
  }
}

async function pastOf(
  reader: SubjectReader,
  { check }: SubjectCheckTold,
  { historyDays }: Reading,
  context: SourceContext,
  known: string | undefined,
) {
  const now = context.now();
  // What was read of the past before ends where what was told of its own time begins.
  const through = known === undefined ? new Date(Math.floor(now.getTime() / 864e5) * 864e5) : new Date(known);
  const instants = grid(new Date(now.getTime() - historyDays * 864e5), through, daySeconds);
  const rows: SubjectRow[] = [];
  if (instants.length > 0) await reader.read(check, instants, some => rows.push(...some));
  const batch: Batch['write'] = async tx => {
    const changed = await storePast(tx, [{ exporter: reader.exporter, check, rows }], through, context.now());
    return { records: rows.length, changed, rejected: {} };
  };
  return { batch, through };
}

/** Of those checks that may say another thing than before; `write` is undefined where none may. What one fails to say keeps no other's. */
async function nowOf(
  reader: SubjectReader,
  checks: readonly SubjectCheckTold[],
  { asked, isLocal }: Reading,
  context: SourceContext,
): Promise<{ readonly write?: Batch['write']; readonly failure?: { readonly reason: unknown } }> {
  const now = context.now();
  const keyOf = ({ check }: SubjectCheckTold) => `${reader.exporter}/${check}`;
  // Another server's silence would look like its word, so that it is noted again and again that it has answered.
  const due = checks.filter(told => {
    const last = asked.get(keyOf(told));
    return last === undefined || last.version !== told.version || now.getTime() - last.at >= told.everySeconds * 1000;
  });
  const said: { readonly of: SubjectCheckTold; readonly told: ToldCheck }[] = [];
  let failure: { readonly reason: unknown } | undefined;
  for (const one of due)
    try {
      context.signal.throwIfAborted();
      const rows: SubjectRow[] = [];
      await reader.read(one.check, [now], some => rows.push(...some));
      const told: ToldCheck = { exporter: reader.exporter, check: one.check, rows };
      said.push({ of: one, told: isLocal ? told : { ...told, agesFrom: 'look' } });
    } catch (reason) {
      context.signal.throwIfAborted();
      failure ??= { reason };
    }
  const write: Batch['write'] = async tx => {
    const told = said.map(one => one.told);
    const changed = await storeNow(tx, told, now);
    for (const { of } of said) asked.set(keyOf(of), { version: of.version, at: now.getTime() });
    return { records: told.reduce((sum, { rows }) => sum + rows.length, 0), changed, rejected: {} };
  };
  return { ...(said.length > 0 && { write }), ...(failure !== undefined && { failure }) };
}
