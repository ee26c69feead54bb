/** What needs a token or a webhook's signature: posts, explanations and commands. */
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Auth } from './auth.ts';
import type { ServerOptions } from './server-types.ts';
import type { Principal, PushRequest } from './source.ts';

export interface Refused {
  readonly status: number;
  readonly error: string;
}

export const refuse = (response: Response, { status, error }: Refused) => {
  if (status === 401) response.set('www-authenticate', 'Bearer realm="plumbline"');
  response.status(status).json({ error });
};

const noToken = { status: 401, error: 'a valid token is needed: Authorization: Bearer TOKEN' };
const notFound = { status: 404, error: 'nothing is here' };

export function protectedHandlers(options: ServerOptions, auth: Auth) {
  const { exporters, explain, commands = {}, maxPostBytes = 10 * 2 ** 20 } = options;
  const principalOf = (request: Pick<Request, 'get'>) => auth.principalOf(request.get('authorization'));
  const bodyOf = (request: Request, response: Response, limit = maxPostBytes) =>
    new Promise<Buffer>((resolve, reject) =>
      express.raw({ type: () => true, limit })(request, response, (error: unknown) =>
        error ? reject(error) : resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)),
      ),
    );

  /** 401 for whoever has no token, whether or not what they ask for exists. */
  const withToken: RequestHandler = (request, response, next) => {
    if (principalOf(request)) next();
    else refuse(response, noToken);
  };

  const push: RequestHandler<{ exporter: string; source: string }> = async (asked, response) => {
    const request = asked as unknown as Request;
    const view = exporters().find(candidate => candidate.name === asked.params.exporter);
    const source = view?.pushSources.find(candidate => candidate.name === asked.params.source);
    let principal: Principal | undefined = principalOf(request);
    // Without a token only a signature counts, and that is over the body.
    if (!principal && !source?.verify) return refuse(response, noToken);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ) satisfies PushRequest['headers'];
    const query = Object.fromEntries(
      Object.entries(request.query).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
    );
    const body = await bodyOf(request, response, source?.maxBytes);
    principal ??= await source?.verify?.(body, headers, query);
    if (!principal) return refuse(response, { status: 401, error: 'a valid token or webhook signature is needed' });
    if (principal.role === 'reader') return refuse(response, forbidden(principal));
    if (!view || !source) return refuse(response, notFound);
    response.json(await view.accept(source.name, { body, headers, query, principal }));
  };

  const explainOne: RequestHandler<{ kind: string; id: string[] }> = async (request, response) => {
    const found = await explain?.(request.params.kind, request.params.id.join('/'));
    if (found === undefined) return refuse(response, notFound);
    if ('unknown' in found) return refuse(response, { status: 404, error: found.unknown });
    response.set('content-type', 'text/plain; charset=utf-8').end(found.text);
  };

  const command: RequestHandler<{ name: string }> = async (asked, response) => {
    const request = asked as unknown as Request;
    const principal = principalOf(request);
    if (!principal) return refuse(response, noToken);
    if (principal.role !== 'admin') return refuse(response, forbidden(principal));
    const { name } = asked.params;
    const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!run) return refuse(response, notFound);
    const body = await bodyOf(request, response);
    const result = await run(body.length === 0 ? undefined : parseJson(body), principal).catch((error: unknown) => {
      // An argument that can't be meant, such as a range without length.
      throw error instanceof RangeError ? badRequest(error.message, error) : error;
    });
    response.json(result ?? null);
  };

  return { withToken, push, explain: explainOne, command };
}

const forbidden = (principal: Principal): Refused => ({
  status: 403,
  error: `the token ${principal.name} may not do this`,
});

const badRequest = (text: string, cause: unknown) => Object.assign(new Error(text, { cause }), { status: 400 });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`the body is not JSON: ${(error as Error).message}`, error);
  }
}
