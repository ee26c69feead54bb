/**
 * Policy states as other programs print them, brought to the answer of `queryResults`: PowerShell's `Get-AzPolicyState |
 * ConvertTo-Json` capitalises the names and prints one state without a list; Resource Graph (`az graph query`, table
 * policyresources) has each state under `properties`, in `data`.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';

/** As it is where it is none of these. */
export function asAnswer(value: unknown): unknown {
  const graph = graphOf(value);
  if (graph !== undefined) return graph;
  if (isObject(value) && isPowerShell(value)) return [uncapitalised(value)];
  if (Array.isArray(value) && value.some(isPowerShell))
    return value.map(row => (isPowerShell(row) ? uncapitalised(row) : row));
  return value;
}

const isPowerShell = (row: unknown): row is JsonObject => isObject(row) && 'PolicyAssignmentId' in row;

const uncapitalised = (row: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]));

const isState = (row: unknown): boolean => 'policyAssignmentId' in objectOf(objectOf(row).properties);

function graphOf(value: unknown): JsonObject | undefined {
  const answer = objectOf(value);
  const rows = Array.isArray(value) ? value : listOf(answer.data ?? answer.Data);
  if (!rows.some(isState)) return undefined;
  const token = [answer.skip_token, answer.skipToken, answer.$skipToken, answer.SkipToken].find(one => wordOf(one));
  const total = [answer.total_records, answer.totalRecords].find(one => typeof one === 'number');
  const isCut = token !== undefined || (typeof total === 'number' && total > rows.length);
  return {
    value: rows.map(row => (isState(row) ? objectOf(row).properties : row)),
    ...(isCut ? { '@odata.nextLink': 'of Resource Graph' } : {}),
  };
}
