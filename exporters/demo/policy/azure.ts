/**
 * Azure Policy in the subscription of the mobile and identity teams: rows as `queryResults` gives them. A job keeps them
 * on Mondays, and of the newest days the API itself tells.
 */
import { chance, dayMs } from '../chance.ts';
import { accounts, services } from '../world.ts';
import { episodesOf, isOpen, mondays, type Span } from './story.ts';

export const subscription = accounts.Microsoft.subAccounts.production;

/** Built-in definitions by kinds of resources, each with its effect. */
const definitions: Readonly<Record<string, readonly (readonly [id: string, effect: string])[]>> = {
  'Microsoft.Storage/storageAccounts': [
    ['4fa4b6c0-31ca-4c0d-b10d-24b96f62a751', 'audit'],
    ['404c3081-a854-4457-ae30-26a93ef643f9', 'deny'],
    ['fe83a0eb-a853-422d-aac2-1bffd182c5d0', 'audit'],
    ['4733ea7b-a883-42fe-8cac-97454c2a9e4a', 'audit'],
  ],
  'Microsoft.DBforPostgreSQL/servers': [
    ['b52376f7-9612-48a1-81cd-1ffe4b61032c', 'audit'],
    ['d158790f-bfb0-486c-8631-2dc6b4e8e6af', 'deny'],
  ],
  'Microsoft.Network/networkInterfaces': [['83a86a26-fd1f-447c-b59d-e51f44264114', 'deny']],
  '*': [['871b6d14-10aa-478d-b590-94f262ecfa99', 'deny']],
};

export const titles: Readonly<Record<string, string>> = {
  '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751': 'Storage account public access should be disallowed',
  '404c3081-a854-4457-ae30-26a93ef643f9': 'Secure transfer to storage accounts should be enabled',
  'fe83a0eb-a853-422d-aac2-1bffd182c5d0': 'Storage accounts should have the specified minimum TLS version',
  '4733ea7b-a883-42fe-8cac-97454c2a9e4a': 'Storage accounts should have infrastructure encryption',
  'b52376f7-9612-48a1-81cd-1ffe4b61032c': 'Public network access should be disabled for PostgreSQL servers',
  'd158790f-bfb0-486c-8631-2dc6b4e8e6af': 'Enforce SSL connection should be enabled for PostgreSQL servers',
  '83a86a26-fd1f-447c-b59d-e51f44264114': 'Network interfaces should not have public IPs',
  '871b6d14-10aa-478d-b590-94f262ecfa99': 'Require a tag on resources',
};

const short = (definition: string) => definition.slice(0, 8);
export const assignmentId = (definition: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyAssignments/${short(definition)}`;

/** What is assigned with enforcementMode DoNotEnforce. */
const notEnforced = '83a86a26-fd1f-447c-b59d-e51f44264114';

export const assignments = Object.keys(titles).map(definition => ({
  id: assignmentId(definition),
  name: short(definition),
  properties: {
    displayName: titles[definition],
    policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
    enforcementMode: definition === notEnforced ? 'DoNotEnforce' : 'Default',
  },
}));

const group = (service: string) => `/subscriptions/${subscription}/resourceGroups/${service}`;
/** The resource that is exempt, and from what. */
const exempt = { service: 'user-directory', definition: 'b52376f7-9612-48a1-81cd-1ffe4b61032c' };

/** Exemptions as of a morning: one of four weeks that is renewed in time, and one that has run out and was left there. */
export function exemptions(until: Date, story: Date) {
  const month = 28 * dayMs;
  const renewed = Math.floor(until.getTime() / month) * month;
  const exemption = (name: string, service: string, definition: string, by: string, times: readonly number[]) => ({
    id: `${group(service)}/providers/Microsoft.Authorization/policyExemptions/${name}`,
    name,
    properties: {
      ...{ policyAssignmentId: assignmentId(definition), exemptionCategory: 'Waiver', displayName: name },
      expiresOn: new Date(times[1]!).toISOString(),
      metadata: { approvedBy: by },
    },
    systemData: { createdBy: by, createdAt: new Date(times[0]!).toISOString() },
  });
  return [
    exemption('directory-sync', exempt.service, exempt.definition, 'mary@acme.example', [
      renewed,
      renewed + month + dayMs,
    ]),
    exemption('old-gateway', 'mobile-gateway', notEnforced, 'ada@acme.example', [
      story.getTime() - 200 * dayMs,
      story.getTime() - 20 * dayMs,
    ]),
  ];
}

/** Rows as of an instant. */
export function policyStates(at: Date, story: Date): readonly Readonly<Record<string, unknown>>[] {
  return services
    .filter(({ provider }) => provider === 'Microsoft')
    .flatMap(({ name, team }) =>
      Object.entries(definitions)
        .filter(([type]) => type !== '*')
        .flatMap(([type, own]) =>
          [...own, ...definitions['*']!].map(([definition, effect]) => {
            const resource = `${group(name)}/providers/${type}/${name}`;
            const isViolated = isOpen(episodesOf(team, `azure ${name} ${type} ${definition}`, story), at.getTime());
            const isExempt = name === exempt.service && definition === exempt.definition;
            return {
              timestamp: new Date(at.getTime() - chance('evaluated', resource) * 3_600_000).toISOString(),
              ...{ resourceId: resource, subscriptionId: subscription, resourceLocation: accounts.Microsoft.region },
              ...{ policyAssignmentId: assignmentId(definition), policyAssignmentName: short(definition) },
              policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
              ...{ policyDefinitionName: definition, policyDefinitionAction: effect, policyDefinitionReferenceId: '' },
              resourceTags: JSON.stringify({ team, service: name, environment: 'production' }),
              ...{
                isCompliant: !isViolated,
                complianceState: isExempt ? 'Exempt' : isViolated ? 'NonCompliant' : 'Compliant',
              },
            };
          }),
        ),
    );
}

/** What was refused between two instants, as the Activity Log tells it. */
export function denials({ from, until }: Span): readonly Readonly<Record<string, unknown>>[] {
  const events: Readonly<Record<string, unknown>>[] = [];
  const first = Math.floor(from.getTime() / dayMs) * dayMs;
  for (let day = first; day < until.getTime(); day += dayMs)
    for (const { name } of services.filter(({ provider }) => provider === 'Microsoft')) {
      const roll = chance('denied', name, day);
      const at = day + Math.floor(chance('denied at', name, day) * dayMs);
      if (roll > 0.12 || at < from.getTime() || at >= until.getTime()) continue;
      const refusing = '404c3081-a854-4457-ae30-26a93ef643f9';
      events.push({
        ...{ eventDataId: `${name}-${day}`, eventTimestamp: new Date(at).toISOString() },
        operationName: { value: 'Microsoft.Authorization/policies/deny/action' },
        resourceId: `${group(name)}/providers/Microsoft.Storage/storageAccounts/new${name.replaceAll('-', '')}`,
        properties: {
          isComplianceCheck: 'False',
          policies: JSON.stringify([
            {
              policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${refusing}/`,
              ...{ policyAssignmentName: short(refusing), policyDefinitionEffect: 'deny' },
            },
          ]),
        },
      });
    }
  return events;
}

/** A job goes on keeping the rows, a week behind the API. */
const behindDays = 8;

export function azurePolicyFiles({ from, until }: Span, story: Date) {
  const files = mondays({ from, until: new Date(until.getTime() - behindDays * dayMs) }, story, 1).map(at => {
    const text = `${JSON.stringify(policyStates(at, story))}\n`;
    return [`${at.toISOString().slice(0, 10)}.json`, { at, text }] as const;
  });
  return new Map(files);
}
