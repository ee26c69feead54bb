/** Asks CloudHealth's REST API: the key as a bearer token, 30 requests a minute, errors as `{"error": "…"}`. */
import { createHash } from 'node:crypto';
import { sleep as realSleep, type Sleep } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../../core/http-client.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { parseJsonKeepingNumbers } from '../../money.ts';
import type { CloudHealthConfig } from './config.ts';

export interface CloudHealthClient {
  /**
   * The answer's JSON with every number as its text. Errors: CLOUDHEALTH_REFUSED (401, 403), CLOUDHEALTH_ANSWER for an
   * error that came as an answer, HTTP_NOT_JSON, HTTP_STATUS and the other errors of the HTTP client.
   */
  readonly getJson: (request: HttpRequest) => Promise<unknown>;
}

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

const windowMs = 60_000;
/** Below the vendor's 30, which retries count into as well. */
const mostInWindow = 25;
/** Times of the last requests by API and key: several sources may share one key. */
const askedAt = new Map<string, number[]>();

export function cloudHealthClient(
  config: Pick<CloudHealthConfig, 'url' | 'api_key' | 'timeout'>,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep = realSleep, retries = 8 }: ClientOptions = {},
): CloudHealthClient {
  const http = createHttpClient({
    baseUrl: config.url,
    headers: { authorization: `Bearer ${config.api_key ?? ''}` },
    timeoutMs: config.timeout * 1000,
    // A 429 often comes without Retry-After: eight waits together are longer than the minute that the limit is counted in.
    retries,
    maxDelayMs: 2 * windowMs,
    log: context.log,
    signal: context.signal,
    sleep,
  });
  const client = createHash('sha256').update(`${config.url}\n${config.api_key}`).digest('hex');
  return {
    getJson: async request => {
      await turn(client, sleep, context.signal);
      const response = await http.request({ ...request, headers: { accept: 'application/json' } }).catch(refused);
      // For its error: it tells HTML, a cut body and nothing apart.
      response.json();
      const said = parseJsonKeepingNumbers(response.text());
      if (typeof said === 'object' && said !== null && 'error' in said)
        throw new PlumblineError('CLOUDHEALTH_ANSWER', {
          what: request.url,
          reason: `it says ${JSON.stringify(said.error)}`,
        });
      return said;
    },
  };
}

async function turn(client: string, sleep: Sleep, signal: AbortSignal): Promise<void> {
  const times = (askedAt.get(client) ?? []).filter(time => time > Date.now() - windowMs);
  const oldest = times.at(-mostInWindow);
  times.push(Date.now());
  askedAt.set(client, times);
  if (oldest !== undefined) await sleep(oldest + windowMs - Date.now(), signal);
}

function refused(error: unknown): HttpResponse {
  const { code, details } = error as Partial<PlumblineErrorShape>;
  if (code === 'HTTP_STATUS' && (details?.status === 401 || details?.status === 403))
    throw new PlumblineError(
      'CLOUDHEALTH_REFUSED',
      { url: String(details.url), status: Number(details.status), said: String(details.said) },
      error,
    );
  throw error;
}

interface PlumblineErrorShape {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}
