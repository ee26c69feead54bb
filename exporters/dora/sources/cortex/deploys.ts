/** Deploys of an entity of Cortex's catalog as deployments. They are told once, when they have succeeded. */
import { z } from 'zod';
import { repositorySlug } from '../../../catalog/repository.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { CortexEntity } from '../../../vendors/cortex/catalog.ts';
import type { CortexClient } from '../../../vendors/cortex/client.ts';
import type { DeploymentFact } from '../../facts.ts';

const deploySchema = z.looseObject({
  uuid: z.string(),
  timestamp: z.string(),
  type: z.string(),
  environment: z.string().nullish(),
  sha: z.string().nullish(),
  url: z.string().nullish(),
  deployer: z.looseObject({ name: z.string().nullish() }).nullish(),
});

export interface DeployPages {
  /** How many deploys the entity has. */
  readonly total: number;
  readonly deploys: readonly unknown[];
}

export const deploysPlace = (entity: string): string => `deploys of ${entity}`;

/**
 * The entity's deploys; only the first page of them where their number is as it is known to be. Undefined where the
 * entity is not there any more.
 */
export async function deploysOf(
  api: CortexClient,
  entity: string,
  known: number | undefined,
): Promise<DeployPages | undefined> {
  const path = `api/v1/catalog/${encodeURIComponent(entity)}/deploys`;
  const first = await api.page(path, 'deployments', 0);
  if (first === undefined) return undefined;
  const deploys = [...first.items];
  if (first.total !== known)
    for (let page = 1, pages = first.totalPages; page < pages; page += 1) {
      const next = await api.page(path, 'deployments', page);
      if (next === undefined) break;
      pages = next.totalPages;
      deploys.push(...next.items);
    }
  return { total: first.total, deploys };
}

/** SCALE and RESTART bring no change, so they are no deployments; ROLLBACK is one that returns to its sha. */
export function readDeploys(
  deploys: readonly unknown[],
  entity: CortexEntity,
): { readonly deployments: readonly DeploymentFact[]; readonly rejections: readonly Rejection[] } {
  const deployments = new Map<string, DeploymentFact>();
  const rejections: Rejection[] = [];
  const file = deploysPlace(entity.tag);
  const repository = repositorySlug(entity.repository ?? '') ?? '';
  for (const deploy of deploys) {
    const parsed = deploySchema.safeParse(deploy);
    if (!parsed.success) {
      const field = String(parsed.error.issues[0]?.path[0] ?? '');
      rejections.push({ file, reason: 'no_deploy', field, value: JSON.stringify(deploy)?.slice(0, 200) ?? '' });
      continue;
    }
    const { uuid, timestamp, type, environment, sha, url, deployer } = parsed.data;
    if (type === 'SCALE' || type === 'RESTART') continue;
    if ((type !== 'DEPLOY' && type !== 'ROLLBACK') || Number.isNaN(Date.parse(timestamp))) {
      const field = type === 'DEPLOY' || type === 'ROLLBACK' ? 'timestamp' : 'type';
      rejections.push({ file, reason: 'no_deploy', field, value: JSON.stringify(deploy).slice(0, 200) });
      continue;
    }
    const isRollback = type === 'ROLLBACK';
    deployments.set(uuid, {
      ...{ deployment: uuid, repository, environment: environment ?? '', service: entity.tag, createdAt: timestamp },
      ...(entity.team === undefined ? {} : { team: entity.team }),
      ...(sha ? { sha } : {}),
      ...(url ? { url } : {}),
      ...(deployer?.name ? { actor: deployer.name } : {}),
      ...(isRollback ? { labels: ['rollback'] } : {}),
      ...(isRollback && sha ? { rollsBackTo: sha } : {}),
      statuses: [{ status: 'success', at: timestamp }],
    });
  }
  return { deployments: [...deployments.values()], rejections };
}
