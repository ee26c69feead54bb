/** What else GitHub's APIs of security tell, and why nothing of it is a scan here. */
import { isObject, type JsonObject } from '../../../formats/json.ts';

/** A fault for what is known and is none of ours; undefined for anything else. */
export function otherAnswer(json: unknown): string | undefined {
  const first = Array.isArray(json) ? json[0] : json;
  if (!isObject(first)) return undefined;
  const alert = isObject(first.alert) ? first.alert : first;
  // Of code itself, by CodeQL and others.
  if (isObject(alert.rule) && isObject(alert.tool) && 'state' in alert) return 'code_scanning';
  const { location } = alert;
  if (isObject(location) && typeof alert.analysis_key === 'string' && 'ref' in alert) return 'code_scanning';
  if (Array.isArray(first.deployment_records)) return 'deployments_without_image';
  const keys = Object.keys(first).sort().join();
  if (keys === 'sbom_url' || (first.result === 'SUCCESS' && typeof first.message === 'string'))
    return 'acknowledgement';
  if (Array.isArray(json) && keys === 'id,name' && typeof first.id === 'number') return 'names_alone';
  if (isSchema(first)) return 'schema';
  return undefined;
}

/** A schema of JSON, as GitHub describes its API by. */
const isSchema = (value: JsonObject): boolean =>
  'x-github-breaking-changes' in value ||
  (value.type === 'object' && isObject(value.properties)) ||
  (value.type === 'integer' && typeof value.description === 'string');
