/**
 * Releases as deployments, of their parts: what it is (`release`) and the commit of its tag, as the API reads it
 * (`sha:read`), as the push of the tag told it (`sha:push`), or as the release aims at one (`sha:target`).
 */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { DeploymentFact } from '../../facts.ts';
import type { DeploymentsFrom } from './config.ts';
import { bodyOf, type Part, ranks } from './parts.ts';
import type { RestRelease } from './shapes.ts';

export interface ReleaseSnapshot {
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
  readonly url: string;
  /** '' of a draft. */
  readonly publishedAt: string;
}

const partOf = (repository: string, tag: string) => ({ ...{ repository, kind: 'release' as const, thing: tag } });

export const releasePart = (
  repository: string,
  { tag, saidAt, origin }: { readonly tag: string; readonly saidAt: string; readonly origin: 'read' | 'told' },
  body: ReleaseSnapshot,
): Part => ({
  ...{ ...partOf(repository, tag), part: 'release', saidAt, body },
  rank: origin === 'read' ? ranks.read : body.isDraft ? ranks.told : ranks.toldEnd,
});

export const tagPart = (repository: string, tag: string, origin: 'read' | 'push' | 'target', sha: string): Part => ({
  ...{
    ...partOf(repository, tag),
    part: `sha:${origin}`,
    saidAt: '1970-01-01T00:00:00Z',
    rank: ranks.read,
    body: { sha },
  },
});

/** The parts of a webhook's object. */
export function releaseParts(release: RestRelease, repository: string): Part[] {
  const { tag_name: tag, target_commitish: target, published_at: published, created_at: created } = release;
  const part = releasePart(
    repository,
    { tag, saidAt: release.updated_at ?? published ?? created, origin: 'told' },
    {
      ...{ isDraft: release.draft, isPrerelease: release.prerelease, url: release.html_url ?? '' },
      publishedAt: published ?? '',
    },
  );
  const isCommit = /^[0-9a-f]{40}$/.test(target ?? '');
  return isCommit ? [part, tagPart(repository, tag, 'target', target!)] : [part];
}

type ReleasesRule = Extract<DeploymentsFrom, { readonly kind: 'releases' }>;

/** Makes the deployment that follows from all parts of a release; the first rule that matches. */
export function deploymentsOfReleases(
  rules: readonly DeploymentsFrom[],
): (parts: readonly Part[]) => DeploymentFact | undefined {
  const tests = rules
    .filter((rule): rule is ReleasesRule => rule.kind === 'releases')
    .map(rule => ({ rule, repository: wildcard(rule.repositories, true), tag: wildcard(rule.tags) }));
  return parts => {
    const first = parts[0];
    const release = bodyOf<ReleaseSnapshot>(parts, 'release');
    if (!first || !release || release.isDraft || release.publishedAt === '') return undefined;
    const { repository, thing: tag } = first;
    const found = tests.find(
      test => test.repository(repository) && test.tag(tag) && (test.rule.prereleases || !release.isPrerelease),
    );
    if (!found) return undefined;
    const shas = ['read', 'push', 'target'].map(from => bodyOf<{ readonly sha: string }>(parts, `sha:${from}`)?.sha);
    return {
      ...{ deployment: `release/${repository}@${tag}`, repository, environment: found.rule.environment },
      ...{ sha: shas.find(Boolean) ?? '', ref: tag, version: tag, task: 'release', url: release.url },
      ...{ createdAt: release.publishedAt, updatedAt: release.publishedAt },
      statuses: [{ status: 'success', at: release.publishedAt }],
    };
  };
}
