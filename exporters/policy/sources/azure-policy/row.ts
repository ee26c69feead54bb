/** One row of policy states: what one assignment says of one resource (Microsoft.PolicyInsights 2024-10-01). */
import type { Rejection } from '../../../core/rejections.ts';
import type { Outcome } from '../../../findings/report.ts';
import { isObject, listOf, wordOf } from '../../../formats/json.ts';
import { idOf, nameOf, outcomeOf, partOf, subscriptionOf } from './terms.ts';

export interface StateRow {
  /** In lower case, as all ids here. */
  readonly subscription: string;
  readonly resource: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The definition's name: it stays when the definition is assigned anew, or comes into an initiative. */
  readonly policy: string;
  readonly definition: string;
  readonly assignment: string;
  readonly assignmentName: string;
  readonly initiative: string;
  readonly part: string;
  readonly effect: string;
  readonly outcome: Outcome;
}

type Fault = Omit<Rejection, 'file' | 'line'>;

/** Neither: there is nothing to say of it. Both: a state that is new to us, of which no more than that is known. */
export interface ReadRow {
  readonly state?: StateRow;
  readonly fault?: Fault;
}

/** The columns that are read, so that no more is sent. */
export const columns = [
  ...['timestamp', 'resourceId', 'policyAssignmentId', 'policyDefinitionId', 'isCompliant', 'subscriptionId'],
  ...['resourceLocation', 'resourceTags', 'policyAssignmentName', 'policyDefinitionName', 'policyDefinitionAction'],
  ...['policySetDefinitionName', 'policyDefinitionReferenceId', 'complianceState'],
];

/** An effect `disabled` is no rejection, and no row either. */
export function readRow(row: unknown): ReadRow {
  if (!isObject(row)) return { fault: { reason: 'not_an_object', value: JSON.stringify(row)?.slice(0, 100) ?? '' } };
  const id = wordOf(row.resourceId, 2000);
  if (id === undefined) return { fault: { reason: 'missing_resource', field: 'resourceId' } };
  const definition = wordOf(row.policyDefinitionId, 2000) ?? wordOf(row.policyDefinitionName);
  if (definition === undefined) return { fault: { reason: 'missing_policy', field: 'policyDefinitionId', value: id } };
  const effect = wordOf(row.policyDefinitionAction, 100)?.toLowerCase() ?? '';
  if (effect === 'disabled') return {};
  const said = wordOf(row.complianceState, 100) ?? (row.isCompliant === false ? 'NonCompliant' : undefined);
  const word = said ?? (row.isCompliant === true ? 'Compliant' : '');
  const outcome = outcomeOf(word);
  const assignment = idOf(wordOf(row.policyAssignmentId, 2000) ?? '');
  const resource = idOf(id);
  const state: StateRow = {
    ...{ resource, effect, assignment, outcome: outcome ?? 'skip' },
    subscription: (wordOf(row.subscriptionId, 100) ?? subscriptionOf(resource) ?? '').toLowerCase(),
    location: wordOf(row.resourceLocation, 100) ?? '',
    tags: tagsOf(row.resourceTags),
    policy: nameOf(definition),
    definition: definition.startsWith('/') ? definition : '',
    assignmentName: wordOf(row.policyAssignmentName) ?? nameOf(assignment),
    initiative: wordOf(row.policySetDefinitionName) ?? '',
    part: partOf(assignment, wordOf(row.policyDefinitionReferenceId) ?? ''),
  };
  if (outcome !== undefined) return { state };
  return { state, fault: { reason: 'unknown_compliance_state', field: 'complianceState', value: word } };
}

/** Of a list with a row that says neither of what it is nor by which policy: what is missing from it may be that one. */
export const hasLost = (rejections: readonly Fault[]): boolean =>
  rejections.some(({ reason }) => reason !== 'unknown_compliance_state');

/** A column of text that holds JSON, where it holds any: Azure also writes `tbd`. */
function tagsOf(said: unknown): Readonly<Record<string, string>> {
  if (typeof said !== 'string' || !said.trim().startsWith('{') || said.length > 50_000) return {};
  try {
    const tags: unknown = JSON.parse(said);
    return isObject(tags)
      ? Object.fromEntries(
          Object.entries(tags).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
        )
      : {};
  } catch {
    return {};
  }
}

/** The rows of an answer, of a file that holds one, or of `az policy state list`. */
export const rowsOf = (document: unknown): readonly unknown[] =>
  Array.isArray(document) ? document : isObject(document) ? listOf(document.value) : [];
