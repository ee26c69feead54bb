/** The exporter's HTTP server: pages for Prometheus and for people, posts from other systems, commands. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { createAuth } from './auth.ts';
import { PlumblineError } from './errors.ts';
import { httpRequestDuration } from './metrics.ts';
import { apiHandlers, principalOf } from './server-api.ts';
import { pageHandlers } from './server-pages.ts';
import { protectedHandlers, refuse } from './server-protected.ts';
import { scrapeHandlers } from './server-scrape.ts';
import { teamHandlers } from './server-teams.ts';
import type { ServerOptions } from './server-types.ts';

export interface Server {
  readonly app: Express;
  /** Port 0 takes a free one. Loopback unless told otherwise. Errors: PORT_TAKEN, LISTEN_FAILED. */
  readonly listen: (
    port: number,
    host?: string,
  ) => Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /**
   * Beside it, for commands on this machine where a web configuration file asks for more than they have: on loopback, by
   * token alone. Errors: LISTEN_FAILED.
   */
  readonly listenLocally: () => Promise<string>;
  /** Takes no new connection, finishes what is under way, and cuts what is not done by the deadline (5 s). */
  readonly close: (deadlineMs?: number) => Promise<void>;
}

export function createServer(options: ServerOptions): Server {
  const { exporters, log, self, web } = options;
  const app = express();
  // Express' own ETag hashes the whole page at every scrape.
  app.set('etag', false).set('x-powered-by', false).set('query parser', 'simple');
  const scrape = scrapeHandlers(options);
  const pages = pageHandlers(options);
  const auth = createAuth(options.tokens);
  const guarded = protectedHandlers(options, auth);
  const api = apiHandlers(options, auth);
  const teams = teamHandlers(options, auth);
  let closing = false;

  app.use((request, response, next) => {
    const began = performance.now();
    response.set({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    if (closing) response.set('connection', 'close');
    response.on('close', () => {
      // The route's pattern, as the paths asked for are without number.
      const route = (request.route as { readonly path?: string } | undefined)?.path ?? 'other';
      const labels = { route, code: String(response.statusCode) };
      self.observe(httpRequestDuration, labels, (performance.now() - began) / 1000);
      // A connection that was busy when we stopped would be kept alive until the deadline.
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    next();
  });

  /** Of commands on this machine, which give a token whatever the web configuration file asks for. */
  const local = new WeakSet<object>();
  if (web) {
    const isKnown = (request: Request) => principalOf(auth, request.get('authorization')) !== undefined;
    const guard = web.guard(isKnown);
    app.use((request, response, next) => {
      if (!local.has(request.socket)) return guard(request, response, next);
      if (request.path === '/-/healthy' || isKnown(request)) return next();
      return refuse(response, { status: 401, error: 'a token of this machine is needed' });
    });
  }

  app.get('/metrics', scrape.all);
  app.get('/metrics/:exporter', scrape.one);
  app.get('/-/healthy', (_, response) => void response.type('text/plain').end('healthy\n'));
  app.get('/-/ready', (_, response) => {
    const waiting = exporters()
      .filter(view => !view.snapshot())
      .map(view => view.name);
    const ready = waiting.length === 0 && !closing;
    response.status(ready ? 200 : 503).type('text/plain');
    response.end(ready ? 'ready\n' : closing ? 'stopping\n' : `waiting for the first page of ${waiting.join(', ')}\n`);
  });
  app.get('/', pages.landing);
  app.get('/teams', teams.list);
  app.get('/teams/:team', teams.one);
  app.get('/runbooks', pages.runbooks);
  app.get('/runbooks/:name', pages.runbook);
  app.post('/push/:exporter/:source{/*rest}', guarded.push);
  // What pipelines and policy engines call it.
  app.post('/ingest/:exporter/:source{/*rest}', guarded.push);
  app.post('/command/:name', guarded.command);
  app.get('/explain/:kind/*id', api.withPassword, guarded.explain);
  app.get('/api/:name', api.list);
  app.get('/api/:exporter/:name', api.list);
  app.use(['/api', '/explain', '/push', '/ingest', '/command'], guarded.withToken);
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') next();
    else guarded.withToken(request, response, next);
  });
  app.use(((_, response) => refuse(response, { status: 404, error: 'nothing is here' })) satisfies RequestHandler);
  app.use(errorHandler(log));

  const server = web?.createServer(app) ?? http.createServer(app);
  const localServer = http.createServer(app);
  localServer.on('connection', socket => local.add(socket));
  // Longer than usual scrape intervals, so that a scraper's connection serves the next scrape too.
  server.keepAliveTimeout = 65_000;
  return {
    app,
    listen: (port, host = '127.0.0.1') =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException) => {
          const details = { host, port, reason: error.message };
          reject(new PlumblineError(error.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'LISTEN_FAILED', details, error));
        };
        server.once('error', failed);
        server.listen(port, host, () => {
          server.off('error', failed);
          const bound = (server.address() as AddressInfo).port;
          const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
          resolve({ host, port: bound, url: `${web?.isTls ? 'https' : 'http'}://${shown}:${bound}` });
        });
      }),
    listenLocally: () =>
      new Promise((resolve, reject) => {
        localServer.once('error', error =>
          reject(new PlumblineError('LISTEN_FAILED', { host: '127.0.0.1', port: 0, reason: error.message }, error)),
        );
        localServer.listen(0, '127.0.0.1', () =>
          resolve(`http://127.0.0.1:${(localServer.address() as AddressInfo).port}`),
        );
      }),
    close: (deadlineMs = 5_000) =>
      new Promise(resolve => {
        closing = true;
        localServer.close();
        localServer.closeAllConnections();
        if (!server.listening) return resolve();
        const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** Tells what the asker can mend, never a stack, and of our own failures only that there was one. */
function errorHandler(log: ServerOptions['log']): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = statusOf(error);
    if (status >= 500) log.error({ err: error, method: request.method, path: request.path }, 'request failed');
    if (response.headersSent) return void response.destroy();
    response.removeHeader('content-encoding');
    response.removeHeader('content-length');
    response.removeHeader('etag');
    if (status === 429) response.set('retry-after', '1');
    if (error instanceof PlumblineError) {
      const { message, code, remedy } = error;
      return void response.status(status).json({ error: message, code, remedy });
    }
    const told = status < 500 && error instanceof Error ? error.message : 'the server failed; its log says why';
    refuse(response, { status, error: told });
  };
}

const statuses: Readonly<Record<string, number>> = {
  ...{ PUSH_INVALID: 400, PUSH_FORBIDDEN: 403, PUSH_TOO_LARGE: 413, PUSH_BUSY: 429 },
  ...{ QUERY_INVALID: 400, READ_FORBIDDEN: 403 },
};

function statusOf(error: unknown): number {
  if (error instanceof PlumblineError) return statuses[error.code] ?? 500;
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 600 ? status : 500;
}
