/** Facts of checks in a CSV file: one line a check and service. What the file said before and lacks now is no longer said. */
import { readFile } from 'node:fs/promises';
import { readCsvHeader, splitRecord } from '../../../core/csv.ts';
import { type FileStat, isSettled, look, sameLook } from '../../../core/files.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import type { CatalogService } from '../../catalog-facts.ts';
import { PlumblineError } from '../../errors.ts';
import { type AcceptedFact, type FactsRead, type FactTold, readFacts } from '../../told-facts.ts';
import { keysOf, storeTold, type ToldKeys } from '../../told-store.ts';
import type { FactFilesConfig } from './config.ts';

/** The file as it was read last, what it said then, and what of it an earlier file said. */
type Cursor = FileStat & { readonly told?: ToldKeys; readonly elsewhere?: ToldKeys };

const settleSeconds = 10;
const mostBytes = 16 << 20;

export interface FactFilesOptions {
  /** Ids of the checks that take such facts. */
  readonly checks: readonly string[];
  readonly services: () => readonly CatalogService[];
  /** Files whose word counts before this one's, in that order. */
  readonly earlier: readonly string[];
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
      const last = (cursor as Cursor | null) ?? undefined;
      const all = readFacts(told, { ...options, services: options.services(), source: path, now });
      const elsewhere = await keysOfEarlier(options, now, last?.elsewhere ?? {});
      const facts = withoutThose(all, elsewhere, path);
      const isSame = sameLook(stat, last);
      // What an earlier file says is not taken back where this one once said it.
      const was = without(last?.told ?? {}, elsewhere);
      yield {
        cursor: { ...stat, told: keysOf(facts.accepted), elsewhere } satisfies Cursor,
        write: async tx => {
          const changed = await storeTold(tx, facts.accepted, {
            ...{ now, agesFrom: 'look', before: was, isSame },
          });
          const found = { read: [path], rejections: [...rejections, ...facts.rejections] };
          const rejected = await keepRejections(tx, name, found, now);
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

/** What earlier files tell of now; where one can't be read, what it told when it last could. */
async function keysOfEarlier({ earlier, ...options }: FactFilesOptions, now: Date, known: ToldKeys): Promise<ToldKeys> {
  const facts: AcceptedFact[] = [];
  for (const file of earlier)
    try {
      const { told } = readTable(await readFile(file), file, reason => new Error(reason));
      facts.push(...readFacts(told, { ...options, services: options.services(), source: file, now }).accepted);
    } catch {
      // Its own source tells why.
      return known;
    }
  return keysOf(facts);
}

const isIn = (keys: ToldKeys, { check, service }: Pick<AcceptedFact, 'check' | 'service'>) =>
  keys[check]?.includes(service) === true;

/** Of a check and service that two files tell of, the first file's word counts, whichever was read last. */
function withoutThose({ accepted, rejections }: FactsRead, elsewhere: ToldKeys, file: string): FactsRead {
  const twice = accepted.filter(fact => isIn(elsewhere, fact));
  return {
    accepted: accepted.filter(fact => !isIn(elsewhere, fact)),
    rejections: [
      ...rejections,
      ...twice.map(({ check, service, line }) => ({
        ...{ file, reason: 'told_by_earlier_file', field: 'check', value: `${check} of ${service}` },
        ...(line === undefined ? {} : { line }),
      })),
    ],
  };
}

const without = (keys: ToldKeys, others: ToldKeys): ToldKeys =>
  Object.fromEntries(
    Object.entries(keys).map(([check, services]) => [
      check,
      services.filter(service => !isIn(others, { check, service })),
    ]),
  );

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
