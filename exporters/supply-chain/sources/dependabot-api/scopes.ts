/** The lists of alerts that are asked for: of organisations, enterprises and single repositories. */
import { repositorySlug } from '../../../catalog/repository.ts';
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { GitHubClient, Parameters } from '../../../vendors/github/client.ts';
import type { DependabotApiConfig } from './config.ts';

export interface Scope {
  /** `orgs/acme`, `enterprises/acme`, `repos/acme/shop`. */
  readonly id: string;
  readonly kind: 'organization' | 'enterprise' | 'repository';
  readonly route: string;
  readonly parameters: Parameters;
}

export const scopesOf = ({ organizations, enterprises, repositories }: DependabotApiConfig): readonly Scope[] => [
  ...organizations.map(
    (org): Scope => ({
      ...{ id: `orgs/${org.toLowerCase()}`, kind: 'organization', route: '/orgs/{org}/dependabot/alerts' },
      parameters: { org },
    }),
  ),
  ...enterprises.map(
    (enterprise): Scope => ({
      ...{ id: `enterprises/${enterprise.toLowerCase()}`, kind: 'enterprise' },
      route: '/enterprises/{enterprise}/dependabot/alerts',
      parameters: { enterprise },
    }),
  ),
  ...repositories.map((repository): Scope => {
    const [owner = '', repo = ''] = repository.split('/');
    return {
      ...{
        id: `repos/${repository.toLowerCase()}`,
        kind: 'repository',
        route: '/repos/{owner}/{repo}/dependabot/alerts',
      },
      parameters: { owner, repo },
    };
  }),
];

/** Whether a webhook about a repository is of what is asked for; where nothing is, or an enterprise, all are. */
export function isOurs({ organizations, enterprises, repositories }: DependabotApiConfig): (slug: string) => boolean {
  const owners = new Set(organizations.map(org => org.toLowerCase()));
  const named = new Set(repositories.map(one => one.toLowerCase()));
  const all = enterprises.length > 0 || owners.size + named.size === 0;
  return slug => all || named.has(slug) || owners.has(slug.split('/')[0] ?? '');
}

const query = `query RepositoriesWithAlerts($org: String!, $after: String) {
  organization(login: $org) {
    repositories(first: 100, after: $after, isArchived: false) {
      pageInfo { hasNextPage endCursor }
      nodes { nameWithOwner hasVulnerabilityAlertsEnabled isDisabled }
    }
  }
}`;

export interface Watched {
  readonly repository: string;
  readonly isEnabled: boolean;
}

/** All repositories of an organisation that are in use: a list of alerts names only those that have some. */
export async function watchedOf(client: GitHubClient, org: string): Promise<readonly Watched[]> {
  const found: Watched[] = [];
  const seen = new Set<string>();
  for (let after: string | undefined; ; ) {
    const answer = await client.graphql(query, { org, after: after ?? null });
    const list = objectOf(objectOf(objectOf(answer).organization).repositories);
    for (const node of listOf(list.nodes).filter(isObject)) {
      const repository = repositorySlug(wordOf(node.nameWithOwner, 300) ?? '');
      if (repository !== undefined && node.isDisabled !== true)
        found.push({ repository, isEnabled: node.hasVulnerabilityAlertsEnabled === true });
    }
    const { hasNextPage, endCursor } = objectOf(list.pageInfo);
    after = wordOf(endCursor, 500);
    if (hasNextPage !== true || after === undefined || seen.has(after)) return found;
    seen.add(after);
  }
}
