/** One framework's part of a report of Checkov: terraform, kubernetes, dockerfile, secrets, … */
import type { Breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { Outcome, Result, ResultCount } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import { type Instance, numbered } from '../../identity.ts';
import { ownerOf, rejection } from '../../look.ts';
import type { ReadContext } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { checkovSeverity } from './severities.ts';

export interface PartReading {
  readonly results: readonly Result[];
  readonly counts: readonly ResultCount[];
  readonly records: number;
  readonly rejections: readonly Rejection[];
  readonly parsingErrors: number;
  /** Whether it counts more that failed than it lists. */
  readonly isCut: boolean;
  /** Whether the report tells of skipped checks at all; `--quiet` leaves them out. */
  readonly hasSkips: boolean;
}

export interface PartOptions {
  readonly scope: string;
  readonly checkType: string;
  readonly context: ReadContext;
  readonly breathe: Breather;
}

const lists = [
  ['failed_checks', 'fail'],
  ['skipped_checks', 'excepted'],
  ['passed_checks', 'pass'],
] as const satisfies readonly (readonly [string, Outcome])[];

export async function readPart(part: JsonObject, options: PartOptions): Promise<PartReading> {
  const { context, checkType, breathe } = options;
  const results = objectOf(part.results);
  const summary = objectOf(part.summary);
  const instances: Instance[] = [];
  const rejections: Rejection[] = [];
  let records = 0;
  for (const [list, outcome] of lists)
    for (const [index, item] of listOf(results[list]).entries()) {
      if (breathe.due()) await breathe.now();
      records += 1;
      const read = isObject(item) ? readCheck(item, outcome, options) : 'not_a_check';
      if (typeof read !== 'string') instances.push(read);
      else rejections.push(rejection(context, { line: index + 1, reason: read, field: `${checkType}.${list}` }));
    }
  // With --quiet it lists what failed, and counts what passed.
  const passed = typeof summary.passed === 'number' && !('passed_checks' in results) ? summary.passed : 0;
  const enforcement = context.place.enforcement ?? 'audit';
  const counted = { policy: '', part: checkType, outcome: 'pass', severity: 'unknown', enforcement } as const;
  return {
    results: numbered(instances),
    counts: passed > 0 ? [{ ...counted, owner: ownerOf(context), count: passed }] : [],
    records,
    rejections,
    parsingErrors: listOf(results.parsing_errors).length || Number(summary.parsing_errors) || 0,
    isCut: Number(summary.failed) > listOf(results.failed_checks).length,
    hasSkips: 'skipped_checks' in results,
  };
}

function readCheck(check: JsonObject, outcome: Outcome, { scope, checkType, context }: PartOptions): Instance | string {
  const policy = wordOf(check.check_id, 200);
  if (policy === undefined) return 'missing_check';
  const file = relativePath(wordOf(check.repo_file_path) ?? wordOf(check.file_path) ?? '');
  const named = wordOf(check.resource, 500);
  // A Dockerfile's own resource is its path.
  const resource = named === undefined ? file : named.replace(/^\/+/, '');
  if (resource === '') return 'missing_resource';
  const [line] = listOf(check.file_line_range);
  const title = wordOf(check.check_name, 300);
  const comment = outcome === 'excepted' ? wordOf(objectOf(check.check_result).suppress_comment) : undefined;
  const said = wordOf(check.severity, 50);
  const url = wordOf(check.guideline);
  return {
    result: {
      policy,
      ...(title === undefined ? {} : { title }),
      resource: `${scope}/${resource}`,
      part: checkType,
      outcome: wordOf(objectOf(check.check_result).result) === 'UNKNOWN' ? 'error' : outcome,
      severity: said === undefined ? checkovSeverity(policy) : severityOf(said),
      originalSeverity: said ?? '',
      enforcement: context.place.enforcement ?? 'audit',
      owner: ownerOf(context, tagsOf(check.entity_tags)),
      ...(comment === undefined ? {} : { message: comment }),
      ...(file === '' ? {} : { location: typeof line === 'number' && line > 0 ? `${file}:${line}` : file }),
      ...(url === undefined ? {} : { url }),
    },
    place: file,
  };
}

/** Tags that may say whose a resource is; not those that change with every commit, or that are still expressions. */
function tagsOf(given: unknown): { readonly tags?: Readonly<Record<string, string>> } {
  const tags = Object.entries(objectOf(given)).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' &&
    owning.test(key) &&
    /^[^$\n]{1,100}$/.test(value) &&
    !/\b(?:var|local|data|module)\./.test(value)
      ? [[key, value]]
      : [],
  );
  return tags.length === 0 ? {} : { tags: Object.fromEntries(tags) };
}

const owning = /team|owner|service|app|component|product|environment|^env$|stage|cost|squad|domain|project|department/i;
