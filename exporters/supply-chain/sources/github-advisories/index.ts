/**
 * GitHub's advisories as its REST API and webhooks tell them (docs.github.com/rest/security-advisories): where they are is not
 * among it, but which ids are one vulnerability's is. One that was withdrawn says nothing any more.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import { rejection } from '../../scanned.ts';

export const githubAdvisories: DocumentKind = {
  kind: 'github-advisories',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => advisoriesIn(json).some(isAdvisory),
  read: async ({ json }, context) => {
    if (json === undefined) return faulty('not_json');
    const items = advisoriesIn(json);
    if (!items.some(isAdvisory)) return faulty('not_github_advisories');
    const told = items.map(item => (isAdvisory(item) ? item : undefined));
    const aliases = told.flatMap(item => (item && typeof item.withdrawn_at !== 'string' ? [idsOf(item)] : []));
    const rejections = told.flatMap((item, index) =>
      item ? [] : [rejection(context, { line: index + 1, reason: 'not_an_advisory' })],
    );
    return { heard: { aliases: aliases.filter(ids => ids.length > 1) }, records: items.length, rejections };
  },
};

/** A list, one, or the webhook of one. */
function advisoriesIn(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  if (!isObject(json)) return [];
  return [typeof json.action === 'string' && isObject(json.security_advisory) ? json.security_advisory : json];
}

const isAdvisory = (item: unknown): item is JsonObject =>
  isObject(item) && 'ghsa_id' in item && 'summary' in item && Array.isArray(item.vulnerabilities);

/** Its own first. */
const idsOf = (advisory: JsonObject): readonly string[] => [
  ...new Set(
    [advisory.ghsa_id, advisory.cve_id, ...listOf(advisory.identifiers).map(one => objectOf(one).value)].flatMap(
      one => wordOf(one, 100) ?? [],
    ),
  ),
];
