/**
 * Tokens for Azure's APIs: by a client secret, a managed identity or workload identity federation. A token is kept until
 * shortly before it expires. Sources: Microsoft identity platform, OAuth 2.0 client credentials flow (v2.0); managed
 * identities, "How to use managed identities to acquire an access token" (IMDS 2018-02-01, App Service 2019-08-01).
 */
import { readFile } from 'node:fs/promises';
import type { HttpClient, HttpRequest } from '../../core/http-client.ts';
import { maskSecrets, redactUrl } from '../../core/secrets.ts';
import type { AzureCredentials } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface TokenSource {
  /** Who the tokens are for, for messages; no secret. */
  readonly identity: string;
  /** A valid token. Errors: AZURE_CREDENTIALS_MISSING, AZURE_TOKEN_FILE, AZURE_TOKEN_REFUSED, those of the client. */
  readonly token: () => Promise<string>;
  /** Forgets a token that a server refused; nothing where a newer one is kept already. */
  readonly forget: (refused: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface TokenOptions {
  readonly http: HttpClient;
  readonly environment?: Environment;
  readonly now?: () => number;
}

interface Grant {
  readonly token: string;
  readonly expiresAt: number;
}

/** A token is asked for anew this long before it expires, or after half its life where that is shorter. */
const marginMs = 5 * 60_000;
const publicLogin = 'https://login.microsoftonline.com';
const imds = 'http://169.254.169.254';

export function azureTokens(credentials: AzureCredentials, options: TokenOptions): TokenSource {
  const { http, environment = process.env, now = Date.now } = options;
  const how = methodOf(credentials, environment);
  const clientId = credentials.client_id ?? environment.AZURE_CLIENT_ID;
  let kept: Promise<Grant & { readonly renewAt: number }> | undefined;
  let current: (Grant & { readonly renewAt: number }) | undefined;

  const ask = async () => {
    const asked = now();
    const { request, secrets } = await requestOf(how, credentials, environment);
    const grant = grantOf(await send(http, request, secrets, identity), asked);
    return { ...grant, renewAt: grant.expiresAt - Math.min(marginMs, (grant.expiresAt - asked) / 2) };
  };
  const identity = clientId === undefined ? how.replace('_', ' ') : `client ${clientId} (${how.replace('_', ' ')})`;

  return {
    identity,
    token: async () => {
      if (current !== undefined && now() >= current.renewAt) kept = current = undefined;
      // Those who ask while a token is on its way share it; a failure is not kept.
      kept ??= ask().then(
        grant => {
          current = grant;
          return grant;
        },
        (error: unknown) => {
          kept = undefined;
          throw error;
        },
      );
      return (await kept).token;
    },
    forget: refused => {
      if (current?.token === refused) kept = current = undefined;
    },
  };
}

type Method = NonNullable<AzureCredentials['method']>;

function methodOf(credentials: AzureCredentials, environment: Environment): Method {
  if (credentials.method !== undefined) return credentials.method;
  if (credentials.client_secret !== undefined) return 'client_secret';
  if ((credentials.federated_token_file ?? environment.AZURE_FEDERATED_TOKEN_FILE) !== undefined)
    return 'workload_identity';
  return 'managed_identity';
}

interface TokenRequest {
  readonly request: HttpRequest;
  /** Texts that no message may hold, whatever the server repeats. */
  readonly secrets: readonly string[];
}

async function requestOf(how: Method, credentials: AzureCredentials, environment: Environment): Promise<TokenRequest> {
  if (how === 'managed_identity') return identityRequest(credentials, environment);
  const client_id = given(credentials.client_id ?? environment.AZURE_CLIENT_ID, 'client_id');
  const tenant = given(credentials.tenant_id ?? environment.AZURE_TENANT_ID, 'tenant_id');
  const login = credentials.login_endpoint ?? environment.AZURE_AUTHORITY_HOST ?? publicLogin;
  const scope = `${credentials.management_endpoint.replace(/\/+$/, '')}/.default`;
  const form: Record<string, string> = { grant_type: 'client_credentials', client_id, scope };
  const secret =
    how === 'client_secret'
      ? given(credentials.client_secret, 'client_secret')
      : await federatedToken(
          given(credentials.federated_token_file ?? environment.AZURE_FEDERATED_TOKEN_FILE, 'federated_token_file'),
        );
  if (how === 'client_secret') form.client_secret = secret;
  else {
    form.client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    form.client_assertion = secret;
  }
  return {
    request: {
      url: `${login.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      anyStatus: true,
    },
    secrets: [secret, encodeURIComponent(secret)],
  };
}

/** App Service and Container Apps name an endpoint of their own in the environment; elsewhere it is IMDS. */
function identityRequest(credentials: AzureCredentials, environment: Environment): TokenRequest {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
  const own = endpoint !== undefined && header !== undefined;
  const host = environment.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? imds;
  return {
    request: {
      url: own ? endpoint : `${host.replace(/\/+$/, '')}/metadata/identity/oauth2/token`,
      query: {
        'api-version': own ? '2019-08-01' : '2018-02-01',
        resource: credentials.management_endpoint,
        client_id: credentials.client_id ?? environment.AZURE_CLIENT_ID,
      },
      headers: own ? { 'x-identity-header': header } : { metadata: 'true' },
      anyStatus: true,
    },
    secrets: header === undefined ? [] : [header],
  };
}

function given(value: string | undefined, missing: string): string {
  if (value === undefined || value === '') throw new PlumblineError('AZURE_CREDENTIALS_MISSING', { missing });
  return value;
}

/** Read at every request for a token: Kubernetes exchanges the file's content every hour. */
async function federatedToken(path: string): Promise<string> {
  const read = await readFile(path, 'utf8').catch((error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new PlumblineError('AZURE_TOKEN_FILE', { path, reason });
  });
  if (read.trim() === '') throw new PlumblineError('AZURE_TOKEN_FILE', { path, reason: 'it is empty' });
  return read.trim();
}

interface Answer {
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
  readonly expires_on?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
}

async function send(
  http: HttpClient,
  request: HttpRequest,
  secrets: readonly string[],
  identity: string,
): Promise<Answer> {
  const response = await http.request(request);
  const body = parsed(response.text());
  if (response.status < 300 && typeof body?.access_token === 'string' && body.access_token !== '') return body;
  const clean = (text: string) =>
    secrets.filter(secret => secret.length >= 4).reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  throw new PlumblineError('AZURE_TOKEN_REFUSED', {
    identity,
    url: redactUrl(response.url),
    status: response.status,
    said:
      response.status < 300 ? withoutToken(body, response.text()) : maskSecrets(clean(saidIn(body, response.text()))),
  });
}

function parsed(text: string): Answer | undefined {
  try {
    return (JSON.parse(text) as Answer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Of a success nothing is quoted: a cut body may end in a token. */
const withoutToken = (body: Answer | undefined, text: string): string =>
  body !== undefined ? 'no token' : text.trim().startsWith('<') ? 'HTML instead of JSON' : 'no whole JSON document';

/** The error's code and its first sentence; trace and correlation ids follow there. */
function saidIn(body: Answer | undefined, text: string): string {
  const description = String(body?.error_description ?? '').split(/\r?\n| Trace ID:/)[0] ?? '';
  const said = [body?.error, description].filter(part => typeof part === 'string' && part !== '').join(': ');
  return said || text.replace(/\s+/g, ' ').trim().slice(0, 200) || 'nothing';
}

/** `expires_in` are seconds from now, `expires_on` seconds of the epoch; both come as numbers or as text. */
function grantOf(answer: Answer, asked: number): Grant {
  const inSeconds = Number(answer.expires_in ?? Number.NaN);
  const onSeconds = Number(answer.expires_on ?? Number.NaN);
  const expiresAt = inSeconds > 0 ? asked + inSeconds * 1000 : onSeconds > 0 ? onSeconds * 1000 : asked + 2 * marginMs;
  return { token: String(answer.access_token), expiresAt };
}
