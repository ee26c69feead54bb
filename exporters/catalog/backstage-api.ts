/**
 * Asks a Backstage server for its catalog: GET /api/catalog/entities/by-query, pages by cursor, a static bearer token
 * (backstage.io/docs/features/software-catalog/software-catalog-api). Of an entity only what tells owners is asked for:
 * no name, e-mail or picture of a person.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Sleep } from '../core/backoff.ts';
import { createHttpClient, type HttpClient } from '../core/http-client.ts';
import type { BackstageConfig } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface BackstageOptions {
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
}

const pageLimit = 500;
const parts = {
  metadata: ['name', 'namespace', 'title', 'description', 'tags', 'annotations', 'links'],
  spec: ['type', 'lifecycle', 'owner', 'system', 'domain', 'subdomainOf', 'parent', 'children', 'members', 'memberOf'],
} as const;
const fields = [
  ...['apiVersion', 'kind'],
  ...Object.entries(parts).flatMap(([part, keys]) => keys.map(key => `${part}.${key}`)),
];

const pageSchema = z.looseObject({
  items: z.array(z.unknown()),
  totalItems: z.number(),
  pageInfo: z.looseObject({ nextCursor: z.string().min(1).nullish() }).nullish(),
});
const identity = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().nullish() }),
});

/**
 * All entities that the filters select, as Backstage has them. Errors: CATALOG_BACKSTAGE_REFUSED (401, 403) and
 * CATALOG_BACKSTAGE_FAILED, also for an answer that is not whole or has no entity: that is a right or a filter that is
 * missing rather than an organisation without anything.
 */
export async function askBackstage(
  config: BackstageConfig,
  options: BackstageOptions = {},
): Promise<readonly unknown[]> {
  const http = createHttpClient({
    ...options,
    baseUrl: baseOf(config),
    headers: { authorization: `Bearer ${config.token ?? ''}`, accept: 'application/json' },
    timeoutMs: config.timeout * 1000,
    ...{ concurrency: 1, retries: 3, maxDelayMs: 30_000 },
  });
  // What is added while it is read may be on no page; then it is read once more.
  for (let tried = 0; ; tried += 1) {
    const { entities, total } = await allPages(http, config).catch((error: unknown) => refused(config, error));
    if (entities.length === 0) throw failed(config, 'it answered with no entity');
    if (entities.length >= total) return entities;
    if (tried > 0) throw failed(config, `it told ${entities.length} of the ${total} entities that it says it has`);
  }
}

async function allPages(http: HttpClient, config: BackstageConfig) {
  const entities = new Map<string, unknown>();
  const cursors = new Set<string>();
  let total = 0;
  for (let cursor: string | undefined; ; ) {
    const said = pageSchema.safeParse(await http.getJson(`api/catalog/entities/by-query?${queryOf(config, cursor)}`));
    if (!said.success)
      throw failed(
        config,
        `its answer has another shape (${z.prettifyError(said.error).replace(/\s+/g, ' ').slice(0, 200)})`,
      );
    const { items, totalItems, pageInfo } = said.data;
    for (const item of items) {
      const known = identity.safeParse(item);
      // What is no entity is kept by its number, and rejected where it is read.
      const key = known.success
        ? `${known.data.kind}:${known.data.metadata.namespace ?? 'default'}/${known.data.metadata.name}`.toLowerCase()
        : `${entities.size}`;
      entities.set(key, known.success ? projected(known.data) : item);
    }
    total = totalItems;
    cursor = pageInfo?.nextCursor ?? undefined;
    if (cursor === undefined) return { entities: [...entities.values()], total };
    if (cursors.has(cursor)) throw failed(config, 'its pages go round in a circle');
    cursors.add(cursor);
  }
}

/** A server that tells more than it is asked for is not kept so; annotations of a person are of the person. */
function projected({ apiVersion, kind, metadata, spec }: Readonly<Record<string, unknown>>): unknown {
  const isPerson = String(kind).toLowerCase() === 'user';
  const some = (value: unknown, keys: readonly string[]) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
      : value;
  const told = parts.metadata.filter(key => !isPerson || key !== 'annotations');
  return { apiVersion, kind, metadata: some(metadata, told), spec: some(spec, parts.spec) };
}

/** A cursor brings its filter along; fields are asked for with each page. */
function queryOf({ filter }: BackstageConfig, cursor: string | undefined): string {
  const query = new URLSearchParams({ fields: fields.join(','), limit: String(pageLimit) });
  if (cursor !== undefined) query.set('cursor', cursor);
  else for (const one of filter) query.append('filter', one);
  return query.toString();
}

/** An address that leads to the catalog's API already is as good. */
const baseOf = ({ url }: BackstageConfig) => url.replace(/\/(api(\/catalog)?\/?)?$/, '');

const failed = ({ name, url }: BackstageConfig, reason: string, cause?: unknown) =>
  new PlumblineError('CATALOG_BACKSTAGE_FAILED', { name, url, reason }, cause);

function refused(config: BackstageConfig, error: unknown): never {
  if (!(error instanceof PlumblineError) || error.code === 'CATALOG_BACKSTAGE_FAILED') throw error;
  const { status, said } = error.details;
  if (error.code === 'HTTP_STATUS' && (status === 401 || status === 403)) {
    const { name, url } = config;
    throw new PlumblineError('CATALOG_BACKSTAGE_REFUSED', { name, url, status, said: String(said) }, error);
  }
  throw failed(config, error.message, error);
}
