/** An experience exporter with a Backstage source behind the real server, whose whole folder can be searched for words. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../../exporters/core/refresh.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../../exporters/core/self-metrics.ts';
import { createServer } from '../../../exporters/core/server.ts';
import { viewOf } from '../../../exporters/core/server-types.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { pseudonymsOf } from '../../../exporters/experience/pseudonym.ts';
import { backstageSources } from '../../../exporters/experience/sources/backstage/index.ts';
import { declared, key, peopleOf } from '../usage/books.ts';

export interface Run {
  readonly url: string;
  readonly clock: { now: Date };
  readonly post: (body: Buffer | string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly drain: () => Promise<void>;
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  readonly page: () => Promise<string>;
  readonly dataDir: string;
  readonly restart: () => Promise<Run>;
  /** Stops, and fails where one of the words is in a file that is kept, in the log or on a page. */
  readonly assertNothingOf: (words: readonly string[]) => Promise<void>;
}

interface Options {
  readonly backstage?: object;
  readonly now?: string;
  readonly ownership?: Ownership;
  readonly dataDir?: string;
  readonly retries?: number;
}

export const token = 'token-of-the-proxy-0123';

export async function backstageRun(t: TestContext, options: Options = {}): Promise<Run> {
  const {
    backstage = {},
    now = '2026-03-05T12:00:00Z',
    ownership = peopleOf({ red: 9, blue: 7 }),
    retries = 1,
  } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'plumbline-backstage-')));
  if (!options.dataDir) t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const logged: string[] = [];
  const pages: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(now) };
  const config = experienceSchema.parse({
    backstage: [backstage],
    features: declared,
    privacy: { pseudonym_key: key },
  });
  const usage = { config, ownership, pseudonyms: pseudonymsOf(key) };
  const exporter = experienceExporter(config, ownership, { now: () => clock.now });
  const sources = config.backstage.flatMap(item => backstageSources(item, usage, { sleep: async () => {}, retries }));
  const runtime = await openRuntime({ ...exporter, sources }, { dataDir, log, now: () => clock.now, threads: 1 });
  const server = createServer({
    exporters: () => [viewOf(runtime)],
    tokens: [
      { name: 'proxy', role: 'admin', token },
      { name: 'red-portal', role: 'team', team: 'red', token: 'red-token' },
      { name: 'grafana', role: 'reader', token: 'reader-token' },
    ],
    ...{ self: createSelfMetrics({ version: 'test', runtime: false }), log, version: 'test' },
  });
  const { url } = await server.listen(0);
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await server.close(500);
    await runtime.stop();
  };
  t.after(stop);
  const page = async () => {
    const { families } = await runtime.takeSnapshot();
    const text = Buffer.concat(families.map(family => family.text)).toString('utf8');
    pages.push(text);
    return text;
  };
  return {
    ...{ url, clock, page, dataDir },
    post: (body, headers = {}) =>
      fetch(`${url}/ingest/experience/backstage`, {
        ...{ method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } },
      }),
    drain: () => runtime.drain(),
    refresh: async () => (await runtime.refresh('backstage-scaffolder'))[0]!,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    restart: async () => {
      await stop();
      return backstageRun(t, { ...options, dataDir, now: clock.now.toISOString() });
    },
    assertNothingOf: async words => {
      await page();
      await stop();
      const files = await readdir(dataDir, { recursive: true, withFileTypes: true });
      const texts = await Promise.all(
        files
          .filter(file => file.isFile())
          .map(
            async file =>
              [file.name, (await readFile(path.join(file.parentPath, file.name))).toString('latin1')] as const,
          ),
      );
      assert.ok(texts.some(([name, text]) => name.endsWith('.duckdb') && text.length > 10_000));
      for (const word of words)
        for (const [where, text] of [
          ...texts,
          ['the log', logged.join('\n')] as const,
          ['a page', pages.join('\n')] as const,
        ])
          assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${word} is in ${where}`);
    },
  };
}
