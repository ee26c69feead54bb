/** Which repository an alert of GitHub's is about. */
import { repositorySlug } from '../../catalog/repository.ts';
import { type JsonObject, objectOf, wordOf } from '../../formats/json.ts';

/** Of a webhook. */
export const slugIn = (payload: JsonObject): string | undefined =>
  repositorySlug(wordOf(objectOf(payload.repository).full_name, 300) ?? '');

const address =
  /^https?:\/\/[^/]+\/(?:api\/v3\/)?(?:repos\/)?([^/]+\/[^/]+)\/(?:security\/)?(?:dependabot|secret-scanning)\//;

/** Of an alert: `octocat/hello-world` of its repository, else of its own address. */
export function repositoryOf(item: JsonObject): string | undefined {
  const named = wordOf(objectOf(item.repository).full_name, 300);
  if (named !== undefined) return repositorySlug(named);
  const [, path] = address.exec(wordOf(item.html_url, 1000) ?? wordOf(item.url, 1000) ?? '') ?? [];
  return path === undefined ? undefined : repositorySlug(path);
}
