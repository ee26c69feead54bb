/** An exporter with an OPA source behind the real server, and an OPA to post to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { Row } from '../../exporters/core/ledger.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { type ServerOptions, viewOf } from '../../exporters/core/server-types.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';

export interface OpaRun {
  readonly runtime: Runtime;
  /** Of the server. */
  readonly url: string;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  readonly page: () => Promise<string>;
  /** Posts as OPA does, and returns the status of the answer. */
  readonly post: (to: string, body: Buffer | string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly stop: () => Promise<void>;
}

export interface OpaRunOptions {
  readonly opa?: unknown;
  readonly dataDir?: string;
  readonly now?: () => Date;
  readonly port?: number;
  readonly server?: Partial<ServerOptions>;
  readonly ownership?: unknown;
}

export const token = 'opa-token';

export async function opaRun(t: TestContext, options: OpaRunOptions = {}): Promise<OpaRun> {
  const { opa = [{}], now = () => new Date(), port = 0 } = options;
  const dataDir = options.dataDir ?? (await temporary(t));
  const log = pino({ level: 'fatal' });
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse(options.ownership ?? {}));
  const exporter = policyExporter(policySchema.parse({ opa }), ownership, { now });
  const runtime = await openRuntime(exporter, { dataDir, log, now });
  const server = createServer({
    exporters: () => [viewOf(runtime)],
    tokens: [
      { name: 'opa', role: 'admin', token },
      { name: 'shop-opa', role: 'team', team: 'shop', token: 'shop-token' },
      { name: 'grafana', role: 'reader', token: 'reader-token' },
    ],
    self: createSelfMetrics({ version: 'test', runtime: false }),
    log,
    version: 'test',
    ...options.server,
  });
  const { url } = await server.listen(port);
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await server.close(500);
    await runtime.stop();
  };
  t.after(stop);
  return {
    runtime,
    url,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    page: async () => {
      const { families } = await runtime.takeSnapshot();
      return Buffer.concat(families.map(({ text }) => text)).toString('utf8');
    },
    post: (to, body, headers = {}) =>
      fetch(`${url}${to}`, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } }),
    stop,
  };
}

export async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-opa-test-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function fileOf(t: TestContext, name: string, text: string | Buffer): Promise<string> {
  const file = path.join(await temporary(t), name);
  await writeFile(file, text);
  return file;
}
