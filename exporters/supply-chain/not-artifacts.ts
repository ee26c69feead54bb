/** Documents of the field that are of no artifact, refused by name: nothing of them belongs into the ledger. */
import { isObject, listOf, objectOf } from '../formats/json.ts';

/** A fault; undefined for what is none of them. */
export function notOfArtifacts(json: unknown): string | undefined {
  if (Array.isArray(json) && json.length > 0) {
    if (json.every(one => isObject(one) && 'cycle' in one && 'eol' in one)) return 'end_of_life_cycles';
    return json.every(one => typeof one === 'string') ? 'names_alone' : undefined;
  }
  if (!isObject(json)) return undefined;
  // ClearlyDefined: what someone found out of a package, whoever uses it.
  const definition = objectOf(objectOf(json.predicate).definition);
  if (isObject(definition.licensed) || (isObject(json.licensed) && isObject(json.coordinates))) return 'clearlydefined';
  const isManifest = ['dependencies', 'devDependencies', 'scripts'].some(key => isObject(json[key]));
  const isLocked = 'lockfileVersion' in json || listOf(json.packages).length > 0;
  return typeof json.name === 'string' && isManifest && !isLocked ? 'package_manifest' : undefined;
}
