/** What needs a token or a webhook's signature: posts, explanations and commands. */
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Auth } from './auth.ts';
import { PlumblineError } from './errors.ts';
import type { ExporterView, ServerOptions } from './server-types.ts';
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
  const pending = pendingPosts(options);
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
    const path = (asked.params as { readonly rest?: readonly string[] }).rest;
    if (path && !source?.queue) return refuse(response, principal ? notFound : noToken);
    const done = pending.begin(asked.params.exporter, asked.params.source, Number(request.get('content-length') ?? 0));
    try {
      const body = await (source?.queue
        ? rawBody(request, source.name, source.queue.maxBodyBytes)
        : bodyOf(request, response, source?.maxBytes));
      principal ??= await source?.verify?.(body, headers, query);
      if (!principal) return refuse(response, { status: 401, error: 'a valid token or webhook signature is needed' });
      if (principal.role === 'reader') return refuse(response, forbidden(principal));
      if (!view || !source) return refuse(response, notTaken(exporters(), view));
      const rest = path === undefined ? {} : { rest: path.join('/') };
      response.json(await view.accept(source.name, { body, headers, query, principal, ...rest }));
    } finally {
      done();
    }
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

/** The body as it was sent, compressed or not. Throws PUSH_TOO_LARGE, and what a cut connection throws. */
async function rawBody(request: Request, source: string, most: number): Promise<Buffer> {
  const tooLarge = () => new PlumblineError('PUSH_TOO_LARGE', { source, bytes: most });
  if (Number(request.get('content-length') ?? 0) > most) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // What is destroyed can't be told why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** How much is being taken of each exporter, so that a burst of posts can't fill the memory. */
function pendingPosts({ maxPendingPosts = 200, maxPendingBytes = 64 * 2 ** 20 }: ServerOptions) {
  const counts = new Map<string, { posts: number; bytes: number }>();
  return {
    /** Returns what is to be called at its end. Throws PUSH_BUSY. */
    begin: (exporter: string, source: string, bytes: number): (() => void) => {
      const count = counts.get(exporter) ?? { posts: 0, bytes: 0 };
      counts.set(exporter, count);
      if (count.posts >= maxPendingPosts || (count.posts > 0 && count.bytes + bytes > maxPendingBytes))
        throw new PlumblineError('PUSH_BUSY', { source, reason: `${count.posts} other posts are being taken` });
      count.posts += 1;
      count.bytes += bytes;
      return () => {
        count.posts -= 1;
        count.bytes -= bytes;
      };
    },
  };
}

const forbidden = (principal: Principal): Refused => ({
  status: 403,
  error: `the token ${principal.name} may not do this`,
});

/** What whoever may post finds in place of what he misspelled. */
function notTaken(views: readonly ExporterView[], view: ExporterView | undefined): Refused {
  const taking = (view === undefined ? views : [view]).flatMap(({ name, pushSources }) =>
    pushSources.map(source => `/ingest/${name}/${source.name}`),
  );
  const ways = taking.sort().join(', ');
  return { status: 404, error: `nothing is here${ways === '' ? '' : `; posts go to ${ways}`}` };
}

const badRequest = (text: string, cause: unknown) => Object.assign(new Error(text, { cause }), { status: 400 });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`the body is not JSON: ${(error as Error).message}`, error);
  }
}
