/** A policy exporter over a ledger of its own, refreshed as the runtime does. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../../exporters/core/refresh.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import type { Source } from '../../../exporters/core/source.ts';
import { policySchema } from '../../../exporters/policy/config.ts';
import { policyExporter } from '../../../exporters/policy/index.ts';
import type { Ending } from '../../core/local-server.ts';

export interface PolicyRun {
  readonly clock: { now: Date };
  readonly logged: string[];
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** Ends it as a restart would; the next one opens the same file. */
  readonly restart: () => Promise<PolicyRun>;
}

export async function policyRun(t: Ending, source: () => Source, now: string, folder?: string): Promise<PolicyRun> {
  const dataDir = folder ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-policy-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(now) };
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const exporter = policyExporter(policySchema.parse({}), ownership, { now: () => clock.now });
  const runtime = await openRuntime(
    { ...exporter, sources: [source()] },
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
  return {
    ...{ clock, logged },
    refresh: async () => (await runtime.refresh())[0]!,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    restart: async () => {
      await stop();
      return policyRun(t, source, clock.now.toISOString(), dataDir);
    },
  };
}

/** The newest state of each finding, as `policy resource state reason enforcement`. */
export const statesOf = async ({ rows }: Pick<PolicyRun, 'rows'>): Promise<string[]> =>
  (
    await rows(
      `SELECT concat_ws(' ', f.policy, regexp_replace(f.resource, '^k8s:[^/]*/', ''), s.state, coalesce(nullif(s.reason, ''), '-'), s.enforcement) AS line
       FROM (SELECT * FROM finding_states
             QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1) AS s
       JOIN findings AS f USING (finding) ORDER BY line`,
    )
  ).map(({ line }) => String(line));
