/**
 * Gatekeeper in files and posts: lines of the audit's log (one report for each run), of requests that were refused
 * (`--log-denies`), messages of its export, and constraints with their templates as `kubectl get -o yaml|json` prints them.
 */
import { createHash } from 'node:crypto';
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { Block, Report, Told } from '../../../findings/report.ts';
import { isObject, readJson, textsOf } from '../../../formats/json.ts';
import { faulty } from '../../look.ts';
import type { Piece, ReadContext, Reading, ReportKind } from '../../reading.ts';
import { readDocuments } from '../policyreport/document.ts';
import {
  type Constraint,
  isConstraint,
  isTemplate,
  readConstraint,
  readTemplate,
  type Template,
} from './constraint.ts';
import { type Denial, entryOf } from './entry.ts';
import { type BrokenLine, isLines, type ReadLine, readDocument, readLines, type Take } from './lines.ts';
import { type Gathered, gathering, isWhole, runReport, unlistedKinds } from './runs.ts';
import { policyList, statusReports } from './status.ts';
import { enforcementOf, engine, subjectOf, type World, worldOf } from './violation.ts';
import { weigh } from './weigh.ts';

export const gatekeeper: ReportKind = {
  kind: 'gatekeeper',
  accepts: name => /\.(log|txt|json|jsonl|ndjson|ya?ml)(\.\d+|[.-]\d{8}([T-]?\d+)?)?(\.gz)?$/i.test(name),
  grows: true,
  words: ['gatekeeper', 'audit_id', 'constraint_kind'],
  isPrinted: true,
  read,
  weigh,
};

interface Sorted {
  readonly audits: Gathered;
  readonly denials: Denial[];
  readonly constraints: Constraint[];
  readonly templates: Template[];
  readonly rejections: Rejection[];
  records: number;
  /** Gatekeeper's, whether or not there is anything to tell of it. */
  known: number;
  broken: number;
}

async function read(bytes: Buffer, context: ReadContext): Promise<Reading> {
  const texts = await textsOf(bytes);
  if (texts === undefined) return faulty('not_text');
  // A log that has just been rotated tells nothing yet.
  if (texts.every(text => text.trim() === '')) return { told: {}, records: 0, rejections: [] };
  const world = worldOf(context.place);
  if (world === undefined) return faulty('missing_scope');
  const into: Sorted = {
    ...{ audits: gathering(world), denials: [], constraints: [], templates: [], rejections: [] },
    ...{ records: 0, known: 0, broken: 0 },
  };
  let objects = 0;
  const isList = await readObjects(bytes, texts, line => {
    objects += 1;
    sort(line, into, context);
  });
  const { broken } = into;
  // What kubectl prints where there is no constraint.
  if (isList && objects === 0)
    return { told: {}, records: 0, rejections: [], nothingIn: { scope: world.scope, at: context.at.toISOString() } };
  if (into.known === 0) return faulty(broken > 0 ? 'not_json' : 'not_gatekeeper');
  const isDoubtful = broken > 0;
  const breathe = breather();
  const reports: Report[] = [];
  const pieces: Piece[] = [];
  for (const run of into.audits.runs()) {
    if (breathe.due()) await breathe.now();
    const isExport = run.lines.every(({ origin }) => origin === 'export');
    // The log's totals tell what a broken line takes; an export has none.
    const own = isDoubtful && isExport ? { ...run, lines: [...run.lines, doubt] } : run;
    const report = runReport(own);
    if (isWhole(own) && unlistedKinds(own).length === 0) reports.push(report);
    else pieces.push({ report: { ...report, ...(isWhole(own) ? notYet : {}) }, body: own });
  }
  const { constraints, templates, records, rejections } = into;
  const isAll = isList && (templates.length > 0 || new Set(constraints.map(({ kind }) => kind)).size > 1);
  const told: Told = {
    reports: [...reports, ...statusReports(constraints, templates, world)],
    ...(isAll
      ? { policies: [policyList(constraints, templates, { scope: world.scope, readAt: context.at.toISOString() })] }
      : {}),
    blocks: into.denials.map(denial => blockOf(denial, world)),
  };
  return { told, ...(pieces.length > 0 ? { pieces } : {}), records, rejections };
}

const doubt = { type: 'incomplete', origin: 'export', digest: 'records_rejected', reason: 'records_rejected' } as const;
const notYet = { completeness: 'partial', reason: 'objects_not_listed' } as const;

/** Tells the objects of a log, or of what kubectl printed; returns whether it was a list. */
async function readObjects(bytes: Buffer, texts: readonly string[], take: Take): Promise<boolean> {
  const [text = ''] = texts;
  if (/^\s*(#.*\n\s*)*(---|apiVersion:|kind:|items:|metadata:|- apiVersion:)/.test(text)) {
    const { objects, broken, emptyLists } = await readDocuments(bytes);
    for (const one of broken) take(one);
    for (const [index, { object }] of objects.entries()) take({ line: index + 1, value: object });
    return objects.some(({ list }) => list !== undefined) || emptyLists.length > 0;
  }
  // To try a log as one document would decode all of it once more, at once.
  const document = /^\s*[{[]/.test(text) && !isLines(texts) ? readJson(bytes) : undefined;
  if (document && 'value' in document) {
    readDocument(document.value, take);
    return isObject(document.value) && String(document.value.kind).endsWith('List');
  }
  await readLines(texts, take);
  return false;
}

function sort(read: ReadLine | BrokenLine, into: Sorted, { file, now }: ReadContext): void {
  if ('reason' in read) {
    into.records += 1;
    into.broken += 1;
    into.rejections.push({ file, ...read });
    return;
  }
  const { line, value } = read;
  const reject = (reason: string, more: Partial<Rejection> = {}) =>
    into.rejections.push({ file, line, reason, ...more });
  if (isConstraint(value) || isTemplate(value)) {
    into.records += 1;
    into.known += 1;
    const constraint = isConstraint(value) ? readConstraint(value) : undefined;
    const template = isTemplate(value) ? readTemplate(value) : undefined;
    if (constraint) into.constraints.push(constraint);
    else if (template) into.templates.push(template);
    else reject('shape_unknown', { value: `${value.apiVersion} ${value.kind}`.slice(0, 200) });
    if (constraint && constraint.rejected > 0)
      reject('bad_violations', { field: 'status.violations', value: `${constraint.policy}: ${constraint.rejected}` });
    return;
  }
  const entry = entryOf(read);
  if (entry === undefined) return;
  into.known += 1;
  if (entry.type === 'other') return;
  into.records += 1;
  if (entry.type === 'broken') reject(entry.reason, { field: entry.field, value: entry.value });
  else if (entry.type === 'denial') into.denials.push(entry);
  // Clocks differ; an audit that is further ahead would keep every later one from being the newest.
  else if (Date.parse(entry.run) > now.getTime() + 24 * 3_600_000)
    reject('audit_to_come', { field: 'audit_id', value: entry.run });
  else into.audits.take(entry);
}

function blockOf({ id, at, violation }: Denial, world: World): Block {
  const { policy, message } = violation;
  return {
    id: createHash('sha256')
      .update(JSON.stringify([world.scope, ...id]))
      .digest('hex')
      .slice(0, 32),
    ...{ engine, scope: world.scope, policy, ...subjectOf(world, violation), at },
    enforcement: enforcementOf(violation, world.place),
    ...(message === undefined ? {} : { message }),
  };
}
