/**
 * A client of GitHub for several domains: Octokit with paging, pacing and retries, by a token or a GitHub App, through
 * node-fetch. Waits for rate limits are ours: bounded, told, and ended by the signal.
 */
import { createHash } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { Logger } from 'pino';
import { sleep as realSleep, type Sleep } from '../../core/backoff.ts';
import { redactUrl } from '../../core/secrets.ts';
import { apiUrl, type GitHubAccess } from './config.ts';
import { PlumblineError } from './errors.ts';
import { failureOf } from './failure.ts';
import { limitedFetch } from './fetch.ts';
import { askedWait, errorTypes } from './limits.ts';

export interface ClientOptions {
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly now?: () => number;
  /**
   * False asks as fast as it can. Unless given, GitHub's own hosts are paced, which want a second between some requests; an
   * Enterprise Server has no limits unless its administrator sets some, and those are waited for when it says so.
   */
  readonly paced?: boolean;
  /** Attempts after the first for network errors, 5xx and bodies that are cut; 3, after 1, 4 and 9 s. */
  readonly retries?: number;
  /** Milliseconds that the retries' seconds take; 1000. */
  readonly retryUnitMs?: number;
  /** 32 MiB. */
  readonly maxBodyBytes?: number;
}

export type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Page {
  readonly items: readonly unknown[];
  /** How many there are in all, where the API says so. */
  readonly total: number | undefined;
}

export interface GraphqlOptions {
  /** Takes an answer although some of what was asked for is not found: it is null there. */
  readonly partial?: boolean;
}

export interface GitHubClient {
  /** Who asks, for messages; no secret. */
  readonly identity: string;
  /**
   * The body of `GET ROUTE`, such as `/repos/{owner}/{repo}`. Errors: GITHUB_UNAUTHORIZED, GITHUB_FORBIDDEN,
   * GITHUB_NOT_FOUND, GITHUB_RATE_LIMITED, GITHUB_APP_KEY, GITHUB_APP_INSTALLATION, HTTP_STATUS and the other errors of
   * HTTP; the abort reason when the signal is aborted.
   */
  readonly get: (route: string, parameters?: Parameters) => Promise<unknown>;
  /**
   * Whether the answer of `GET ROUTE` differs from the one with this ETag; an answer that doesn't costs nothing of the rate
   * limit. `etag` is that of the answer now. Errors: as of `get`.
   */
  readonly ifChanged: (
    route: string,
    parameters: Parameters,
    etag: string | undefined,
  ) => Promise<{ readonly isChanged: boolean; readonly etag: string | undefined }>;
  /** The pages of a list, by Link headers; 100 items each unless per_page says otherwise. Errors: GITHUB_FOREIGN_PAGE, HTTP_PAGING_LOOP too. */
  readonly pages: (route: string, parameters?: Parameters) => AsyncGenerator<Page>;
  /** The `data` of a GraphQL answer. The query is named: `query NAME(…)`. Errors: GITHUB_GRAPHQL too. */
  readonly graphql: (
    query: string,
    variables: Readonly<Record<string, unknown>>,
    options?: GraphqlOptions,
  ) => Promise<unknown>;
  /** Requests so far, retries counted. */
  readonly requests: () => number;
}

const PluggedOctokit = Octokit.plugin(paginateRest, throttling, retry);

const isGitHubHost = (url: string) => /(^|\.)(github\.com|ghe\.com)$/.test(new URL(url).hostname);

/** Waits for one request, so that a server that always refuses ends somewhere. */
const mostWaits = 5;
/** Retries help against none of these. 429 has waits of its own. */
const notRetried = [304, 400, 401, 403, 404, 406, 409, 410, 422, 429, 451];

export function githubClient(access: GitHubAccess, options: ClientOptions = {}): GitHubClient {
  const { log, signal, sleep = realSleep, now = Date.now, retries = 3, retryUnitMs = 1000 } = options;
  const { token, app, timeout, longest_wait } = access;
  const baseUrl = apiUrl(access.url);
  const { paced = isGitHubHost(baseUrl) } = options;
  const identity = app === undefined ? 'the token' : `the App ${app.id}`;
  const secrets = [token, app?.private_key].filter(secret => secret !== undefined);
  const fetch = limitedFetch({ timeoutMs: timeout * 1000, maxBodyBytes: options.maxBodyBytes ?? 32 * 2 ** 20, signal });
  let requests = 0;

  const counted: typeof fetch = (url, init) => {
    requests += 1;
    return fetch(url, init);
  };
  const warn = (message: string) => log?.warn({ said: String(message).slice(0, 300) }, 'GitHub warns');
  const quiet = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const build = (identified: ConstructorParameters<typeof Octokit>[0], key: string) => {
    const octokit = new PluggedOctokit({
      ...identified,
      baseUrl,
      userAgent: 'plumbline',
      log: quiet,
      request: { fetch: counted, log: quiet },
      retry: { doNotRetry: notRetried, retries, retryAfterBaseValue: retryUnitMs },
      throttle: {
        enabled: paced,
        // Who shares a token shares its pace.
        id: createHash('sha256').update(`${baseUrl}\n${key}`).digest('hex'),
        onRateLimit: () => false,
        onSecondaryRateLimit: () => false,
      },
    });
    octokit.hook.before('request', ({ url }) => {
      // The token goes along: it must reach nobody else.
      if (/^[a-z]+:\/\//i.test(url) && new URL(url).origin !== new URL(baseUrl).origin)
        throw new PlumblineError('GITHUB_FOREIGN_PAGE', { url: redactUrl(baseUrl), next: redactUrl(url) });
    });
    return octokit;
  };

  /** Does it, and again after each wait that GitHub asks for. */
  const patiently = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    for (let waits = 0, waited = 0; ; waits += 1) {
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        signal?.throwIfAborted();
        const wait = askedWait(error, now());
        if (!wait) throw failureOf(error, { identity, secrets, what });
        const { ms, limit } = wait;
        const url = redactUrl((error as { readonly request?: { readonly url?: string } }).request?.url ?? what);
        if (waits === mostWaits || waited + ms > longest_wait * 1000)
          throw new PlumblineError('GITHUB_RATE_LIMITED', { identity, url, limit, seconds: Math.ceil(ms / 1000) });
        log?.warn({ url, limit, waitMs: Math.round(ms) }, 'GitHub asks to wait');
        await sleep(ms, signal);
        waited += ms;
      }
    }
  };

  let kept: Promise<InstanceType<typeof PluggedOctokit>> | undefined;
  /** A failure is not kept: the next request tries anew. */
  const octokitOf = () => {
    kept ??= (app === undefined ? Promise.resolve(build({ auth: token }, token ?? '')) : installed(app)).catch(
      (error: unknown) => {
        kept = undefined;
        throw error;
      },
    );
    return kept;
  };

  const installed = async ({ id, private_key = '', installation }: NonNullable<GitHubAccess['app']>) => {
    const appId = id;
    const strategy = (auth: object) => ({
      authStrategy: createAppAuth,
      auth: { appId, privateKey: private_key, ...auth },
    });
    const asApp = build(strategy({}), String(id));
    await asApp.auth({ type: 'app' }).catch((error: unknown) => {
      // Its own sentence may hold a part of the key.
      const reason =
        error instanceof Error && /first line/.test(error.message) ? 'the key is cut' : 'it is no private key';
      throw new PlumblineError('GITHUB_APP_KEY', { app: String(id), reason });
    });
    const found =
      installation ??
      (await patiently('/app/installations', async () =>
        onlyOne(String(id), (await asApp.request('GET /app/installations')).data),
      ));
    return build(strategy({ installationId: found }), `${id}/${found}`);
  };

  const pages = async function* (route: string, parameters: Parameters = {}): AsyncGenerator<Page> {
    const octokit = await octokitOf();
    const list = octokit.paginate.iterator(`GET ${route}`, { per_page: 100, ...parameters })[Symbol.asyncIterator]();
    const seen = new Set<string>();
    for (;;) {
      const { done, value } = await patiently(route, () => list.next());
      if (done) return;
      const { url, data } = value as { readonly url?: string; readonly data: unknown };
      if (url !== undefined) {
        if (seen.has(url)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(url) });
        seen.add(url);
      }
      if (!Array.isArray(data)) throw new PlumblineError('HTTP_NOT_JSON', { ...notAList(route, url), bytes: 0 });
      yield { items: data, total: (data as { readonly total_count?: number }).total_count };
    }
  };

  return {
    identity,
    get: async (route, parameters = {}) => {
      const octokit = await octokitOf();
      return patiently(route, async () => (await octokit.request(`GET ${route}`, { ...parameters })).data);
    },
    ifChanged: async (route, parameters, etag) => {
      const octokit = await octokitOf();
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      return patiently(route, async () => {
        try {
          const answer = await octokit.request(`GET ${route}`, { ...parameters, headers });
          return { isChanged: true, etag: answer.headers.etag };
        } catch (error) {
          if (etag !== undefined && (error as { readonly status?: unknown }).status === 304)
            return { isChanged: false, etag };
          throw error;
        }
      });
    },
    pages,
    graphql: async (query, variables, { partial = false } = {}) => {
      const octokit = await octokitOf();
      const what = /\bquery\s+(\w+)/.exec(query)?.[1] ?? 'without a name';
      return patiently(what, async () => {
        try {
          return await octokit.graphql(query, { ...variables });
        } catch (error) {
          const { errors, data } = error as { readonly errors?: unknown; readonly data?: unknown };
          const isPartial = errorTypes({ errors }).every(type => type === 'NOT_FOUND');
          if (partial && errors !== undefined && isPartial && data) return data;
          throw error;
        }
      });
    },
    requests: () => requests,
  };
}

function onlyOne(app: string, installations: readonly { readonly id: number; readonly account: unknown }[]): number {
  const [first, ...more] = installations;
  if (first && more.length === 0) return first.id;
  const accounts = installations.map(({ account }) => (account as { readonly login?: string } | null)?.login ?? '?');
  throw new PlumblineError('GITHUB_APP_INSTALLATION', {
    app,
    count: installations.length,
    accounts: accounts.join(', '),
  });
}

const notAList = (route: string, url: string | undefined) => ({
  ...{ method: 'GET', url: redactUrl(url ?? route), kind: 'no list', type: 'application/json', start: '' },
});
