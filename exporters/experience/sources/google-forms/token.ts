/**
 * Tokens for Google's APIs: of a service account by a JWT that its key signs (RS256), or from a file that something else
 * renews. Source: developers.google.com/identity/protocols/oauth2/service-account, "HTTP/REST".
 */
import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Sleep } from '../../../core/backoff.ts';
import { createHttpClient } from '../../../core/http-client.ts';
import { rememberSecrets } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { answered } from '../../surveys/api-answer.ts';
import type { GoogleFormsConfig } from './config.ts';

export interface GoogleTokens {
  /** A valid token. Errors: SURVEY_CREDENTIAL, SURVEY_REFUSED, SURVEY_ANSWER, those of the HTTP client. */
  readonly token: (context: TokenContext) => Promise<string>;
  /** Forgets a token that was refused; true where there may be another. */
  readonly forget: () => boolean;
}

export type TokenContext = Pick<SourceContext, 'log' | 'signal' | 'now'>;

export interface TokenOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export const formScopes = [
  'https://www.googleapis.com/auth/forms.body.readonly',
  'https://www.googleapis.com/auth/forms.responses.readonly',
] as const;
export const sheetScopes = ['https://www.googleapis.com/auth/drive.readonly'] as const;

const keySchema = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().nullish(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});
const grantSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().default(3600) });
const refusalSchema = z.object({ error: z.string(), error_description: z.string().nullish() });
const tool = 'Google';
/** A token is asked for anew so long before it ends. */
const marginMs = 5 * 60_000;

export function googleTokens(
  config: GoogleFormsConfig,
  scopes: readonly string[],
  options: TokenOptions = {},
): GoogleTokens {
  let kept: { readonly token: string; readonly until: number } | undefined;
  const { credential, access_token = '', access_token_file, name } = config;
  const fromFile = async () => {
    if (access_token_file === undefined) return access_token;
    const read = await readFile(access_token_file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new PlumblineError('SURVEY_CREDENTIAL', { what: name, reason: `access_token_file: ${error.code}` });
    });
    rememberSecrets([read.trim()]);
    return read.trim();
  };
  return {
    forget: () => {
      const isKept = kept !== undefined;
      kept = undefined;
      return isKept;
    },
    token: async context => {
      if (credential === undefined) return fromFile();
      const now = context.now().getTime();
      if (kept === undefined || now >= kept.until - marginMs) {
        const { access_token: token, expires_in } = await granted(config, scopes, context, options);
        rememberSecrets([token]);
        kept = { token, until: now + expires_in * 1000 };
      }
      return kept.token;
    },
  };
}

async function granted(
  { credential = '', subject, timeout, name }: GoogleFormsConfig,
  scopes: readonly string[],
  { log, signal, now }: TokenContext,
  { sleep, retries = 4 }: TokenOptions,
): Promise<z.infer<typeof grantSchema>> {
  const { key, account } = keyOf(credential, name);
  const seconds = Math.floor(now().getTime() / 1000);
  const assertion = signed(key, account.private_key_id ?? undefined, {
    ...{
      iss: account.client_email,
      scope: scopes.join(' '),
      aud: account.token_uri,
      iat: seconds,
      exp: seconds + 3600,
    },
    ...(subject === undefined ? {} : { sub: subject }),
  });
  rememberSecrets([assertion]);
  const http = createHttpClient({
    ...{ timeoutMs: timeout * 1000, retries, log, signal },
    ...(sleep ? { sleep } : {}),
  });
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const response = await http.request({
    ...{ url: account.token_uri, method: 'POST', body: body.toString(), anyStatus: true },
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  });
  const what = `a token of ${account.client_email}`;
  if (response.status < 300) return answered(response, grantSchema, { tool, what });
  const { status } = response;
  const url = account.token_uri;
  const said = saidBy(response.text(), response.body.length);
  if (status < 500 && status !== 429) throw new PlumblineError('SURVEY_REFUSED', { tool, what, url, status, said });
  throw new PlumblineError('HTTP_STATUS', { method: 'POST', url, status, said });
}

function saidBy(text: string, bytes: number): string {
  try {
    const { error, error_description } = refusalSchema.parse(JSON.parse(text));
    return error_description ? `${error}: ${error_description}` : error;
  } catch {
    return `${bytes} bytes that are no error of ${tool}`;
  }
}

function keyOf(credential: string, what: string) {
  const wrong = (reason: string) => new PlumblineError('SURVEY_CREDENTIAL', { what, reason });
  let parsed: unknown;
  try {
    parsed = JSON.parse(credential);
  } catch {
    // Without the cause, which quotes what it was given.
    throw wrong('it is no JSON');
  }
  const said = keySchema.safeParse(parsed);
  if (!said.success)
    throw wrong(
      `it is no key of a service account: ${said.error.issues.map(({ path }) => path.join('.')).join(', ')} missing`,
    );
  try {
    return { account: said.data, key: createPrivateKey(said.data.private_key) };
  } catch {
    throw wrong('its private_key is none');
  }
}

/** A JWT (RFC 7515, 7519) of header and claims. */
function signed(key: KeyObject, kid: string | undefined, claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'RS256', typ: 'JWT', ...(kid === undefined ? {} : { kid }) })}.${part(claims)}`;
  return `${head}.${createSign('RSA-SHA256').update(head).sign(key, 'base64url')}`;
}
