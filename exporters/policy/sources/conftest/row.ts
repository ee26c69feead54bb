/** What conftest says of one file by one package. */
import type { Rejection } from '../../../core/rejections.ts';
import type { Enforcement, Outcome } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Instance } from '../../identity.ts';
import type { ReadContext } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { conftestFile, conftestPolicy, conftestResource, exceptedRule } from './identity.ts';

export interface FileRow {
  /** Its package; what a run over all documents at once says of it is another part. */
  readonly part: string;
  readonly successes: number;
  readonly instances: readonly Instance[];
  /** Messages, good or bad. */
  readonly records: number;
  readonly rejections: readonly Omit<Rejection, 'file'>[];
}

interface RowOptions {
  readonly scope: string;
  readonly owner: string;
  readonly context: ReadContext;
}

const lists = [
  ['failures', 'fail', 'enforce'],
  ['warnings', 'fail', 'warn'],
  ['exceptions', 'excepted', 'enforce'],
  ['skipped', 'skip', 'enforce'],
] as const satisfies readonly (readonly [string, Outcome, Enforcement])[];

export function readRow(row: JsonObject, { scope, owner, context }: RowOptions): FileRow {
  const filename = String(row.filename);
  const namespace = wordOf(row.namespace, 300) ?? 'main';
  const part = filename === 'Combined' ? `${namespace} combined` : namespace;
  const instances: Instance[] = [];
  const rejections: Omit<Rejection, 'file'>[] = [];
  let records = 0;
  for (const [list, outcome, usual] of lists)
    for (const [index, item] of listOf(row[list]).entries()) {
      records += 1;
      const message = isObject(item) ? wordOf(item.msg) : undefined;
      if (message === undefined || !isObject(item)) {
        rejections.push({ line: index + 1, reason: 'missing_message', field: `${filename.slice(0, 100)}.${list}` });
        continue;
      }
      const metadata = objectOf(item.metadata);
      const said = wordOf(metadata.severity, 50) ?? wordOf(objectOf(metadata.details).severity, 50);
      const file = conftestFile(filename);
      const query = wordOf(metadata.query) ?? `data.${namespace}.${list}`;
      const isExcepted = outcome === 'excepted';
      const title = wordOf(metadata.title, 300) ?? wordOf(metadata.description, 300);
      const url = wordOf(metadata.url) ?? wordOf(metadata.link);
      const line = objectOf(item.loc).line;
      instances.push({
        result: {
          policy: isExcepted ? `${namespace}/${exceptedRule(message)}` : conftestPolicy({ query, message, metadata }),
          ...(title === undefined ? {} : { title }),
          resource: `${scope}/${isExcepted ? file : conftestResource(filename, message, metadata)}`,
          ...{ part, outcome, severity: severityOf(said), originalSeverity: said ?? '' },
          ...{ enforcement: context.place.enforcement ?? usual, owner, message },
          location: typeof line === 'number' ? `${file}:${line}` : file,
          ...(url === undefined ? {} : { url }),
        },
        place: file,
      });
    }
  const successes = typeof row.successes === 'number' && row.successes > 0 ? Math.trunc(row.successes) : 0;
  return { part, successes, instances, records, rejections };
}
