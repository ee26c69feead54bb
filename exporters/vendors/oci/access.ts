/**
 * Who asks a registry: by basic authentication, by a token of the registry's own token server, or by a token as it is
 * given. Source: "Token Authentication Specification" of the Distribution project.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { HttpResponse } from '../../core/http-answer.ts';
import type { HttpClient } from '../../core/http-client.ts';
import { maskSecrets, redactUrl, rememberSecrets } from '../../core/secrets.ts';
import { challengeOf } from './challenge.ts';
import type { OciAccess } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface Authority {
  /** What to send for a scope, as far as is known without asking. */
  readonly known: (scope: string) => string | undefined;
  /** What to send after a 401 of what was `sent`; undefined where nothing is left to try. Errors: OCI_UNAUTHORIZED, OCI_ANSWER, OCI_FILE. */
  readonly answer: (refused: HttpResponse, scope: string, sent: string | undefined) => Promise<string | undefined>;
}

const tokenSchema = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().nullish(),
});

interface Token {
  readonly authorization: string;
  /** ms since the epoch. */
  readonly until: number;
}

/** Of a token that doesn't say how long it holds (the specification's least), and what is left over for a request. */
const [shortestSeconds, marginSeconds] = [60, 10];

export function authority(access: OciAccess, http: HttpClient, base: string, now: () => number): Authority {
  const tokens = new Map<string, Token>();
  const asked = new Map<string, Promise<Token>>();
  let isBasic = false;
  const given = () => secretOf(access.token, access.token_file, 'token');
  const basic = (): string | undefined => {
    const password = secretOf(access.password, access.password_file, 'password');
    if (access.username === undefined || password === undefined) return undefined;
    return `Basic ${Buffer.from(`${access.username}:${password}`).toString('base64')}`;
  };

  const ask = async (refused: HttpResponse, realm: URL, query: Record<string, string>): Promise<Token> => {
    const user = basic();
    const response = await http.request({
      ...{ url: realm.href, query, anyStatus: true },
      headers: { accept: 'application/json', ...(user === undefined ? {} : { authorization: user }) },
    });
    const { status } = response;
    const url = redactUrl(response.url);
    if (status === 401 || status === 403)
      throw new PlumblineError('OCI_UNAUTHORIZED', { url, status, said: saidIn(response) });
    if (status >= 300) throw new PlumblineError('HTTP_STATUS', { method: 'GET', status, url, said: saidIn(response) });
    const read = tokenSchema.safeParse(response.json()).data;
    const token = read?.token || read?.access_token;
    if (!token)
      throw new PlumblineError('OCI_ANSWER', { url, reason: `no token, as ${redactUrl(refused.url)} said there is` });
    rememberSecrets([token]);
    const seconds = Math.max(read?.expires_in ?? shortestSeconds, shortestSeconds);
    return { authorization: `Bearer ${token}`, until: now() + (seconds - marginSeconds) * 1000 };
  };

  const known = (scope: string): string | undefined => {
    const token = given();
    if (token !== undefined) return `Bearer ${token}`;
    if (isBasic) return basic();
    const own = tokens.get(scope);
    return own !== undefined && own.until > now() ? own.authorization : undefined;
  };

  return {
    known,
    answer: async (refused, scope, sent) => {
      if (given() !== undefined) return undefined;
      // Another request may have been given one meanwhile.
      const meanwhile = known(scope);
      if (meanwhile !== undefined && meanwhile !== sent) return meanwhile;
      const challenge = challengeOf(refused.header('www-authenticate'));
      if (challenge?.scheme === 'basic') {
        isBasic = true;
        return basic();
      }
      if (challenge === undefined) return undefined;
      const realm = URL.canParse(challenge.realm, base) ? new URL(challenge.realm, base) : undefined;
      // Whoever stands between us and the registry would get the password.
      const isTrusted = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && base.startsWith('http:'));
      if (realm === undefined || !isTrusted)
        throw new PlumblineError('OCI_ANSWER', {
          url: redactUrl(refused.url),
          reason: `no token server to be trusted: ${redactUrl(challenge.realm)}`,
        });
      const query = {
        ...(challenge.service === undefined ? {} : { service: challenge.service }),
        scope: challenge.scope ?? scope,
      };
      const waiting = asked.get(scope) ?? ask(refused, realm, query).finally(() => asked.delete(scope));
      asked.set(scope, waiting);
      const token = await waiting;
      tokens.set(scope, token);
      return token.authorization;
    },
  };
}

function secretOf(word: string | undefined, file: string | undefined, what: string): string | undefined {
  if (file === undefined) return word;
  try {
    const secret = readFileSync(file, 'utf8').trim();
    rememberSecrets([secret]);
    return secret || undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('OCI_FILE', { path: file, what, reason }, error);
  }
}

const errorsSchema = z.looseObject({
  errors: z.array(z.looseObject({ code: z.string().optional(), message: z.string().optional() })).nonempty(),
});

/** The errors that it lists, or the beginning of whatever came instead. */
export function saidIn(response: HttpResponse): string {
  const text = response.text();
  try {
    const read = errorsSchema.safeParse(JSON.parse(text)).data;
    if (read)
      return maskSecrets(
        read.errors.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).join('; '),
      ).slice(0, 300);
  } catch {
    // Not JSON: a proxy speaks.
  }
  return maskSecrets(text.replace(/\s+/g, ' ').trim().slice(0, 300)) || 'nothing';
}
