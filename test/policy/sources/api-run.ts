/** A policy exporter with one API source over a ledger in a folder, refreshed and restarted as the runtime does. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership, type Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../../exporters/core/refresh.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import type { Source } from '../../../exporters/core/source.ts';
import { policySchema } from '../../../exporters/policy/config.ts';
import { policyExporter } from '../../../exporters/policy/index.ts';

export interface ApiRun {
  readonly clock: { now: Date };
  readonly logged: readonly string[];
  readonly refresh: (at?: string) => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** The values of each row with spaces between them; - for what is empty. */
  readonly lines: (sql: string) => Promise<readonly string[]>;
  /** Ends it as a restart would; the next one opens the same file. */
  readonly restart: () => Promise<ApiRun>;
}

export interface ApiRunOptions {
  readonly source: (ownership: Ownership) => Source;
  readonly now: string;
  readonly rules?: readonly object[];
  readonly folder?: string;
}

export async function apiRun(t: Pick<TestContext, 'after'>, options: ApiRunOptions): Promise<ApiRun> {
  const { source, rules = [] } = options;
  const dataDir = options.folder ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-policy-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(options.now) };
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const exporter = policyExporter(policySchema.parse({}), ownership, { now: () => clock.now });
  const runtime = await openRuntime(
    { ...exporter, sources: [source(ownership)] },
    { dataDir, log, now: () => clock.now, threads: 1 },
  );
  let stopped = false;
  const stop = async () => {
    if (!stopped) await runtime.stop();
    stopped = true;
  };
  t.after(async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const rows = (sql: string) => runtime.ledger.read(reader => reader.all(sql));
  return {
    ...{ clock, logged, rows },
    refresh: async at => {
      if (at !== undefined) clock.now = new Date(at);
      return (await runtime.refresh())[0]!;
    },
    lines: async sql =>
      (await rows(sql)).map(row =>
        Object.values(row)
          .map(value => (value === null || value === '' ? '-' : String(value)))
          .join(' '),
      ),
    restart: async () => {
      await stop();
      return apiRun(t, { ...options, now: clock.now.toISOString(), folder: dataDir });
    },
  };
}

/** `policy resource state reason enforcement` as they are by now; of the resource its last words. */
export const statesOf = ({ lines }: Pick<ApiRun, 'lines'>): Promise<readonly string[]> =>
  lines(
    `SELECT f.policy, regexp_extract(f.resource, '([^/]+)$', 1) AS resource, s.state, s.reason, s.enforcement
     FROM (SELECT * FROM finding_states
           QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1) AS s
     JOIN findings AS f USING (finding) ORDER BY ALL`,
  );
