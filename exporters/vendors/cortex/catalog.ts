/** The entities of Cortex's catalog: their tag, their repository and the team that owns them. */
import { z } from 'zod';
import { type CortexClient, cortexAnswer } from './client.ts';

export interface CortexEntity {
  readonly tag: string;
  readonly name: string;
  readonly type: string;
  /** As the Git provider calls it, such as `acme/shop`. */
  readonly repository?: string;
  /** Tag of the first team that owns it. */
  readonly team?: string;
}

const entitySchema = z.looseObject({
  tag: z.string(),
  name: z.string(),
  type: z.string(),
  isArchived: z.boolean().nullish(),
  git: z.looseObject({ repository: z.string() }).nullish(),
  owners: z.looseObject({ teams: z.array(z.looseObject({ tag: z.string() })).nullish() }).nullish(),
});

/** Entities of the given types (`service`, `resource`, `domain`, …), archived ones left out. Errors: those of the client. */
export async function catalogEntities(api: CortexClient, types: readonly string[]): Promise<readonly CortexEntity[]> {
  const entities = new Map<string, CortexEntity>();
  for (let page = 0, pages = 1; page < pages; page += 1) {
    const said = await api.page('api/v1/catalog', 'entities', page, { types: types.join(','), includeOwners: true });
    if (said === undefined) break;
    pages = said.totalPages;
    for (const item of said.items) {
      const parsed = entitySchema.safeParse(item);
      if (!parsed.success) throw cortexAnswer('an entity of the catalog', parsed.error);
      const { tag, name, type, git, owners, isArchived } = parsed.data;
      const team = owners?.teams?.[0]?.tag;
      if (isArchived !== true)
        entities.set(tag, {
          ...{ tag, name, type },
          ...(git == null ? {} : { repository: git.repository }),
          ...(team === undefined ? {} : { team }),
        });
    }
  }
  return [...entities.values()];
}
