/** A misconfiguration of Trivy's JSON as a result: of code by what it is of, of a cluster by its workload. */
import type { Outcome } from '../../../findings/report.ts';
import { type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import type { TrivyResource, TrivyResult } from '../../../formats/trivy/index.ts';
import type { Instance } from '../../identity.ts';
import { ownerOf } from '../../look.ts';
import type { ReadContext } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { subjectOf } from '../../subject.ts';
import { kubernetesResource } from '../../workload.ts';
import { policyOf } from './check.ts';

export interface Where {
  readonly scope: string;
  readonly part?: string;
  readonly context: ReadContext;
  readonly result: TrivyResult;
  /** Of a report of a cluster. */
  readonly resource?: TrivyResource & { readonly cluster: string };
}

const outcomes: Readonly<Record<string, Outcome>> = { FAIL: 'fail', PASS: 'pass', EXCEPTION: 'excepted' };

/** A reason where it can't be read. `statement`: why it was set aside. */
export function instanceOf(item: JsonObject, where: Where, statement?: string): Instance | string {
  const { scope, part, context, result, resource } = where;
  const policy = policyOf([item.AVDID, item.ID], item.Title);
  if (policy === undefined) return 'missing_rule';
  const status = wordOf(item.Status, 20) ?? 'FAIL';
  const outcome = Object.hasOwn(outcomes, status) ? outcomes[status]! : undefined;
  if (outcome === undefined) return 'status_unknown';
  const cause = objectOf(item.CauseMetadata);
  const message = statement ?? wordOf(item.Message);
  const file = relativePath(result.target);
  const named = wordOf(cause.Resource, 500) ?? subjectOf(wordOf(item.Message));
  const severity = wordOf(item.Severity, 50);
  const [title, url] = [wordOf(item.Title, 300), wordOf(item.PrimaryURL) ?? wordOf(listOf(item.References)[0])];
  return {
    result: {
      policy,
      resource: resource === undefined ? `${scope}/${named === '' ? file : named}` : kubernetesResource(resource),
      outcome: statement === undefined ? outcome : 'excepted',
      severity: severityOf(severity),
      originalSeverity: severity ?? '',
      enforcement: context.place.enforcement ?? 'audit',
      owner: resource === undefined ? ownerOf(context) : ownerIn(resource, context),
      ...(part === undefined ? {} : { part }),
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
      ...(file === ''
        ? {}
        : {
            location: `${file}${typeof cause.StartLine === 'number' && cause.StartLine > 0 ? `:${cause.StartLine}` : ''}`,
          }),
      ...(url === undefined ? {} : { url }),
    },
    place: resource === undefined ? file : '',
  };
}

const ownerIn = ({ cluster, namespace, name }: TrivyResource, context: ReadContext): string =>
  ownerOf(context, { ...(namespace === '' ? {} : { namespace }), resource: `${cluster}/${namespace}/${name}` });
