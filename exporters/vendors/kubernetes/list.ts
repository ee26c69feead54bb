/** Lists of objects page by page, all of one moment. */
import { type KubernetesClient, understood } from './client.ts';
import { listSchema } from './objects.ts';

export interface ListPage {
  readonly items: readonly unknown[];
  /** Where a watch goes on from, once all pages have come. */
  readonly resourceVersion: string;
  /** The first page, also of a list begun anew: what the pages before it said is void. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface ListOptions {
  /** Objects a page; 500. */
  readonly limit?: number;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** A list that took longer than the server keeps its moment is begun anew so often, then asked for as one page. */
const mostBeginnings = 3;

/**
 * The pages of a list; undefined where the resource is not served (404). Errors: KUBERNETES_ANSWER, and those of `get`.
 */
export async function* listPages(
  client: KubernetesClient,
  path: string,
  { limit = 500, fieldSelector, labelSelector }: ListOptions = {},
): AsyncGenerator<ListPage | undefined> {
  let next: string | undefined;
  for (let beginnings = 1; ; ) {
    const isFirst = next === undefined;
    const response = await client.get(path, {
      ...(beginnings > mostBeginnings ? {} : { limit, continue: next }),
      fieldSelector,
      labelSelector,
    });
    if (response.status === 404) {
      yield undefined;
      return;
    }
    if (response.status === 410 && !isFirst) {
      beginnings += 1;
      next = undefined;
      continue;
    }
    const { metadata, items } = understood(listSchema, response);
    next = metadata.continue || undefined;
    yield {
      items: items ?? [],
      resourceVersion: metadata.resourceVersion ?? '',
      isFirst,
      isLast: next === undefined,
    };
    if (next === undefined) return;
  }
}

/** All objects of a list; undefined where the resource is not served. */
export async function listAll(
  client: KubernetesClient,
  path: string,
  options: ListOptions = {},
): Promise<{ readonly items: readonly unknown[]; readonly resourceVersion: string } | undefined> {
  let items: unknown[] = [];
  let resourceVersion = '';
  for await (const page of listPages(client, path, options)) {
    if (page === undefined) return undefined;
    if (page.isFirst) items = [];
    for (const item of page.items) items.push(item);
    resourceVersion = page.resourceVersion;
  }
  return { items, resourceVersion };
}
