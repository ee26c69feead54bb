/** Which repositories are read: those that are named, and all of an owner where a name holds a star. */
import { repositorySlug } from '../../../catalog/repository.ts';
import { wildcard } from '../../../catalog/wildcard.ts';
import type { GitHubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../../vendors/github/errors.ts';
import type { GitHubConfig } from './config.ts';
import { type Cursor, iso } from './cursor.ts';

/** A list of repositories is asked for so often. */
const listedMs = 3600_000;

type Asked = Pick<GitHubConfig, 'repositories' | 'exclude' | 'archived'>;

/** Whether a webhook about a repository is one of ours; where none is named, all are. */
export function isOurs({ repositories, exclude }: Pick<Asked, 'repositories' | 'exclude'>): (slug: string) => boolean {
  const named = wildcard(repositories.length === 0 ? ['*'] : repositories, true);
  const excluded = wildcard(exclude, true);
  return slug => named(slug) && !excluded(slug);
}

interface Listing {
  readonly repositories: readonly string[];
  readonly listed: Cursor['listed'];
}

/**
 * Slugs, each once, in the order of the configuration and then by name. An owner's list is kept for an hour. Errors: those
 * of the client; GITHUB_NOT_FOUND where there is no such owner.
 */
export async function listRepositories(
  client: GitHubClient,
  config: Asked,
  { listed, now }: { readonly listed: Cursor['listed']; readonly now: Date },
): Promise<Listing> {
  const fresh: Record<string, Cursor['listed'][string]> = {};
  for (const owner of new Set(config.repositories.filter(isPattern).map(name => name.split('/')[0] ?? ''))) {
    const before = listed[owner];
    fresh[owner] =
      before && now.getTime() - Date.parse(before.at) < listedMs
        ? before
        : { at: iso(now), repositories: await ownedBy(client, owner, config.archived) };
  }
  const ours = isOurs(config);
  const found = config.repositories.flatMap(name => {
    if (!isPattern(name)) return [repositorySlug(name) ?? name.toLowerCase()];
    const matches = wildcard([name], true);
    return (fresh[name.split('/')[0] ?? '']?.repositories ?? []).filter(matches);
  });
  return { repositories: [...new Set(found)].filter(ours), listed: fresh };
}

const isPattern = (name: string) => /[*?]/.test(name);

/** The repositories of an organisation, else of a user. */
async function ownedBy(client: GitHubClient, owner: string, archived: boolean): Promise<string[]> {
  const found: string[] = [];
  const read = async (route: string) => {
    for await (const { items } of client.pages(route, { owner, sort: 'full_name' }))
      for (const item of items as readonly { full_name?: string; archived?: boolean; disabled?: boolean }[])
        if (item.full_name && !item.disabled && (archived || !item.archived))
          found.push(repositorySlug(item.full_name) ?? item.full_name.toLowerCase());
  };
  try {
    await read('/orgs/{owner}/repos');
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'GITHUB_NOT_FOUND') throw error;
    await read('/users/{owner}/repos');
  }
  return found.sort();
}
