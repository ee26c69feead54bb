/**
 * Asks the Azure Resource Manager: a bearer token, exchanged once where a server refuses it; waits as long as any of
 * Azure's quotas asks; follows `nextLink` by the method and the body of the first request.
 */
import type { Logger } from 'pino';
import type { Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../core/http-client.ts';
import { maskSecrets, redactUrl } from '../../core/secrets.ts';
import type { AzureCredentials } from './config.ts';
import { PlumblineError } from './errors.ts';
import { azureRetryAfter } from './retry-after.ts';
import { azureTokens } from './token.ts';

export interface ArmOptions {
  readonly credentials: AzureCredentials;
  /** Sent as `ClientType`: who sends one has a quota of his own, and shares the tenant's else. */
  readonly clientType?: string;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly now?: () => number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface ArmRequest {
  /** Under the management endpoint, with its `api-version`, or a whole `nextLink`. */
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON, the same text for every page. */
  readonly body?: unknown;
}

export interface ArmClient {
  readonly identity: string;
  /** Errors: those of the HTTP client and of the tokens, AZURE_UNAUTHORIZED, AZURE_FORBIDDEN. */
  readonly request: (request: ArmRequest) => Promise<HttpResponse>;
  /** The answers page by page; `nextLink` finds the following page's address in an answer. Errors: AZURE_NEXT_LINK. */
  readonly pages: (
    first: ArmRequest,
    nextLink: (response: HttpResponse) => string | undefined,
  ) => AsyncGenerator<HttpResponse>;
}

/** A quota of an hour may ask for more than a minute. */
const maxDelayMs = 10 * 60_000;

export function armClient(options: ArmOptions): ArmClient {
  const { credentials, clientType = 'Plumbline', timeoutMs = 120_000, environment, ...client } = options;
  const clock = options.now === undefined ? {} : { now: options.now };
  const tokens = azureTokens(credentials, {
    http: createHttpClient({ ...client, timeoutMs: Math.min(timeoutMs, 30_000) }),
    ...clock,
    ...(environment === undefined ? {} : { environment }),
  });
  const http = createHttpClient({
    ...client,
    timeoutMs,
    baseUrl: credentials.management_endpoint,
    headers: { clienttype: clientType, accept: 'application/json' },
    concurrency: 1,
    // A scope that has used up its minute may refuse several times, with waits that are too short.
    retries: client.retries ?? 6,
    maxDelayMs,
    retryAfter: azureRetryAfter,
  });
  const origin = new URL(credentials.management_endpoint).origin;

  const request = async ({ url, method = 'GET', body }: ArmRequest): Promise<HttpResponse> => {
    const sent: HttpRequest = {
      url,
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      anyStatus: true,
    };
    for (let fresh = false; ; fresh = true) {
      const token = await tokens.token();
      const response = await http.request({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } });
      if (response.status < 300) return response;
      if (response.status === 401 && !fresh) {
        tokens.forget(token);
        continue;
      }
      const details = {
        identity: tokens.identity,
        url: redactUrl(response.url),
        said: maskSecrets(saidIn(response).replaceAll(token, '***')),
      };
      if (response.status === 401) throw new PlumblineError('AZURE_UNAUTHORIZED', details);
      if (response.status === 403) throw new PlumblineError('AZURE_FORBIDDEN', details);
      const waits = azureRetryAfter(response, (options.now ?? Date.now)());
      throw new PlumblineError('HTTP_STATUS', {
        ...details,
        method,
        status: response.status,
        ...(waits === undefined ? {} : { retryAfter: waits / 1000 }),
      });
    }
  };

  return {
    identity: tokens.identity,
    request,
    pages: async function* (first, nextLink) {
      const seen = new Set<string>();
      for (let url: string | undefined = first.url; url !== undefined; ) {
        const absolute = absoluteUrl(url, credentials.management_endpoint);
        // The token goes along: it must reach nobody else.
        if (absolute.origin !== origin)
          throw new PlumblineError('AZURE_NEXT_LINK', { url: redactUrl(first.url), next: redactUrl(absolute) });
        if (seen.has(absolute.href)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(absolute) });
        seen.add(absolute.href);
        const response: HttpResponse = await request({ ...first, url });
        yield response;
        url = nextLink(response);
      }
    },
  };
}

const absoluteUrl = (url: string, base: string) =>
  /^[a-z]+:\/\//i.test(url) ? new URL(url) : new URL(url.replace(/^\/+/, ''), base.replace(/\/*$/, '/'));

/** The code and message of an ARM error body, or the beginning of whatever came instead. */
function saidIn(response: HttpResponse): string {
  const text = response.text();
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
    const parts = [error?.code, error?.message].filter(part => typeof part === 'string' && part !== '');
    if (parts.length > 0) return parts.join(': ').slice(0, 500);
  } catch {
    // Not JSON: a proxy speaks.
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'nothing';
}
