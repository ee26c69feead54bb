/**
 * ClearlyDefined's definitions of packages: one, a list, an answer of its API (by coordinates, or `data`), or the in-toto
 * statement that GUAC makes of one. Read for the declared licence. https://docs.clearlydefined.io/docs/get-involved/using-data
 */
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, objectOf, wordOf } from '../../../formats/json.ts';
import type { PackageLicense } from '../../lists.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import { evaluatedAt, rejection } from '../../scanned.ts';
import { coordinatesPurl } from './coordinates.ts';

export const clearlyDefined: DocumentKind = {
  kind: 'clearlydefined',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isDefinition(definitionsIn(json)[0]),
  read: ({ json }, context) => {
    const definitions = definitionsIn(json);
    if (!definitions.some(isDefinition)) return faulty(json === undefined ? 'not_json' : 'not_clearlydefined');
    const packageLicenses: PackageLicense[] = [];
    const rejections: Rejection[] = [];
    for (const [index, item] of definitions.entries()) {
      const { coordinates, licensed, _meta: meta } = objectOf(item);
      const named = isDefinition(item) ? coordinatesPurl(objectOf(coordinates)) : 'not_a_definition';
      if (typeof named === 'string') {
        const value = Object.values(objectOf(coordinates))
          .filter(part => typeof part === 'string')
          .join('/');
        rejections.push(rejection(context, { line: index + 1, reason: named, ...(value && { value }) }));
        continue;
      }
      const at = evaluatedAt(wordOf(objectOf(meta).updated, 50), context);
      packageLicenses.push({ ...named, license: licenseOf(objectOf(licensed).declared), at });
    }
    return { heard: { packageLicenses }, records: definitions.length, rejections };
  },
};

const isDefinition = (value: unknown): boolean =>
  isObject(value) && isObject(value.licensed) && typeof objectOf(value.coordinates).type === 'string';

function definitionsIn(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  if (!isObject(json)) return [];
  if (isDefinition(json)) return [json];
  const { definition } = objectOf(json.predicate);
  if (isDefinition(definition)) return [definition];
  if (Array.isArray(json.data)) return json.data;
  // By coordinates: `npm/npmjs/-/lodash/4.17.21`.
  const entries = Object.entries(json);
  return entries.length > 0 && entries.every(([key]) => key.split('/').length >= 5)
    ? entries.map(([, one]) => one)
    : [];
}

/** None where nobody could tell: that is what these words mean. */
function licenseOf(declared: unknown): string {
  const license = wordOf(declared, 2000)?.trim() ?? '';
  return /^(?:NOASSERTION|NONE|OTHER)$/i.test(license) ? '' : license;
}
