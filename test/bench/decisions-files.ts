/** Worker: reads a console log of decisions, into a new ledger as `serve` does, or bare by DuckDB alone. */

import os from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { type LoopDelay, watchLoop } from './loop-delay.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface DecisionFilesInput {
  readonly file: string;
  readonly how: 'ours' | 'columns' | 'guessed';
  readonly dataDir: string;
}

export interface DecisionFilesAnswer {
  readonly ms: number;
  readonly cpuMs: number;
  readonly decisions: number;
  readonly loop: LoopDelay;
  readonly peakMiB: number;
}

const { file, how, dataDir } = inputOf<DecisionFilesInput>();
const work = how === 'ours' ? await ours() : await bare(how);
const loop = watchLoop();
const cpuBefore = cpuMs();
const began = performance.now();
const decisions = await work();
const [ms, cpu] = [performance.now() - began, cpuMs() - cpuBefore];
answer({ ms, cpuMs: cpu, decisions, loop: await loop(), peakMiB: peakMiB() } satisfies DecisionFilesAnswer);

async function ours(): Promise<() => Promise<number>> {
  const config = policySchema.parse({ opa: [{ files: [{ path: file, settle: 0 }] }] });
  const exporter = policyExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})));
  const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'error' }) });
  return async () => {
    const [told] = await runtime.refresh();
    if (!told || told.error !== undefined) throw new Error(told?.error ?? 'nothing was refreshed');
    return told.changed;
  };
}

/** Decisions by path, result and team, and nothing kept: with the columns that it takes, or with types guessed. */
async function bare(columns: 'columns' | 'guessed'): Promise<() => Promise<number>> {
  const threads = String(Math.max(1, os.availableParallelism() - 1));
  const instance = await DuckDBInstance.create(':memory:', { threads });
  const connection = await instance.connect();
  const given = `columns = {decision_id: 'VARCHAR', "timestamp": 'VARCHAR', path: 'VARCHAR', query: 'VARCHAR', result: 'JSON',
    error: 'JSON', labels: 'JSON', input: 'JSON', req_id: 'VARCHAR', type: 'VARCHAR', msg: 'VARCHAR'}`;
  const of = columns === 'columns' ? `, ${given}` : '';
  const team = columns === 'columns' ? `json_extract_string(input, '$.team')` : 'input.team';
  const sql = `SELECT sum(n)::BIGINT FROM (
    SELECT path, result::VARCHAR AS result, ${team} AS team, count(*) AS n
    FROM read_json($file, format = 'newline_delimited'${of}) GROUP BY ALL)`;
  return async () => Number((await connection.runAndReadAll(sql, { file })).getRowsJson()[0]?.[0]);
}
