/** What Octokit throws, as errors of ours: a stable code, where it happened, what GitHub said, and no secret. */
import { maskSecrets, redactUrl } from '../../core/secrets.ts';
import { PlumblineError } from './errors.ts';
import { errorTypes } from './limits.ts';

export interface Asked {
  readonly identity: string;
  /** Texts that no message may hold. */
  readonly secrets: readonly string[];
  /** What was asked, where the error does not say it: a route, or a query's name. */
  readonly what: string;
}

interface Thrown {
  readonly status?: number;
  readonly message?: string;
  readonly cause?: unknown;
  readonly request?: { readonly method?: string; readonly url?: string };
  readonly response?: { readonly data?: unknown; readonly headers?: Readonly<Record<string, unknown>> };
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[];
}

/** Errors of ours pass as they are; a GraphQL error of a single kind gets the code of that kind. */
export function failureOf(error: unknown, { identity, secrets, what }: Asked): unknown {
  if (error instanceof PlumblineError) return error;
  if (typeof error !== 'object' || error === null) return error;
  const thrown = error as Thrown;
  if (thrown.cause instanceof PlumblineError) return thrown.cause;
  const clean = (text: string) =>
    maskSecrets(secrets.filter(Boolean).reduce((masked, secret) => masked.replaceAll(secret, '***'), text))
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 300) || 'nothing';
  if (thrown.errors) return graphqlFailure(thrown.errors, { identity, what, clean });
  if (thrown.status === undefined || thrown.request === undefined) return error;
  const url = redactUrl(thrown.request.url ?? what);
  const said = clean(saidIn(thrown));
  const method = thrown.request.method ?? 'GET';
  if (thrown.status === 401) return new PlumblineError('GITHUB_UNAUTHORIZED', { identity, url, said });
  if (thrown.status === 404) return new PlumblineError('GITHUB_NOT_FOUND', { identity, url });
  if (thrown.status === 403) {
    const { 'x-accepted-github-permissions': needs, 'x-github-sso': sso } = thrown.response?.headers ?? {};
    const more = [needs === undefined ? '' : `; needed: ${clean(String(needs))}`, sso === undefined ? '' : '; SSO'];
    return new PlumblineError('GITHUB_FORBIDDEN', { identity, url, said: said + more.join('') });
  }
  return new PlumblineError('HTTP_STATUS', { method, url, status: thrown.status, said });
}

function saidIn({ response, message = '' }: Thrown): string {
  const data = response?.data;
  if (typeof data === 'object' && data !== null && 'message' in data) {
    const { errors } = data as { readonly errors?: unknown };
    return `${String(data.message)}${errors === undefined ? '' : ` ${JSON.stringify(errors)}`}`;
  }
  return typeof data === 'string' && data !== '' ? data : message;
}

function graphqlFailure(
  errors: NonNullable<Thrown['errors']>,
  { identity, what, clean }: Pick<Asked, 'identity' | 'what'> & { readonly clean: (text: string) => string },
): Error {
  const said = clean(errors.map(({ message = '' }) => message).join('; '));
  const types = new Set(errorTypes({ errors }));
  const url = `GraphQL ${what}`;
  if (types.size === 1 && types.has('NOT_FOUND')) return new PlumblineError('GITHUB_NOT_FOUND', { identity, url });
  if (types.has('FORBIDDEN') || types.has('INSUFFICIENT_SCOPES'))
    return new PlumblineError('GITHUB_FORBIDDEN', { identity, url, said });
  return new PlumblineError('GITHUB_GRAPHQL', { query: what, said });
}
