/** Worker: DuckDB's aggregate over the bill, and nothing kept. */
import os from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface BareInput {
  readonly file: string;
  /**
   * `ledger`: by all that the ledger keeps apart, the raw tags included; `narrow`: by day and service only. Both in
   * doubles, as DuckDB guesses them: exact decimals take it many times as long.
   */
  readonly grain: 'ledger' | 'narrow';
  /** Those of a ledger unless given. */
  readonly threads?: number;
}

export interface BareAnswer {
  readonly ms: number;
  readonly cpuMs: number;
  readonly groups: number;
  readonly peakMiB: number;
}

const { file, grain, threads = Math.max(1, os.availableParallelism() - 1) } = inputOf<BareInput>();
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(threads),
  memory_limit: '800MB',
  preserve_insertion_order: 'false',
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const began = performance.now();
const cpuBefore = cpuMs();
const path = file.replaceAll("'", "''");
const costs = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'];
const sums = (names: readonly string[]) => names.map(name => `sum(${name})`).join(', ');
const aggregates = {
  narrow: `SELECT ChargePeriodStart::DATE AS charge_day, ServiceName, ${sums(costs)} FROM read_csv('${path}') GROUP BY ALL`,
  ledger: `SELECT ChargePeriodStart::DATE AS charge_day, BillingPeriodStart, ProviderName, BillingAccountId, SubAccountId,
      RegionId, ServiceCategory, ServiceName, SkuId, ChargeCategory, ChargeClass, CommitmentDiscountStatus,
      BillingCurrency, ConsumedUnit, Tags, ${sums([...costs, 'ConsumedQuantity'])}
    FROM read_csv('${path}') GROUP BY ALL`,
};
const result = await connection.runAndReadAll(aggregates[grain]);
answer({
  ms: performance.now() - began,
  cpuMs: cpuMs() - cpuBefore,
  groups: result.currentRowCount,
  peakMiB: peakMiB(),
} satisfies BareAnswer);
connection.closeSync();
instance.closeSync();
process.disconnect();
