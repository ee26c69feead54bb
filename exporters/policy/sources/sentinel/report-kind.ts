/**
 * Saved answers of HCP Terraform: policy checks, policy evaluations, and outcomes of policy sets, one or a list. They name
 * no workspace: it is the place's scope. Outcomes carry no time either: it is the file's or the post's.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Report, Told } from '../../../findings/report.ts';
import { isObject, objectOf, readJson } from '../../../formats/json.ts';
import { evaluatedAt, faulty, ownerOf, rejection } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { mergedTold } from '../../told.ts';
import { checkPart, readCheck } from './checks.ts';
import { outcomePart, readEvaluation, readSetOutcome } from './evaluations.ts';
import { countsOf, digestOf, doubtIn, exceptionsOf, resultsOf } from './tell.ts';
import type { Evaluation } from './verdict.ts';

export const sentinel: ReportKind = {
  kind: 'sentinel',
  accepts: name => /\.json$/i.test(name),
  recognises: json => (itemsIn(json).some(isItem) ? 'repository' : undefined),
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    const items = itemsIn(read.value);
    if (!isObject(read.value) || !('data' in read.value) || !items.every(isItem)) return faulty('not_hcp_terraform');
    const scope = scopeOfPlace(context.place);
    if (scope === undefined) return faulty('missing_scope');
    return readItems(items, { context, scope });
  },
};

const types = ['policy-checks', 'policy-evaluations', 'policy-set-outcomes'];
const isItem = (one: unknown): boolean => isObject(one) && types.some(known => known === one.type);

function itemsIn(value: unknown): readonly unknown[] {
  const { data } = objectOf(value);
  return Array.isArray(data) ? data : [data];
}

interface Placed {
  readonly context: ReadContext;
  readonly scope: string;
}

function readItems(items: readonly unknown[], { context, scope }: Placed): Reading {
  const rejections: Rejection[] = [];
  const evaluations: Evaluation[] = [];
  for (const [index, item] of items.entries()) {
    const read = readCheck(item) ?? readEvaluation(item) ?? outcomesAsEvaluation(item);
    if (read === undefined || read.state === 'open')
      rejections.push(
        rejection(context, { line: index + 1, reason: read === undefined ? 'unknown_status' : 'not_done' }),
      );
    else if (read.state !== 'nothing') evaluations.push(read);
  }
  // An organization's and a workspace's check are one look; each set of outcomes is one of its own.
  const looks = Map.groupBy(evaluations, ({ engine, part }) => `${engine}\n${part}`);
  const told = mergedTold([...looks.values()].map(look => toldOfLook(look, { context, scope })));
  return { told, records: items.length, rejections };
}

function outcomesAsEvaluation(item: unknown): Evaluation | undefined {
  const outcome = readSetOutcome(item);
  if (outcome === undefined) return undefined;
  const { set, engine, verdicts, error } = outcome;
  return {
    ...{ id: outcomePart(set), engine, part: outcomePart(set), verdicts, tallies: [] },
    state: error !== undefined && verdicts.length === 0 ? 'failed' : 'told',
    ...(error === undefined ? {} : { partial: 'policy_error' }),
  };
}

function toldOfLook(look: readonly Evaluation[], { context, scope }: Placed): Told {
  const { engine, part } = look[0]!;
  const at = evaluatedAt(
    look
      .flatMap(one => one.at ?? [])
      .sort()
      .at(-1),
    context,
  );
  const subject = { scope, owner: ownerOf(context), at };
  const told = look.filter(({ state }) => state !== 'failed');
  const doubt = doubtIn(look);
  const report: Report = {
    ...{ engine, scope, owner: subject.owner, evaluatedAt: at, parts: [part] },
    ...(told.length === 0
      ? { completeness: 'failed', reason: 'policy_error' }
      : doubt === undefined
        ? { completeness: 'complete' }
        : { completeness: 'partial', reason: doubt }),
    results: told.flatMap(one => resultsOf(one, subject)),
    counts: told.flatMap(one => countsOf(one, subject)),
    digest: digestOf(engine, scope, at, JSON.stringify(look)),
  };
  const exceptions = told.flatMap(one => exceptionsOf(one, subject, {}));
  return {
    reports: [report],
    // Only checks say that they were overridden: without any, earlier overrides are over.
    ...(part === checkPart ? { exceptions: [{ engine, scope, readAt: at, exceptions }] } : {}),
  };
}
