/** What a reader of one kind of things gets, and what it gives step by step. */
import { z } from 'zod';
import type { SourceContext } from '../../../core/source.ts';
import type { GitHubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../../vendors/github/errors.ts';
import type { GitHubConfig } from './config.ts';
import type { RepositoryState } from './cursor.ts';
import type { News } from './store.ts';

export interface Reading {
  readonly client: GitHubClient;
  readonly config: GitHubConfig;
  readonly context: SourceContext;
  /** The slug; owner and name as GitHub is asked for them. */
  readonly repository: string;
  readonly owner: string;
  readonly name: string;
  readonly state: RepositoryState;
}

/** News with the state that holds once they are written. */
export interface Step {
  readonly news: News;
  readonly state: RepositoryState;
}

export type Reader = (reading: Reading) => AsyncGenerator<Step>;

/** A GraphQL connection that leads back to a page already read would be read for ever. */
export const nextCursor = (
  page: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined },
  after: string | null,
) => (page.hasNextPage && page.endCursor && page.endCursor !== after ? page.endCursor : undefined);

/** Reads an answer of GraphQL. Throws GITHUB_GRAPHQL where it has another shape than was asked for. */
export function answerOf<T>(schema: z.ZodType<T>, answer: unknown, query: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const said = `another shape than asked for: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ').slice(0, 200)}`;
  throw new PlumblineError('GITHUB_GRAPHQL', { query, said });
}

export const pageInfoSchema = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
