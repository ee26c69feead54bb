/**
 * Lists the tasks of Backstage's scaffolder: GET /api/scaffolder/v2/tasks with a bearer token, newest first, by limit and
 * offset, with `totalTasks`; releases before 1.33 answer with all tasks and know no pages. What it answers has people's
 * names and what they typed in it, so that no error or log shows any of it.
 */
import type { Sleep } from '../../../core/backoff.ts';
import { PlumblineError as CoreError } from '../../../core/errors.ts';
import { createHttpClient } from '../../../core/http-client.ts';
import { PlumblineError } from '../../errors.ts';
import type { BackstageConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface TaskPage {
  readonly tasks: readonly unknown[];
  /** Of all pages; undefined where the release knows no pages. */
  readonly total: number | undefined;
}

export const pageSize = 100;

const path = '/api/scaffolder/v2/tasks';

/** Errors: SCAFFOLDER_REFUSED, SCAFFOLDER_ANSWER, and those of the HTTP client that say nothing of the answer. */
export function taskLister(
  config: BackstageConfig,
  { signal, ...options }: ClientOptions & { readonly signal?: AbortSignal },
): (offset: number) => Promise<TaskPage> {
  const url = config.url ?? '';
  const http = createHttpClient({
    ...options,
    ...(signal ? { signal } : {}),
    baseUrl: url,
    headers: { authorization: `Bearer ${config.token ?? ''}`, accept: 'application/json' },
    timeoutMs: config.timeout * 1000,
    concurrency: 1,
  });
  const unreadable = (reason: string) => new PlumblineError('SCAFFOLDER_ANSWER', { url, reason });
  return async offset => {
    const response = await http
      .request({ url: `${url.replace(/\/$/, '')}${path}`, query: { limit: pageSize, offset } })
      .catch((error: unknown) => {
        if (!(error instanceof CoreError) || error.code !== 'HTTP_STATUS') throw error;
        const { status } = error.details;
        throw status === 401 || status === 403
          ? new PlumblineError('SCAFFOLDER_REFUSED', { url, status })
          : unreadable(`it answered ${status}`);
      });
    let told: unknown;
    try {
      told = JSON.parse(response.body.toString('utf8'));
    } catch {
      throw unreadable(`${response.body.length} bytes that are no JSON, or cut short`);
    }
    const { tasks, totalTasks } = (told ?? {}) as { readonly tasks?: unknown; readonly totalTasks?: unknown };
    if (!Array.isArray(tasks)) throw unreadable('it has no list of tasks');
    return { tasks, total: typeof totalTasks === 'number' ? totalTasks : undefined };
  };
}
