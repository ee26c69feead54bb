/** GET /api/NAME: lists for people and programs, as JSON or CSV, for whoever has a token. */
import type { Request, RequestHandler, Response } from 'express';
import { csvOf } from './api.ts';
import type { Auth } from './auth.ts';
import { refuse } from './server-protected.ts';
import type { ServerOptions } from './server-types.ts';
import type { Principal } from './source.ts';

/** A browser that follows a panel's link asks for a password, and the token is one; it has no way to give a bearer token. */
export function principalOf(auth: Auth, authorization: string | undefined): Principal | undefined {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return auth.principalOf(authorization);
  const given = Buffer.from(basic, 'base64').toString();
  return auth.principalOf(`Bearer ${given.slice(given.indexOf(':') + 1)}`);
}

export function apiHandlers({ exporters, now = () => new Date() }: ServerOptions, auth: Auth) {
  const noToken = (response: Response) => {
    response.set('www-authenticate', ['Basic realm="plumbline", charset="UTF-8"', 'Bearer realm="plumbline"']);
    response.status(401).json({ error: 'a valid token is needed: Authorization: Bearer TOKEN, or as a password' });
  };
  /** For what else people follow links to: how a check is mended, whose a thing is. */
  const withPassword: RequestHandler = (request, response, next) => {
    if (principalOf(auth, request.get('authorization')) !== undefined) next();
    else noToken(response);
  };
  /** Of an exporter where it is named; else the one that has such a list. */
  const list: RequestHandler<{ exporter?: string; name?: string }> = async (asked, response) => {
    const request = asked as unknown as Request;
    const principal = principalOf(auth, request.get('authorization'));
    if (principal === undefined) return noToken(response);
    const { exporter, name } = asked.params;
    const found = exporters()
      .filter(view => exporter === undefined || view.name === exporter)
      .flatMap(view => (view.api ?? []).filter(api => api.name === name).map(api => ({ view, api })));
    const [only, ...others] = found;
    if (only === undefined) return refuse(response, { status: 404, error: 'nothing is here' });
    if (others.length > 0) {
      const paths = found.map(({ view }) => `/api/${view.name}/${name}`).join(', ');
      return refuse(response, { status: 400, error: `several exporters have ${name}: ask for one of ${paths}` });
    }
    const format = request.accepts(['application/json', 'text/csv']);
    if (format === false) return refuse(response, { status: 406, error: 'it is told as application/json or text/csv' });
    const query = Object.fromEntries(
      Object.entries(request.query).map(([key, value]) => [key, Array.isArray(value) ? value.join() : String(value)]),
    );
    const page = await only.api.answer({ query, principal, now: now() });
    response.set({ 'cache-control': 'no-store', vary: 'accept, authorization' });
    if (page.next !== undefined) {
      const next = new URLSearchParams({ ...query, cursor: page.next });
      response.set('link', `<${request.path}?${next}>; rel="next"`);
    }
    if (format === 'text/csv')
      return void response.set('content-type', 'text/csv; charset=utf-8; header=present').end(csvOf(page));
    response.json({ [only.api.name]: page.items, total: page.total, next: page.next ?? null });
  };
  return { list, withPassword };
}
