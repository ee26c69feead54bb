/**
 * From files of decisions, uploads (JSON arrays) or console logs (JSON lines between others), to a Parquet file of what
 * is kept of each. DuckDB reads them on a connection of its own, so that the ledger's writer waits for none of it and a
 * file that can't be read breaks no transaction; bulk rows never become JavaScript objects.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { listValue } from '@duckdb/node-api';
import { literalPath } from '../../../core/files.ts';
import type { Ledger, Reader } from '../../../core/ledger.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { sqlTime } from '../../../core/time.ts';
import type { OpaConfig } from './config.ts';
import { mend, wrapping } from './mend.ts';
import { verdictSql } from './verdict.ts';
import { wordsOf } from './words.ts';

export interface DecisionFile {
  readonly path: string;
  /** As it is named in rejections. */
  readonly name: string;
  /** Whose token posted it: all of its decisions are this team's. */
  readonly team?: string;
}

export interface Extracted {
  /** The Parquet file, for `storeDecisions`; the caller removes it. */
  readonly file: string;
  readonly records: number;
  readonly rejections: readonly Rejection[];
}

export interface ExtractOptions {
  readonly files: readonly DecisionFile[];
  readonly format: 'array' | 'lines';
  /** Where to write it, without its ending. */
  readonly into: string;
  readonly now: Date;
}

/** `loose` uploads are those whose inputs are not all objects as the words of owners want them. */
type Form = 'array' | 'loose' | 'lines' | 'mended';

const columns = `decision_id: 'VARCHAR', "timestamp": 'VARCHAR', path: 'VARCHAR', query: 'VARCHAR', result: 'JSON', error: 'JSON',
  labels: 'JSON', req_id: 'VARCHAR', type: 'VARCHAR', msg: 'VARCHAR', metrics: 'JSON'`;
/** Of lines a shipper may have put the program's into an object of its own. */
const wrappers = wrapping.map(name => `"${name}"`);

/** Configurations whose uploads had to be read loosely: the next are at once. */
const loose = new WeakSet<OpaConfig>();

/** Throws what the disk throws, and nothing for what is in the files. */
export async function extract(ledger: Ledger, config: OpaConfig, options: ExtractOptions): Promise<Extracted> {
  const { files, format, into, now } = options;
  const file = `${into}.parquet`;
  const names = new Map(files.map(one => [one.path, one.name]));
  const read = async (of: readonly DecisionFile[], as: Form) =>
    ledger.read(async reader => {
      await copy(reader, config, { files: of, format: as, file, now });
      return told(reader, file, names);
    });
  if (format === 'array' && !loose.has(config))
    try {
      return { file, ...(await read(files, 'array')) };
    } catch (error) {
      if (!isOfContent(error)) throw error;
    }
  try {
    const first = await read(files, format === 'array' ? 'loose' : format);
    if (format === 'array') loose.add(config);
    // Of lines DuckDB says only how many it can't read.
    if (format === 'array' || !first.rejections.some(({ reason }) => reason === 'unreadable'))
      return { file, ...first };
  } catch (error) {
    if (!isOfContent(error)) throw error;
  }
  const mended: DecisionFile[] = [];
  const rejections: Rejection[] = [];
  try {
    for (const [index, one] of files.entries()) {
      const copied = `${into}-${index}.ndjson`;
      mended.push({ ...one, path: copied });
      names.set(copied, one.name);
      rejections.push(...(await mend(one.path, copied, format === 'lines')).map(each => ({ file: one.name, ...each })));
    }
    const { records, rejections: more } = await read(mended, 'mended');
    return { file, records, rejections: [...rejections, ...more] };
  } finally {
    for (const { path: copied } of mended) await rm(copied, { force: true });
  }
}

/** Memory and the disk are not the file's fault. */
const isOfContent = (error: unknown) =>
  error instanceof Error && /^(Invalid Input|Conversion|Serialization|Out of Range) Error/i.test(error.message);

const readers: Readonly<Record<Form, string>> = {
  array: "format = 'array'",
  loose: "format = 'array'",
  lines: "format = 'newline_delimited', ignore_errors = true",
  mended: "format = 'newline_delimited', ignore_errors = true",
};
/** A line that is no JSON has nothing at all; those of the server have a message. */
const faultOfLine = `CASE WHEN type = 'openpolicyagent.org/decision_logs' THEN 'decision_id_missing'
  WHEN coalesce(type, msg, said) IS NULL OR is_wrapped THEN 'unreadable' ELSE 'other_line' END`;

async function copy(
  reader: Reader,
  config: OpaConfig,
  {
    files,
    format,
    file,
    now,
  }: Pick<ExtractOptions, 'files' | 'now'> & { readonly format: Form; readonly file: string },
): Promise<void> {
  const { macros, outcome, parameters } = verdictSql(config.decisions);
  const teams = Object.fromEntries(files.flatMap(one => (one.team === undefined ? [] : [[one.path, one.team]])));
  const sentBy =
    Object.keys(teams).length === 0
      ? 'NULL::VARCHAR'
      : `(from_json($teams::JSON, '"MAP(VARCHAR, VARCHAR)"')[filename])`;
  const { input, typed } = wordsOf(config.owner);
  const isLines = format === 'lines';
  const [inputType, words] =
    typed && format !== 'loose'
      ? [typed.type.replaceAll("'", "''"), typed.list]
      : ['JSON', 'json_extract_string(input, $input::VARCHAR[])'];
  await reader.run(macros);
  await reader.run(
    `COPY (
       WITH told AS (
         SELECT filename, decision_id, ltrim(left(coalesce(path, CASE WHEN query IS NOT NULL THEN 'v1/query' END, ''), 200), '/') AS path,
           result, error, labels, try_cast(req_id AS BIGINT) AS request, type, msg,
           try_cast(json_extract_string(metrics, '$.timer_server_handler_ns') AS BIGINT) AS took,
           ${words} AS words, ${isLines ? `contains(concat_ws(' ', ${wrappers.join(', ')}), 'decision_id')` : 'false'} AS is_wrapped,
           "timestamp" AS said, make_timestamp(epoch_us(try_cast("timestamp" AS TIMESTAMPTZ))) AS ts
         FROM read_json($files::VARCHAR[], columns = {${columns}, ${isLines ? wrappers.map(name => `${name}: 'JSON', `).join('') : ''}input: '${inputType}'}, ${readers[format]},
           filename = true, maximum_object_size = 67108864)
       ),
       judged AS (
         SELECT *, CASE
           WHEN decision_id IS NULL THEN ${isLines ? faultOfLine : "'decision_id_missing'"}
           WHEN type IS NULL AND msg IS NOT NULL THEN 'other_line'
           WHEN ts IS NULL THEN 'timestamp_unreadable'
           WHEN ts > $horizon::TIMESTAMP THEN 'timestamp_in_future'
           END AS fault
         FROM told
       )
       SELECT filename, fault, CASE WHEN fault IS NOT NULL THEN coalesce(said, decision_id) END AS said,
         md5_number_lower(decision_id)::UBIGINT AS id, ts, path, ${outcome} AS outcome, request, took,
         labels::VARCHAR AS labels, to_json(words)::VARCHAR AS words, ${sentBy} AS sent_by
       FROM judged
       WHERE fault IS DISTINCT FROM 'other_line'
     ) TO '${file.replaceAll("'", "''")}' (FORMAT parquet)`,
    {
      ...parameters,
      files: listValue(files.map(one => literalPath(one.path))),
      ...(inputType === 'JSON' ? { input: listValue([...input]) } : {}),
      ...(Object.keys(teams).length === 0 ? {} : { teams: JSON.stringify(teams) }),
      horizon: sqlTime(new Date(now.getTime() + 86_400_000)),
    },
  );
}

async function told(reader: Reader, file: string, names: ReadonlyMap<string, string>) {
  const records = Number(await reader.scalar('SELECT count(*) FROM read_parquet($file)', { file }));
  const faults = await reader.all(
    'SELECT filename, fault, said FROM read_parquet($file) WHERE fault IS NOT NULL LIMIT 10000',
    { file },
  );
  return {
    records,
    rejections: faults.map(
      ({ filename, fault, said }): Rejection => ({
        file: names.get(path.resolve(String(filename))) ?? String(filename),
        reason: String(fault),
        ...(typeof said === 'string' ? { value: said.slice(0, 200) } : {}),
      }),
    ),
  };
}
