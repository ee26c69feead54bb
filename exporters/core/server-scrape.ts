/** GET /metrics and /metrics/EXPORTER: stored bytes, and the process's own metrics. */
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { createPageStore, sendSlices } from './compress.ts';
import { contentTypeOf, type Format, negotiate, page, tail } from './exposition.ts';
import { refuse } from './server-protected.ts';
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
    const encoding = negotiateEncoding(request.get('accept-encoding'));
    // Weak: nobody asks again because a gauge of the runtime has moved.
    const tag = `W/"${boot}-${commits}-${self.version()}-${format}"`;
    response.set({
      'content-type': contentTypeOf(format, accept),
      vary: 'Accept, Accept-Encoding',
      etag: tag,
      'cache-control': 'no-cache',
    });
    if (encoding === undefined) {
      response.removeHeader('etag');
      return refuse(response, {
        status: 406,
        error: 'Accept-Encoding refuses both that a page comes in: gzip, identity',
      });
    }
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

/**
 * The coding that an Accept-Encoding header prefers (RFC 9110, 12.5.3), gzip where both are as good; undefined where it
 * refuses both. Without the header nothing is said of gzip, and the page is sent as it is.
 */
export function negotiateEncoding(header: string | undefined): 'gzip' | 'identity' | undefined {
  const quality = new Map(
    (header ?? '').split(',').map(part => {
      const [coding = '', ...parameters] = part.split(';').map(text => text.replace(/\s/g, '').toLowerCase());
      const q = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1);
      return [coding, Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 0];
    }),
  );
  const any = quality.get('*');
  const gzip = quality.get('gzip') ?? quality.get('x-gzip') ?? any ?? 0;
  // It is acceptable without being named, but what is named is preferred.
  const identity = quality.get('identity') ?? any ?? Number.MIN_VALUE;
  if (gzip > 0 && gzip >= identity) return 'gzip';
  return identity > 0 ? 'identity' : undefined;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function matches(header: string | undefined, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return header !== undefined && (header.trim() === '*' || header.split(',').some(one => opaque(one) === opaque(tag)));
}
