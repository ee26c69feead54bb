/** The pages for people: `/`, /runbooks and /runbooks/NAME. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RequestHandler, Response } from 'express';
import { selfMetrics } from './metrics.ts';
import { landingPage } from './pages/landing.ts';
import { runbookList, runbookPage } from './pages/runbook.ts';
import type { ServerOptions } from './server-types.ts';

export function pageHandlers(options: ServerOptions): {
  readonly landing: RequestHandler;
  readonly runbooks: RequestHandler;
  readonly runbook: RequestHandler<{ name: string }>;
} {
  const { exporters, version, demo = false, runbooksDir, now = () => new Date() } = options;

  return {
    landing: (_, response) =>
      sendPage(response, nonce =>
        landingPage({ exporters: exporters(), selfMetrics, nonce, demo, version, now: now() }),
      ),
    runbooks: async (_, response) => {
      const files = runbooksDir === undefined ? [] : await readdir(runbooksDir).catch(() => []);
      const names = files.flatMap(file => /^([\w-]+)\.md$/.exec(file)?.[1] ?? []).sort();
      sendPage(response, nonce => runbookList({ names, nonce, demo }));
    },
    runbook: async (request, response, next) => {
      const { name } = request.params;
      if (runbooksDir === undefined || !/^[\w-]+$/.test(name)) return next();
      const text = await readFile(path.join(runbooksDir, `${name}.md`), 'utf8').catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        },
      );
      if (text === undefined) return next();
      sendPage(response, nonce => runbookPage({ name, text, nonce, demo }));
    },
  };
}

export function sendPage(response: Response, render: (nonce: string) => string): void {
  const nonce = randomBytes(16).toString('base64');
  response.set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  });
  response.end(render(nonce));
}
