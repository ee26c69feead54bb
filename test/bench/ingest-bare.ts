/** Worker: DuckDB's aggregate over the bill, with its own guesses of types, and nothing kept. */
import os from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface BareInput {
  readonly file: string;
  /** Those of a ledger unless given. */
  readonly threads?: number;
}

export interface BareAnswer {
  readonly ms: number;
  readonly cpuMs: number;
  readonly groups: number;
  readonly peakMiB: number;
}

const { file, threads = Math.max(1, os.availableParallelism() - 1) } = inputOf<BareInput>();
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(threads),
  memory_limit: '800MB',
  preserve_insertion_order: 'false',
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const began = performance.now();
const cpuBefore = cpuMs();
const result = await connection.runAndReadAll(
  `SELECT ChargePeriodStart::DATE AS charge_day, ServiceName, sum(BilledCost), sum(EffectiveCost), sum(ListCost),
     sum(ContractedCost)
   FROM read_csv('${file.replaceAll("'", "''")}') GROUP BY ALL`,
);
answer({
  ms: performance.now() - began,
  cpuMs: cpuMs() - cpuBefore,
  groups: result.currentRowCount,
  peakMiB: peakMiB(),
} satisfies BareAnswer);
connection.closeSync();
instance.closeSync();
process.disconnect();
