/** GET /metrics and /metrics/EXPORTER: stored bytes, and the process's own metrics. */
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { createPageStore, sendSlices } from './compress.ts';
import { contentTypeOf, type Format, negotiate, page, tail } from './exposition.ts';
import type { ExporterView, ServerOptions } from './server-types.ts';

// Rendering them takes longer than sending a small page.
const ownMetricsMs = 1000;

export function scrapeHandlers(options: Pick<ServerOptions, 'exporters' | 'self' | 'log'>): {
  readonly all: RequestHandler;
  readonly one: RequestHandler<{ exporter: string }>;
} {
  const { exporters, self, log } = options;
  const store = createPageStore();
  // Commits are numbered from 1 in each process.
  const boot = randomBytes(4).toString('hex');
  const ends = new Map<string, { readonly version: number; readonly at: number; readonly bytes: Buffer }>();

  /** The end of a page. What moves without a version, such as gauges of the runtime, is a second old at most. */
  const ownMetrics = async (key: string, format: Format) => {
    const kept = ends.get(`${key} ${format}`);
    const version = self.version();
    const at = performance.now();
    if (kept?.version === version && at - kept.at < ownMetricsMs) return kept.bytes;
    const bytes = tail(format, await self.text(key === '' ? undefined : key));
    ends.set(`${key} ${format}`, { version, at, bytes });
    return bytes;
  };

  const send = async (request: Request, response: Response, views: readonly ExporterView[], key: string) => {
    const accept = request.get('accept');
    const format = negotiate(accept);
    const commits = views.map(view => `${view.name}.${view.snapshot()?.commit ?? 0}`).join('.');
    const encoding = acceptsGzip(request.get('accept-encoding')) ? 'gzip' : 'identity';
    // Weak: nobody asks again because a gauge of the runtime has moved.
    const tag = `W/"${boot}-${commits}-${self.version()}-${format}"`;
    response.set({
      'content-type': contentTypeOf(format, accept),
      vary: 'Accept, Accept-Encoding',
      etag: tag,
      'cache-control': 'no-cache',
    });
    if (matches(request.get('if-none-match'), tag)) return void response.status(304).end();
    const stored = store.page(`${key} ${format}`, commits, () =>
      // The end of a page, which a stored one lacks, follows with our own metrics.
      page(
        views.flatMap(view => view.snapshot()?.families ?? []),
        format,
      ).slice(0, -1),
    );
    const end = await ownMetrics(key, format);
    const parts = encoding === 'gzip' ? await stored.gzip(end) : [...stored.parts, end];
    if (encoding === 'gzip') response.set('content-encoding', 'gzip');
    response.set('content-length', String(parts.reduce((sum, part) => sum + part.length, 0)));
    if (request.method === 'HEAD') return void response.end();
    await sendSlices(response, parts);
    // A person's look at the page is no sample that history would have to leave alone.
    if (request.get('x-prometheus-scrape-timeout-seconds') !== undefined)
      for (const view of views)
        view.scraped().catch((err: unknown) => log.error({ err, exporter: view.name }, 'could not note the scrape'));
  };

  return {
    all: (request, response) => send(request, response, exporters(), ''),
    one: async (request, response, next) => {
      const view = exporters().find(candidate => candidate.name === request.params.exporter);
      if (!view) return next();
      await send(request as unknown as Request, response, [view], view.name);
    },
  };
}

/** Whether the Accept-Encoding header takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  const quality = new Map(
    (header ?? '').split(',').map(part => {
      const [coding = '', ...parameters] = part.split(';').map(text => text.trim().toLowerCase());
      const q = parameters.find(parameter => parameter.startsWith('q='))?.slice(2);
      return [coding, q === undefined ? 1 : Number(q)];
    }),
  );
  return (quality.get('gzip') ?? quality.get('x-gzip') ?? quality.get('*') ?? 0) > 0;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function matches(header: string | undefined, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return header !== undefined && (header.trim() === '*' || header.split(',').some(one => opaque(one) === opaque(tag)));
}
