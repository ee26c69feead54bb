/** Azure Policy: states with their summary (Microsoft.PolicyInsights 2024-10-01), assignments, definitions, exemptions, Activity Log. */
import { assignmentId, assignments, denials, exemptions, policyStates, subscription, titles } from '../policy/azure.ts';
import type { Vendor } from './vendor.ts';

const prefix = `/subscriptions/${subscription}/providers`;

export const azurePolicyAnswer: Vendor = ({ url, until, story }) => {
  const path = decodeURIComponent(url.pathname);
  if (path === `${prefix}/Microsoft.PolicyInsights/policyStates/latest/queryResults`) {
    const value = policyStates(until, story);
    return ok({ '@odata.count': value.length, '@odata.nextLink': null, value });
  }
  if (path === `${prefix}/Microsoft.PolicyInsights/policyStates/latest/summarize`)
    return ok({ value: [summary(policyStates(until, story))] });
  if (path === `${prefix}/Microsoft.Authorization/policyAssignments`) return ok({ value: assignments });
  if (path === `${prefix}/Microsoft.Authorization/policyExemptions`) return ok({ value: exemptions(until, story) });
  if (path === `${prefix}/Microsoft.Insights/eventtypes/management/values`) {
    const [since = '', to = ''] = [...(url.searchParams.get('$filter') ?? '').matchAll(/'([^']+)'/g)].map(
      ([, at]) => at,
    );
    const end = new Date(Math.min(Date.parse(to), until.getTime()));
    return ok({ value: denials({ from: new Date(since), until: end }), nextLink: null });
  }
  const definition = /^\/providers\/Microsoft\.Authorization\/policyDefinitions\/([^/]+)$/i.exec(path)?.[1];
  const title = definition === undefined ? undefined : titles[definition.toLowerCase()];
  return title === undefined ? undefined : ok({ id: path, properties: { displayName: title, policyType: 'BuiltIn' } });
};

const ok = (body: unknown) => ({ status: 200, body });

function summary(rows: ReturnType<typeof policyStates>) {
  const policyAssignments = Object.keys(titles).map(definition => {
    const own = rows.filter(({ policyDefinitionName }) => policyDefinitionName === definition);
    const violated = own.filter(({ complianceState }) => complianceState === 'NonCompliant').length;
    const results = { nonCompliantResources: violated, nonCompliantPolicies: violated > 0 ? 1 : 0 };
    return {
      ...{ policyAssignmentId: assignmentId(definition), policySetDefinitionId: '', results },
      policyDefinitions: [
        {
          policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
          ...{ policyDefinitionReferenceId: '', effect: String(own[0]?.policyDefinitionAction ?? 'audit'), results },
        },
      ],
    };
  });
  return { results: {}, policyAssignments };
}
