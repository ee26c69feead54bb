/** Facts of checks in a CSV file: one line a check and service. What the file said before and lacks now is no longer said. */
import { readFile } from 'node:fs/promises';
import { readCsvHeader, splitRecord } from '../../../core/csv.ts';
import { type FileStat, isSettled, look, sameLook } from '../../../core/files.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import type { CatalogService } from '../../catalog-facts.ts';
import { PlumblineError } from '../../errors.ts';
import { type FactTold, readFacts } from '../../told-facts.ts';
import { keysOf, storeTold, type ToldKeys } from '../../told-store.ts';
import type { FactFilesConfig } from './config.ts';

/** The file as it was read last, and what it said then. */
type Cursor = FileStat & { readonly told?: ToldKeys };

const settleSeconds = 10;
const mostBytes = 16 << 20;

export interface FactFilesOptions {
  /** Ids of the checks that take such facts. */
  readonly checks: readonly string[];
  readonly services: () => readonly CatalogService[];
}

/** Errors: CHECK_FACTS_FILE. */
export function factFilesSource(config: FactFilesConfig, options: FactFilesOptions): ReadSource {
  const { name, path } = config;
  let before: FileStat | undefined;
  return {
    kind: 'read',
    name,
    everySeconds: config.every,
    batches: async function* (context, cursor) {
      const invalid = (reason: string) => new PlumblineError('CHECK_FACTS_FILE', { path, reason });
      const stat = await look(path);
      if (stat === undefined) throw invalid('there is no such file');
      if (stat.size > mostBytes) throw invalid(`it is larger than ${mostBytes} bytes`);
      if (!isSettled(stat, before, settleSeconds)) {
        before = stat;
        yield { cursor, write: async () => ({ records: 0, changed: 0, rejected: {}, waiting: 1 }) };
        return;
      }
      before = stat;
      const now = context.now();
      const { told, rejections } = readTable(await readFile(path), path, invalid);
      const facts = readFacts(told, { ...options, services: options.services(), source: path, now });
      const last = (cursor as Cursor | null) ?? undefined;
      const isSame = sameLook(stat, last);
      yield {
        cursor: { ...stat, told: keysOf(facts.accepted) } satisfies Cursor,
        write: async tx => {
          const changed = await storeTold(tx, facts.accepted, {
            ...{ now, agesFrom: 'look', before: last?.told ?? {}, isSame },
          });
          const all = [...rejections, ...facts.rejections];
          const rejected = await keepRejections(tx, name, { read: [path], rejections: all }, now);
          // A file that is as it was says it again.
          return {
            records: isSame ? 0 : told.length,
            changed,
            rejected,
          };
        },
      };
    },
  };
}

function readTable(bytes: Buffer, file: string, invalid: (reason: string) => Error) {
  const header = readCsvHeader(bytes);
  if (typeof header === 'string') throw invalid(`it is ${header.replaceAll('_', ' ')}`);
  const columns = header.columns.map(column => column.trim().toLowerCase());
  for (const column of ['check', 'service', 'state'])
    if (!columns.includes(column)) throw invalid(`its header has no column ${column}`);
  const told: FactTold[] = [];
  const rejections: Rejection[] = [];
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const cells = splitRecord(line, header.delimiter);
    const of = (column: string) => cells[columns.indexOf(column)]?.trim() ?? '';
    // A record is a line: what follows in its next line would be taken for another.
    if ((line.match(/"/g)?.length ?? 0) % 2 === 1)
      rejections.push({ file, line: index + 1, reason: 'open_quote', value: line });
    else if (cells.length < 3) rejections.push({ file, line: index + 1, reason: 'too_few_columns', value: line });
    else
      told.push({
        ...{ line: index + 1, check: of('check'), service: of('service'), state: of('state') },
        ...{ detail: of('detail'), since: of('since') },
      });
  }
  return { told, rejections };
}
