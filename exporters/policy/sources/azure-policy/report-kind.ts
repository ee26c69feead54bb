/**
 * Azure Policy in files and posts: answers of `queryResults` and `summarize`, and what `az policy state list` and
 * `az policy state summarize`, PowerShell and Resource Graph print. Where an answer says what it was asked of (`@odata.context`), that is its scope:
 * what was asked of a resource group says nothing of the subscription's others.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { placeAttributes } from '../../../findings/place.ts';
import type { Report } from '../../../findings/report.ts';
import { isObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { digestOf, faulty, ownerOf, rejection } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { gatherer } from './gather.ts';
import { asAnswer } from './printed.ts';
import { hasLost, readRow, rowsOf } from './row.ts';
import { countsOf, type DefinitionSummary, readSummary } from './summary.ts';
import { engine, idOf, provider, scopeOf, subscriptionOf } from './terms.ts';

export const azurePolicy: ReportKind = {
  kind: 'azure-policy',
  accepts: name => /\.json$/i.test(name),
  recognises,
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    const document = asAnswer(answerIn(read.value));
    const summary = isObject(document) ? readSummary(wrapped(document)) : undefined;
    if (summary !== undefined) return readNumbers(document, summary, { bytes, context });
    const isAnswer = isObject(document) && Array.isArray(document.value);
    if (!isAnswer && !Array.isArray(document)) return faulty('not_azure_policy');
    const rows = rowsOf(document);
    if (rows.length > 0 && !rows.some(isState)) return faulty('not_azure_policy');
    return readRows(document, rows, { bytes, context });
  },
};

const isState = (row: unknown): boolean => isObject(row) && 'policyAssignmentId' in row;

/** An answer without any state says what it was asked; a bare list without any may be another program's. */
function recognises(json: unknown): 'subscription' | undefined {
  const document = asAnswer(answerIn(json));
  if (isObject(document) && readSummary(wrapped(document)) !== undefined) return 'subscription';
  const rows = rowsOf(document);
  return rows.some(isState) || askedOf(document, rows).isKnown ? 'subscription' : undefined;
}

/** An answer as it was recorded: Azure's API specification keeps examples with what was asked. */
function answerIn(value: unknown): unknown {
  const { body } = objectOf(objectOf(objectOf(value).responses)['200']);
  return body ?? value;
}

/** `az policy state summarize` prints the summary alone. */
const wrapped = (document: Readonly<Record<string, unknown>>) =>
  'value' in document || !('policyAssignments' in document) ? document : { value: [document] };

interface Input {
  readonly bytes: Buffer;
  readonly context: ReadContext;
}

async function readRows(document: unknown, rows: readonly unknown[], { bytes, context }: Input): Promise<Reading> {
  const { place } = context;
  const breathe = breather();
  const rejections: Rejection[] = [];
  const gatherers = new Map<string, ReturnType<typeof gatherer>>();
  const attributes = placeAttributes(place);
  const asked = askedOf(document, rows);
  const whole = place.scope ?? asked.scope;
  if (whole !== undefined) gatherers.set(whole, gatherer({ attributes }));
  let records = 0;
  for (const [index, row] of rows.entries()) {
    if (breathe.due()) await breathe.now();
    records += 1;
    const { state, fault } = readRow(row);
    if (fault !== undefined) rejections.push(rejection(context, { line: index + 1, ...fault }));
    if (state === undefined) continue;
    const scope = whole ?? scopeOf(state.subscription);
    const one = gatherers.get(scope) ?? gatherer({ attributes });
    gatherers.set(scope, one);
    one.add(state);
  }
  const evaluatedAt = context.at.toISOString();
  const isPage = isObject(document) && wordOf(document['@odata.nextLink'], 10_000) !== undefined;
  const doubt = isPage ? 'further_pages' : hasLost(rejections) ? 'records_rejected' : undefined;
  const reports = [...gatherers].map(([scope, one]): Report => {
    const { results } = one.done();
    return {
      ...{ engine, scope, evaluatedAt, results },
      owner: ownerOf(context, { provider, sub_account: subscriptionIn(scope) }),
      ...(doubt === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason: doubt }),
      ...(asked.isAssignment ? { parts: [...new Set(results.map(({ part = '' }) => part))] } : {}),
      digest: digestOf(bytes, evaluatedAt, scope),
    };
  });
  if (reports.length === 0) return faulty('missing_scope');
  return { told: { reports }, records, rejections };
}

/** Kept apart from the list of the same subscription, which counts the same resources one by one. */
function readNumbers(document: unknown, summary: readonly DefinitionSummary[], { bytes, context }: Input): Reading {
  const asked = askedOf(document, listOf(objectOf(document).value));
  // What was asked of a management group counts resources of all its subscriptions, and is none of theirs.
  const subscriptions = new Set(summary.flatMap(({ assignment }) => subscriptionOf(assignment) ?? []));
  const [only] = asked.isKnown || subscriptions.size !== 1 ? [] : [...subscriptions].map(scopeOf);
  const scope = context.place.scope ?? asked.scope ?? only;
  if (scope === undefined) return faulty('missing_scope');
  const evaluatedAt = context.at.toISOString();
  const part = 'summary';
  const report: Report = {
    ...{ engine, scope, evaluatedAt, completeness: 'complete', parts: [part], results: [] },
    owner: ownerOf(context, { provider, sub_account: subscriptionIn(scope) }),
    counts: countsOf(summary, part),
    digest: digestOf(bytes, evaluatedAt, part),
  };
  return { told: { reports: [report] }, records: summary.length, rejections: [] };
}

const subscriptionIn = (scope: string): string => /^subscription:([^/]+)/.exec(scope)?.[1] ?? '';

interface Asked {
  /** Undefined where it is not said, or is a management group: then each subscription is a scope. */
  readonly scope?: string;
  /** Whether it is said at all. */
  readonly isKnown: boolean;
  /** Only what one assignment or definition says was asked for. */
  readonly isAssignment: boolean;
}

/** By `…/subscriptions/ID/providers/Microsoft.PolicyInsights/policyStates/$metadata#latest`. */
function askedOf(document: unknown, rows: readonly unknown[]): Asked {
  const first = objectOf(rows[0]);
  const said =
    wordOf(objectOf(document)['@odata.context'], 5000) ??
    wordOf(first['@odata.context'], 5000) ??
    wordOf(first.odatacontext, 5000) ??
    '';
  const path = /^https?:\/\/[^/]+(\/.*)\/providers\/microsoft\.policyinsights\/policystates\//i.exec(said)?.[1];
  if (path === undefined) return { isKnown: false, isAssignment: false };
  const [within = '', of] = idOf(path).split(/\/providers\/microsoft\.authorization\//);
  const isAssignment = of !== undefined;
  const subscription = subscriptionOf(within);
  if (subscription === undefined) return { isKnown: true, isAssignment };
  return {
    isKnown: true,
    scope: `${scopeOf(subscription)}${within.slice(`/subscriptions/${subscription}`.length)}`,
    isAssignment,
  };
}
