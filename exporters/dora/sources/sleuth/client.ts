/**
 * Asks Sleuth's GraphQL API: POST with `authorization: apikey KEY`, errors as `errors` of an answer with status 200.
 * Source: help.sleuth.io/sleuth-dora/sleuth-api and its GraphQL examples; Sleuth says that the schema may change.
 */
import { z } from 'zod';
import type { Sleep } from '../../../core/backoff.ts';
import { createHttpClient } from '../../../core/http-client.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import type { SleuthConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface SleuthClient {
  /**
   * The answer's `data`. Errors: SLEUTH_REFUSED (401, 403), SLEUTH_ERRORS for errors in an answer, SLEUTH_ANSWER, and
   * those of the HTTP client.
   */
  readonly query: (what: string, query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

const answerSchema = z.looseObject({
  // Absent where the query itself is refused.
  data: z.unknown().optional(),
  errors: z
    .array(z.looseObject({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).nullish() }))
    .nullish(),
});

export function sleuthClient(
  config: SleuthConfig,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 6 }: ClientOptions = {},
): SleuthClient {
  const http = createHttpClient({
    headers: { authorization: `apikey ${config.api_key ?? ''}` },
    timeoutMs: config.timeout * 1000,
    // How often may be asked is said nowhere.
    concurrency: 1,
    retries,
    maxDelayMs: 120_000,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  return {
    query: async (what, query, variables) => {
      const answered = await http.postJson(config.url, { query, variables }).catch(refused);
      const said = answerSchema.safeParse(answered);
      if (!said.success) throw unexpected(what, said.error);
      const { data, errors } = said.data;
      if (errors != null && errors.length > 0)
        throw new PlumblineError('SLEUTH_ERRORS', {
          what,
          reason: errors
            .slice(0, 3)
            .map(({ message, path }) => (path == null ? message : `${message} (at ${path.join('.')})`))
            .join('; ')
            .slice(0, 500),
        });
      return data;
    },
  };
}

export const unexpected = (what: string, error: z.ZodError) =>
  new PlumblineError('SLEUTH_ANSWER', { what, reason: z.prettifyError(error).replace(/\s+/g, ' ').slice(0, 300) });

function refused(error: unknown): never {
  if (error instanceof PlumblineError && error.code === 'HTTP_STATUS') {
    const { url, status, said } = error.details;
    if (status === 401 || status === 403)
      throw new PlumblineError('SLEUTH_REFUSED', { url: String(url), status, said: String(said) }, error);
  }
  throw error;
}
