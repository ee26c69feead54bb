/**
 * gator's reports: what `gator test -o json` says of manifests before they are deployed, by the constraints that will judge
 * them in the cluster. A list, an object with `--stats`, `null` where nothing is violated. A run is taken for one over all
 * of its scope's manifests and constraints.
 */
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Enforcement } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { kubernetesResource } from '../../../vendors/kubernetes/workload.ts';
import type { Instance } from '../../identity.ts';
import { emptyOutput, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';

export const gator: ReportKind = {
  kind: 'gator',
  accepts: name => /\.json$/i.test(name),
  // `null` and an empty list are what others write, too.
  recognises: json => {
    const isWithStats = isObject(json) && 'results' in json && Array.isArray(json.stats);
    return isWithStats || listOf(resultsIn(json)).some(isViolation) ? 'repository' : undefined;
  },
  read: (bytes, context) => {
    const read = readJson(bytes);
    // A constraint without its template ends the run without a word on its output.
    if ('fault' in read) return read.fault === 'empty' ? emptyOutput('gator', bytes, context) : faulty(read.fault);
    const results = resultsIn(read.value);
    if (results === null) return readResults([], bytes, context);
    return Array.isArray(results) && (results.length === 0 || results.some(isViolation))
      ? readResults(results, bytes, context)
      : faulty('not_gator');
  },
};

const resultsIn = (value: unknown): unknown => (isObject(value) && 'results' in value ? value.results : value);

/** One is enough: a bad result among good ones is a rejection. */
const isViolation = (result: unknown): boolean =>
  isObject(result) && ('constraint' in result || 'violatingObject' in result);

function readResults(results: readonly unknown[], bytes: Buffer, context: ReadContext): Reading {
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const instances: Instance[] = [];
  const rejections: Reading['rejections'][number][] = [];
  for (const [index, item] of results.entries()) {
    const read = isObject(item) ? violationOf(item, scope, context) : 'not_a_result';
    if (typeof read !== 'string') instances.push(read);
    else rejections.push(rejection(context, { line: index + 1, reason: read }));
  }
  const evaluatedAt = context.at.toISOString();
  const report = wholeReport(context, { engine: 'gator', bytes, scope, evaluatedAt, instances });
  return { told: { reports: [withRejected(report, rejections.length)] }, records: results.length, rejections };
}

function violationOf(result: JsonObject, scope: string, context: ReadContext): Instance | string {
  const constraint = objectOf(result.constraint);
  const kind = wordOf(constraint.kind, 200);
  const name = wordOf(objectOf(constraint.metadata).name, 300);
  if (kind === undefined || name === undefined) return 'missing_constraint';
  const object = objectOf(result.violatingObject);
  const metadata = objectOf(object.metadata);
  const objectKind = wordOf(object.kind, 200);
  const objectName = wordOf(metadata.name, 300) ?? wordOf(metadata.generateName, 300);
  if (objectKind === undefined || objectName === undefined) return 'missing_resource';
  const namespace = wordOf(metadata.namespace, 300);
  const labels = objectOf(metadata.labels);
  const named = { cluster: '', kind: objectKind, name: objectName, ...(namespace === undefined ? {} : { namespace }) };
  const message = wordOf(result.msg)?.replace(/^\[Implied by [^\]]*\] /, '');
  return {
    result: {
      policy: `${kind}/${name}`,
      // Within the repository, and not yet in any cluster.
      resource: `${scope}/${kubernetesResource(named).slice('k8s:/'.length)}`,
      outcome: 'fail',
      severity: 'unknown',
      originalSeverity: '',
      enforcement: enforcementOf(result),
      owner: ownerOf(context, {
        ...(namespace === undefined ? {} : { namespace }),
        ...(isObject(metadata.labels) ? { tags: wordsOf(labels) } : {}),
      }),
      ...(message === undefined ? {} : { message }),
      location: `${objectKind}/${objectName}`,
    },
    place: '',
  };
}

const wordsOf = (labels: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );

const actions: Readonly<Record<string, Enforcement>> = { deny: 'enforce', warn: 'warn', dryrun: 'dryrun' };

/** A scoped constraint has an action for each enforcement point; the strongest counts. None in the spec is deny. */
function enforcementOf({ enforcementAction, scopedActions }: JsonObject): Enforcement {
  if (enforcementAction !== 'scoped') return actions[wordOf(enforcementAction) ?? 'deny'] ?? 'audit';
  const given = listOf(scopedActions);
  for (const action of ['deny', 'warn', 'dryrun']) if (given.includes(action)) return actions[action]!;
  return 'audit';
}
