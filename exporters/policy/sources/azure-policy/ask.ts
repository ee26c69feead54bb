/** What is asked of the Azure Resource Manager, page by page. Errors: those of the client, AZURE_POLICY_ANSWER. */
import type { HttpResponse } from '../../../core/http-answer.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { ArmClient, ArmRequest } from '../../../vendors/azure/arm.ts';
import { PlumblineError } from '../../errors.ts';
import type { AzurePolicyConfig } from './config.ts';
import { columns } from './row.ts';
import { nameOf } from './terms.ts';

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

const states = (subscription: string) =>
  `subscriptions/${subscription}/providers/Microsoft.PolicyInsights/policyStates/latest`;
const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
const query = (values: Readonly<Record<string, string>>) => new URLSearchParams(values).toString();

/** The pages of policy states: each row is what an assignment last said of a resource. */
export async function* statePages(
  arm: ArmClient,
  subscription: string,
  { from, to }: Window,
): AsyncGenerator<readonly unknown[]> {
  // No $top: it is where the list ends, not how long a page is.
  const asked = query({
    ...{ 'api-version': '2024-10-01', $from: seconds(from), $to: seconds(to), $select: columns.join(',') },
  });
  const url = `${states(subscription)}/queryResults?${asked}`;
  for await (const page of pagesOf(arm, { url, method: 'POST' }, '@odata.nextLink')) yield page;
}

/** The summary of the same states as of the same time. */
export async function summaryOf(
  arm: ArmClient,
  subscription: string,
  { from, to }: Window,
): Promise<JsonObject | undefined> {
  const asked = query({ 'api-version': '2024-10-01', $from: seconds(from), $to: seconds(to) });
  const response = await arm.request({ url: `${states(subscription)}/summarize?${asked}`, method: 'POST' });
  return objectOf(response.json());
}

/** All of a list of the Resource Manager. */
export async function listed(arm: ArmClient, url: string): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for await (const page of pagesOf(arm, { url }, 'nextLink')) items.push(...page.filter(isObject));
  return items;
}

/** The pages of any list of the Resource Manager. */
export async function* pagesOf(arm: ArmClient, first: ArmRequest, link: string): AsyncGenerator<readonly unknown[]> {
  const nextOf = (response: HttpResponse) => wordOf(objectOf(response.json())[link], 20_000);
  for await (const response of arm.pages(first, nextOf)) {
    const answer = response.json();
    if (!isObject(answer) || !Array.isArray(answer.value))
      throw new PlumblineError('AZURE_POLICY_ANSWER', {
        what: first.url.split('?')[0] ?? '',
        reason: 'it has no list',
      });
    yield answer.value;
  }
}

/** The ids of the subscriptions that are to be read, in lower case; those that are switched off have no states. */
export async function subscriptionsOf(
  arm: ArmClient,
  { subscriptions, management_groups: groups }: Pick<AzurePolicyConfig, 'subscriptions' | 'management_groups'>,
): Promise<readonly string[]> {
  const found = new Set(subscriptions.map(id => id.toLowerCase()));
  for (const group of groups) {
    const url = `providers/Microsoft.Management/managementGroups/${encodeURIComponent(group)}/descendants?api-version=2020-05-01`;
    for (const { type, name } of await listed(arm, url))
      if (/\/subscriptions$/i.test(wordOf(type) ?? '')) found.add((wordOf(name) ?? '').toLowerCase());
  }
  if (subscriptions.length + groups.length === 0)
    for (const { subscriptionId, state } of await listed(arm, 'subscriptions?api-version=2022-12-01'))
      if (!/^(disabled|deleted)$/i.test(wordOf(state) ?? '')) found.add((wordOf(subscriptionId) ?? '').toLowerCase());
  return [...found].filter(id => id !== '').sort();
}

export interface Assignment {
  readonly isEnforced: boolean;
  /** Of the definition or the initiative. */
  readonly definition: string;
  readonly isInitiative: boolean;
  readonly displayName: string;
}

/** All assignments that apply to a subscription or to something in it, by their ids. */
export async function assignmentsOf(arm: ArmClient, subscription: string): Promise<ReadonlyMap<string, Assignment>> {
  const url = `subscriptions/${subscription}/providers/Microsoft.Authorization/policyAssignments?api-version=2023-04-01`;
  return new Map(
    (await listed(arm, url)).map(({ id, properties }) => {
      const { enforcementMode, policyDefinitionId, displayName } = objectOf(properties);
      const definition = wordOf(policyDefinitionId, 2000) ?? '';
      return [
        (wordOf(id, 2000) ?? '').toLowerCase(),
        {
          // Default where it is not said; Enroll and others to come are as good as not enforced.
          isEnforced: (wordOf(enforcementMode) ?? 'Default').toLowerCase() === 'default',
          definition: nameOf(definition),
          isInitiative: /\/policysetdefinitions\//i.test(definition),
          displayName: wordOf(displayName) ?? '',
        },
      ];
    }),
  );
}

/** A definition's display name; undefined where it is gone or may not be read. */
export async function titleOf(arm: ArmClient, definition: string): Promise<string | undefined> {
  const path = definition.split('/').map(encodeURIComponent).join('/');
  try {
    const response = await arm.request({ url: `${path.replace(/^\/+/, '')}?api-version=2023-04-01` });
    return wordOf(objectOf(objectOf(response.json()).properties).displayName, 300);
  } catch (error) {
    if (error instanceof PlumblineError && ['HTTP_STATUS', 'AZURE_FORBIDDEN'].includes(error.code)) return undefined;
    throw error;
  }
}

export const linesOf = (value: unknown): readonly string[] => listOf(value).flatMap(one => wordOf(one, 300) ?? []);
