/** The policy exporter over a ledger in memory, with files that are delivered and reports that are posted. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openLedger, type Row } from '../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../exporters/core/refresh.ts';
import type { BatchCounts, Principal, PushSource } from '../../exporters/core/source.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';

export interface Post {
  readonly kind: string;
  readonly body: string | Buffer;
  readonly query?: Readonly<Record<string, string>>;
  readonly principal?: Principal;
  readonly now?: string;
}

const admin: Principal = { name: 'ci', role: 'admin' };

/** `files`: items of policy.files, whose paths are within `folder`. */
export async function reportRun(
  t: TestContext,
  { files = [], rules = [] }: { readonly files?: readonly object[]; readonly rules?: readonly object[] } = {},
) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-policy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const within = files.map(item => ({ settle: 0, ...item, path: path.join(folder, (item as { path: string }).path) }));
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const config = policySchema.parse({ files: within });
  const log = pino({ level: 'silent' });
  let instant = new Date('2026-11-20T00:00:00Z');
  const now = () => instant;
  const exporter = policyExporter(config, ownership, { now });
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  t.after(() => ledger.close());
  const progress = () => undefined;
  const context = { exporter, ledger, log, now, signal: new AbortController().signal, progress };
  await ledger.write(async tx => exporter.prepare?.(tx, context));
  const rows = (sql: string): Promise<readonly Row[]> => ledger.read(reader => reader.all(sql));
  return {
    folder,
    rows,
    exporter,
    /** Writes a file, as of an instant. */
    deliver: (name: string, body: string | Buffer, at: string) => {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, body);
      utimesSync(file, new Date(at), new Date(at));
    },
    refresh: async (at = '2026-11-20T00:00:00Z'): Promise<RefreshResult> => {
      instant = new Date(at);
      const source = exporter.sources.find(({ kind }) => kind === 'read');
      assert.ok(source);
      return refreshSource(source, context);
    },
    post: async ({ kind, body, query = {}, principal = admin, now: at }: Post): Promise<BatchCounts> => {
      if (at !== undefined) instant = new Date(at);
      const source = exporter.sources.find(({ name }) => name === kind) as PushSource;
      const request = { body: Buffer.from(body as Buffer), headers: {}, query, principal };
      return commitBatch(kind, await source.accept(context, request), context);
    },
    /** What `check` says. */
    notices: async () => (await exporter.check?.(ledger)) ?? [],
    /** How many findings are in each state at the end, with the reason of what is resolved or unknown. */
    states: async (): Promise<Readonly<Record<string, number>>> => {
      const found = await rows(
        `SELECT state || CASE reason WHEN '' THEN '' ELSE '(' || reason || ')' END AS state, count(*)::INTEGER AS n FROM (
           FROM finding_states
           QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
         ) GROUP BY ALL ORDER BY ALL`,
      );
      return Object.fromEntries(found.map(({ state, n }) => [String(state), Number(n)]));
    },
  };
}

/** A check of Checkov. */
export const check = (id: string, resource: string, file: string, more: object = {}) => ({
  ...{ check_id: id, check_name: `about ${id}`, resource, severity: null },
  ...{
    file_path: `/${file}`,
    repo_file_path: `/${file}`,
    file_abs_path: `/tmp/run-17/${file}`,
    file_line_range: [3, 9],
  },
  check_result: { result: 'FAILED' },
  ...more,
});

export interface Checks {
  readonly type?: string;
  readonly failed?: readonly unknown[];
  readonly passed?: readonly unknown[];
  readonly skipped?: readonly unknown[];
  readonly errors?: readonly string[];
}

export const checkovPart = ({ type = 'terraform', failed = [], passed = [], skipped = [], errors = [] }: Checks) => ({
  check_type: type,
  results: { failed_checks: failed, passed_checks: passed, skipped_checks: skipped, parsing_errors: errors },
  summary: { passed: passed.length, failed: failed.length, skipped: skipped.length, parsing_errors: errors.length },
});

export const checkovJson = (checks: Checks): string => JSON.stringify(checkovPart(checks));
