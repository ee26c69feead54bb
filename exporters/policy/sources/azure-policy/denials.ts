/**
 * Requests that a policy refused: they leave no resource, and so no policy state, but an event in the subscription's
 * Activity Log, category Policy. Source: "Azure Activity Log event schema", category Policy; "Activity Logs - List"
 * (Microsoft.Insights 2015-04-01), which can be asked for a time, but not for a category.
 */
import { ownerText } from '../../../catalog/keys.ts';
import type { Block } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { ArmClient } from '../../../vendors/azure/arm.ts';
import { pagesOf, type Window } from './ask.ts';
import { engine, idOf, nameOf, provider, scopeOf } from './terms.ts';

/** Events may come as late as that; what was told before is known by its id. */
const lateMs = 15 * 60_000;

export async function readDenials(
  arm: ArmClient,
  subscription: string,
  { from, to }: Window,
): Promise<readonly Block[]> {
  const since = new Date(from.getTime() - lateMs).toISOString();
  const query = new URLSearchParams({
    'api-version': '2015-04-01',
    $filter: `eventTimestamp ge '${since}' and eventTimestamp le '${to.toISOString()}'`,
    $select: 'eventDataId,eventTimestamp,operationName,resourceId,properties',
  });
  const url = `subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values?${query}`;
  const blocks: Block[] = [];
  for await (const page of pagesOf(arm, { url }, 'nextLink'))
    for (const event of page) if (isObject(event)) blocks.push(...blocksOf(event, subscription));
  return blocks;
}

export function blocksOf(event: JsonObject, subscription: string): readonly Block[] {
  const operation = wordOf(objectOf(event.operationName).value) ?? '';
  const id = wordOf(event.eventDataId, 100);
  const time = Date.parse(wordOf(event.eventTimestamp, 50) ?? '');
  const properties = objectOf(event.properties);
  const isDenied = /^microsoft\.authorization\/policies\/deny\/action$/i.test(operation);
  // What a scan of what is already there finds is no request.
  const isScan = /^true$/i.test(wordOf(properties.isComplianceCheck, 10) ?? '');
  if (!isDenied || isScan || id === undefined || Number.isNaN(time)) return [];
  const resource = idOf(wordOf(event.resourceId, 2000) ?? '');
  return policiesIn(properties.policies).map(({ policy, assignment }) => ({
    ...{ engine, policy, resource, id: `${id}/${policy}`, scope: scopeOf(subscription), enforcement: 'enforce' },
    ...{ at: new Date(time).toISOString(), message: `denied by the assignment ${assignment}` },
    owner: ownerText({ provider, sub_account: subscription, resource }),
  }));
}

/** A text that holds JSON. */
function policiesIn(said: unknown): readonly { readonly policy: string; readonly assignment: string }[] {
  try {
    return listOf(JSON.parse(wordOf(said, 100_000) ?? '[]'))
      .map(objectOf)
      .filter(({ policyDefinitionEffect }) => /^deny/i.test(wordOf(policyDefinitionEffect) ?? 'deny'))
      .map(one => ({
        policy: nameOf(wordOf(one.policyDefinitionId, 2000) ?? wordOf(one.policyDefinitionName) ?? ''),
        assignment: wordOf(one.policyAssignmentName) ?? nameOf(wordOf(one.policyAssignmentId, 2000) ?? ''),
      }))
      .filter(({ policy }) => policy !== '');
  } catch {
    return [];
  }
}
