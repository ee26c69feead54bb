/** Documents of the field that are of no artifact, refused by name: nothing of them belongs into the ledger. */
import { isObject, listOf } from '../formats/json.ts';

/** A fault; undefined for what is none of them. */
export function notOfArtifacts(json: unknown): string | undefined {
  if (Array.isArray(json) && json.length > 0)
    return json.every(one => typeof one === 'string') ? 'names_alone' : undefined;
  if (!isObject(json)) return undefined;
  const isManifest = ['dependencies', 'devDependencies', 'scripts'].some(key => isObject(json[key]));
  const isLocked = 'lockfileVersion' in json || listOf(json.packages).length > 0;
  return typeof json.name === 'string' && isManifest && !isLocked ? 'package_manifest' : undefined;
}
