/**
 * Google's token endpoint, Forms API and a sheet's export on a local port: service-account assertions are verified by the
 * account's public key, access tokens end, pages go by token and share their filter, errors have Google's shape.
 */
import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const account = 'reader@acme.iam.gserviceaccount.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

export interface FormResponse {
  readonly responseId: string;
  readonly createTime: string;
  lastSubmittedTime: string;
  readonly respondentEmail?: string;
  answers: Readonly<Record<string, unknown>>;
}

export interface GoogleWorld {
  form: unknown;
  responses: FormResponse[];
  /** Of a page, whatever is asked for. */
  pageSize?: number;
  sheet?: string;
  fault?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

export interface Grant {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
}

export const googleError = (code: number, status: string, message: string) => ({ error: { code, message, status } });

export function send(response: ServerResponse, status: number, body: unknown): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(text);
  return true;
}

export async function startGoogle(t: Ending, formId: string, world: GoogleWorld) {
  const asked: string[] = [];
  const grants: Grant[] = [];
  const valid = new Set<string>();
  const server = await startLocalServer(t, (request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/token') return void grant(body.toString(), response);
    asked.push(`${url.pathname}?${[...url.searchParams].map(([name, value]) => `${name}=${value}`).join('&')}`);
    if (!valid.has((request.headers.authorization ?? '').replace(/^Bearer /, '')))
      return void send(
        response,
        401,
        googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
      );
    if (world.fault?.(request, response)) return;
    if (url.pathname === '/sheet') return void response.writeHead(200, { 'content-type': 'text/csv' }).end(world.sheet);
    if (url.pathname === `/v1/forms/${formId}`) return void send(response, 200, world.form);
    if (url.pathname !== `/v1/forms/${formId}/responses`)
      return void send(response, 404, googleError(404, 'NOT_FOUND', 'Requested entity was not found.'));
    const filter = url.searchParams.get('filter');
    const since = /^timestamp >= (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)$/.exec(filter ?? '')?.[1];
    if (filter !== null && since === undefined)
      return void send(response, 400, googleError(400, 'INVALID_ARGUMENT', 'Invalid filter.'));
    const found = world.responses.filter(one => since === undefined || one.lastSubmittedTime >= since);
    const [from = 0, of = filter] = JSON.parse(
      Buffer.from(url.searchParams.get('pageToken') ?? '', 'base64url').toString() || '[]',
    );
    if (of !== filter)
      return void send(response, 400, googleError(400, 'INVALID_ARGUMENT', 'The page token is of another filter.'));
    const size = Math.min(world.pageSize ?? 5000, Number(url.searchParams.get('pageSize') ?? 5000));
    const next =
      from + size < found.length ? Buffer.from(JSON.stringify([from + size, filter])).toString('base64url') : undefined;
    // An empty list is left out.
    const page = found.slice(from, from + size);
    send(response, 200, {
      ...(page.length > 0 ? { responses: page } : {}),
      ...(next === undefined ? {} : { nextPageToken: next }),
    });
  });

  function grant(body: string, response: ServerResponse): true {
    const form = new URLSearchParams(body);
    const assertion = form.get('assertion') ?? '';
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const isSigned = createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url');
    const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || !isSigned)
      return send(response, 400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
    grants.push({ header: decoded(header), claims: decoded(claims) });
    const token = `ya29.token-of-a-test-${grants.length}`;
    valid.add(token);
    return send(response, 200, { access_token: token, expires_in: 3599, token_type: 'Bearer' });
  }

  const credential = (key: string = privatePem) =>
    JSON.stringify({
      ...{ type: 'service_account', project_id: 'acme', private_key_id: 'key-1', private_key: key },
      ...{ client_email: account, token_uri: `${server.url}/token` },
    });
  return { url: server.url, asked, grants, valid, world, credential };
}
