/**
 * Exemptions as exceptions (Microsoft.Authorization/policyExemptions 2022-07-01-preview). An expired one stays where it is
 * and holds nothing back any more; one that names references is for those definitions of an initiative alone.
 */
import { ownerText } from '../../../catalog/keys.ts';
import type { Exception, ExceptionList, Result } from '../../../findings/report.ts';
import { type JsonObject, objectOf, wordOf } from '../../../formats/json.ts';
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { type Assignment, linesOf, listed } from './ask.ts';
import { assignmentOfPart, engine, idOf, partOf, provider, scopeOf, subscriptionOf } from './terms.ts';

export interface ExemptionContext {
  readonly subscription: string;
  readonly readAt: string;
  readonly assignments: ReadonlyMap<string, Assignment>;
  /** Of the same look. */
  readonly results: readonly Result[];
  /** Policies by part, whatever their outcome. */
  readonly policyOfPart: ReadonlyMap<string, string>;
}

const listUrl = (subscription: string) =>
  `subscriptions/${subscription}/providers/Microsoft.Authorization/policyExemptions?api-version=2022-07-01-preview`;

export const readExemptions = async (arm: ArmClient, context: ExemptionContext): Promise<ExceptionList> => ({
  ...{ engine, scope: scopeOf(context.subscription), readAt: context.readAt },
  exceptions: (await listed(arm, listUrl(context.subscription))).flatMap(exemption => exceptionsOf(exemption, context)),
});

/** One for each policy that it is for; `*` for all of an initiative. */
export function exceptionsOf(exemption: JsonObject, context: ExemptionContext): readonly Exception[] {
  const id = idOf(wordOf(exemption.id, 2000) ?? '');
  if (id === '') return [];
  const properties = objectOf(exemption.properties);
  const { createdBy, createdAt } = objectOf(exemption.systemData);
  const metadata = objectOf(properties.metadata);
  const within = id.split('/providers/microsoft.authorization/policyexemptions/')[0] ?? '';
  const assignment = idOf(wordOf(properties.policyAssignmentId, 2000) ?? '');
  const references = linesOf(properties.policyDefinitionReferenceIds);
  const category = wordOf(properties.exemptionCategory, 50)?.toLowerCase();
  const words = wordOf(properties.description, 500) ?? wordOf(properties.displayName, 300);
  const reason = [category, words].filter(word => word !== undefined).join(': ');
  const approvedBy =
    wordOf(metadata.approvedBy, 200) ?? wordOf(metadata.requestedBy, 200) ?? wordOf(createdBy, 200) ?? '';
  const exempt = context.results.filter(
    ({ outcome, part = '', resource }) =>
      outcome === 'excepted' && assignmentOfPart(part) === assignment && isWithin(resource, within),
  );
  const applied = (policy: string) => exempt.some(result => policy === '*' || result.policy === policy);
  const isOfResource = /\/providers\//.test(within.replace(/^\/providers\/microsoft\.management\/.*/, ''));
  return policiesOf({ assignment, references }, context).map(policy => ({
    ...{ exception: id, policy, reason, approvedBy, resource: patternOf(within, isOfResource) },
    ...timesOf({ createdAt, expiresAt: properties.expiresOn }),
    isApplied: applied(policy),
    owner: ownerText({
      ...{ provider, sub_account: subscriptionOf(within) ?? context.subscription },
      ...(isOfResource || /\/resourcegroups\//.test(within) ? { resource: within } : {}),
    }),
  }));
}

const isWithin = (resource: string, scope: string): boolean =>
  scope.startsWith('/providers/microsoft.management/') || resource === scope || resource.startsWith(`${scope}/`);

/** '' for the whole subscription, or what is above it. */
const patternOf = (within: string, isOfResource: boolean): string =>
  isOfResource ? within : /\/resourcegroups\//.test(within) ? `${within}/*` : '';

function policiesOf(
  { assignment, references }: { readonly assignment: string; readonly references: readonly string[] },
  { assignments, policyOfPart }: ExemptionContext,
): readonly string[] {
  const known = assignments.get(assignment);
  if (known !== undefined && !known.isInitiative) return [known.definition];
  if (references.length === 0) return ['*'];
  // A definition that nothing was said of can't be told by its reference alone.
  return [...new Set(references.map(reference => policyOfPart.get(partOf(assignment, reference)) ?? reference))];
}

function timesOf(said: { readonly createdAt: unknown; readonly expiresAt: unknown }) {
  const times = Object.entries(said).flatMap(([name, value]) => {
    const time = Date.parse(wordOf(value, 50) ?? '');
    return Number.isNaN(time) ? [] : [[name, new Date(time).toISOString()]];
  });
  return Object.fromEntries(times) as Partial<Pick<Exception, 'createdAt' | 'expiresAt'>>;
}
