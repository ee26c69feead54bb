/** The policy exporter over a ledger in a file, which may be closed and opened again as by a process that was killed. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../../exporters/catalog/ownership.ts';
import { openLedger, type Row } from '../../../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../../../exporters/core/refresh.ts';
import type { BatchCounts, Principal, PushSource } from '../../../../exporters/core/source.ts';
import { policySchema } from '../../../../exporters/policy/config.ts';
import { policyExporter } from '../../../../exporters/policy/index.ts';

const admin: Principal = { name: 'shipper', role: 'admin' };

/** `gatekeeper`: items of policy.gatekeeper. Logs are files of the cluster prod in `logs`, its constraints in `dumps`. */
export async function gatekeeperRun(
  t: TestContext,
  { gatekeeper = [] }: { readonly gatekeeper?: readonly object[] } = {},
) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-gatekeeper-'));
  mkdirSync(path.join(folder, 'logs'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const common = { kind: 'gatekeeper', cluster: 'prod' };
  const config = policySchema.parse({
    files: [{ ...common, path: path.join(folder, 'logs'), name: 'logs' }],
    gatekeeper,
  });
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  let instant = new Date('2026-11-20T10:00:00Z');
  const now = () => instant;
  const exporter = policyExporter(config, ownership, { now });
  const ledgerPath = path.join(folder, 'ledger.duckdb');
  const open = () => openLedger({ path: ledgerPath, tables: exporter.tables, threads: 1 });
  let ledger = await open();
  t.after(() => ledger.close());
  const signal = new AbortController().signal;
  const context = () => ({ exporter, ledger, log: pino({ level: 'silent' }), now, signal, progress: () => undefined });
  await ledger.write(async tx => exporter.prepare?.(tx, context()));
  const rows = (sql: string): Promise<readonly Row[]> => ledger.read(reader => reader.all(sql));
  const refresh = async (name: string, at: string): Promise<RefreshResult> => {
    instant = new Date(at);
    const source = exporter.sources.find(each => each.name === name);
    assert.ok(source && source.kind !== 'push');
    return refreshSource(source, context());
  };
  const file = (name: string) => path.join(folder, 'logs', name);
  const touch = (name: string, at: string) => utimesSync(file(name), new Date(at), new Date(at));
  return {
    rows,
    refresh,
    write: (name: string, body: string, at: string) => {
      writeFileSync(file(name), body);
      touch(name, at);
    },
    append: (name: string, body: string, at: string) => {
      appendFileSync(file(name), body);
      touch(name, at);
    },
    rename: (from: string, to: string) => renameSync(file(from), file(to)),
    post: async (body: string, at: string, principal: Principal = admin): Promise<BatchCounts> => {
      instant = new Date(at);
      const source = exporter.sources.find(({ name }) => name === 'gatekeeper') as PushSource;
      const request = { body: Buffer.from(body), headers: {}, query: { cluster: 'prod' }, principal };
      return commitBatch('gatekeeper', await source.accept(context(), request), context());
    },
    restart: async () => {
      await ledger.close();
      ledger = await open();
    },
    /** `NAME state(reason)` of every finding as it is at the end. */
    states: async (): Promise<readonly string[]> => {
      const found = await rows(
        `SELECT split_part(f.resource, '/', -1) || ' ' || state || CASE s.reason WHEN '' THEN '' ELSE '(' || s.reason || ')' END AS state
         FROM (
           FROM finding_states
           QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
         ) AS s JOIN findings AS f USING (finding) ORDER BY ALL`,
      );
      return found.map(({ state }) => String(state));
    },
    /** Reports by time: completeness and reason. */
    reports: async (): Promise<readonly string[]> => {
      const found = await rows(
        `SELECT strftime(occurred_at, '%H:%M') || ' ' || completeness || CASE reason WHEN '' THEN '' ELSE ' ' || reason END AS report
         FROM finding_reports ORDER BY occurred_at, learned_at, 1`,
      );
      return found.map(({ report }) => String(report));
    },
  };
}
