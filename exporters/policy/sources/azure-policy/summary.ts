/**
 * Summaries of policy states. A resource counts once at every level (531 of an assignment may be 531, 531, 220 and 54 of
 * its definitions), so that no level is the sum of another: only the lowest is read, an assignment's definition.
 */
import { ownerText } from '../../../catalog/keys.ts';
import type { Outcome, ResultCount } from '../../../findings/report.ts';
import { type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { enforcementOf, idOf, nameOf, outcomeOf, partOf, provider, subscriptionOf } from './terms.ts';

export interface DefinitionSummary {
  readonly policy: string;
  readonly assignment: string;
  readonly part: string;
  readonly effect: string;
  /** Distinct resources by what was found of them. */
  readonly resources: ReadonlyMap<Outcome, number>;
}

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Undefined where it is no summary. */
export function readSummary(document: JsonObject): readonly DefinitionSummary[] | undefined {
  const summaries = listOf(document.value).map(objectOf);
  if (summaries.length === 0 || !summaries.every(({ policyAssignments }) => Array.isArray(policyAssignments)))
    return undefined;
  return summaries
    .flatMap(({ policyAssignments }) => listOf(policyAssignments).map(objectOf))
    .flatMap(one => {
      const assignment = idOf(wordOf(one.policyAssignmentId, 2000) ?? '');
      return listOf(one.policyDefinitions)
        .map(objectOf)
        .flatMap(definition => {
          const policy = nameOf(wordOf(definition.policyDefinitionId, 2000) ?? '');
          if (policy === '') return [];
          return {
            ...{ policy, assignment, effect: wordOf(definition.effect, 100) ?? '' },
            part: partOf(assignment, wordOf(definition.policyDefinitionReferenceId) ?? ''),
            resources: resourcesOf(objectOf(definition.results)),
          };
        });
    });
}

function resourcesOf(results: JsonObject): ReadonlyMap<Outcome, number> {
  const resources = new Map<Outcome, number>();
  for (const detail of listOf(results.resourceDetails).map(objectOf)) {
    const outcome = outcomeOf(wordOf(detail.complianceState, 100) ?? '');
    const count = countOf(detail.count);
    if (outcome !== undefined && count !== undefined) resources.set(outcome, (resources.get(outcome) ?? 0) + count);
  }
  const violated = countOf(results.nonCompliantResources);
  if (!resources.has('fail') && violated !== undefined && violated > 0) resources.set('fail', violated);
  return resources;
}

/** Numbers alone, where there is no list. */
export const countsOf = (summaries: readonly DefinitionSummary[], part: string): readonly ResultCount[] =>
  summaries.flatMap(({ policy, assignment, effect, resources }) =>
    [...resources].map(([outcome, count]) => ({
      ...{ policy, part, outcome, count, severity: 'unknown' as const, enforcement: enforcementOf(effect, true) },
      owner: ownerText({ provider, sub_account: subscriptionOf(assignment) ?? '' }),
    })),
  );
