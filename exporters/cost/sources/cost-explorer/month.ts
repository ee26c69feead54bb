/**
 * What Cost Explorer says of one month: every cube, and the charges that the first one makes. Where charge categories
 * are asked apart, the costs by RECORD_TYPE come first: they tell which categories there are, so that none is asked in
 * vain, and what the parts of every cube must sum to, so that a missing page is seen.
 */
import { absolute, remainderText, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { AwsClient } from './client.ts';
import { type CostExplorerConfig, cubeName } from './config.ts';
import { type Basis, type CubeAnswer, type CubeRow, type Days, readCube } from './query.ts';
import { type RecordGroup, recordGroup } from './record-types.ts';

export interface MonthAnswer {
  readonly days: Days;
  /** Rows of the first cube by what they are in FOCUS. */
  readonly charges: readonly { readonly group: RecordGroup; readonly rows: readonly CubeRow[] }[];
  readonly cubes: readonly { readonly cube: readonly string[]; readonly rows: readonly CubeRow[] }[];
  readonly isEstimated: boolean;
  readonly accountNames: ReadonlyMap<string, string>;
  /** Record types that are in no list, which count as usage. */
  readonly unknownRecordTypes: readonly string[];
  /** What rounding to ten decimals took from the charges, as decimal text. */
  readonly rounding: Readonly<Record<Basis, string>>;
  readonly requests: number;
}

const control = ['RECORD_TYPE'];

export const asksCategories = (config: CostExplorerConfig): boolean =>
  config.role === 'authoritative' && config.charge_categories;

/** Errors: those of `readCube`; COST_EXPLORER_TOTALS where the parts are not the whole. */
export async function readMonth(client: AwsClient, config: CostExplorerConfig, days: Days): Promise<MonthAnswer> {
  const [primary = []] = config.cubes;
  const answers: CubeAnswer[] = [];
  const ask = async (cube: readonly string[], recordTypes?: readonly string[]) => {
    const answer = await readCube(client, {
      cube,
      days,
      effective: config.effective_cost,
      ...(recordTypes === undefined ? {} : { recordTypes }),
    });
    answers.push(answer);
    return answer;
  };

  const charges: { group: RecordGroup; rows: readonly CubeRow[] }[] = [];
  const cubes: { cube: readonly string[]; rows: readonly CubeRow[] }[] = [];
  let whole: readonly CubeRow[];
  let unknownRecordTypes: string[] = [];
  if (asksCategories(config)) {
    whole = (await ask(control)).rows;
    cubes.push({ cube: control, rows: whole });
    const types = [...new Set(whole.map(row => row.keys[0] ?? ''))].sort();
    unknownRecordTypes = types.filter(type => recordGroup(type) === undefined);
    const byGroup = Map.groupBy(types, type => recordGroup(type) ?? 'usage');
    for (const [group, members] of byGroup)
      charges.push({ group, rows: (await ask(primary, byGroup.size === 1 ? undefined : members)).rows });
    const rows = merged(charges.flatMap(part => part.rows));
    checkTotals(whole, rows, primary);
    cubes.push({ cube: primary, rows });
  } else {
    whole = (await ask(primary)).rows;
    charges.push({ group: 'usage', rows: whole });
    cubes.push({ cube: primary, rows: whole });
  }
  for (const cube of config.cubes.slice(1)) {
    if (cubes.some(known => cubeName(known.cube) === cubeName(cube))) continue;
    const { rows } = await ask(cube);
    checkTotals(whole, rows, cube);
    cubes.push({ cube, rows });
  }
  const chargeAnswers = answers.filter(answer => answer.cube === primary);
  const roundingOf = (basis: Basis) =>
    remainderText(chargeAnswers.reduce((sum, answer) => sum + answer.remainder[basis], 0n));
  return {
    days,
    charges,
    cubes,
    isEstimated: answers.some(answer => answer.isEstimated),
    accountNames: new Map(answers.flatMap(answer => [...answer.accountNames])),
    unknownRecordTypes,
    rounding: { billed: roundingOf('billed'), effective: roundingOf('effective') },
    requests: answers.reduce((sum, answer) => sum + answer.requests, 0),
  };
}

/** Rows with the same day, keys and currency added. */
function merged(rows: readonly CubeRow[]): CubeRow[] {
  const byKey = Map.groupBy(rows, row => JSON.stringify([row.day, row.currency, ...row.keys]));
  return [...byKey.values()].map(same => ({
    ...same[0]!,
    billed: same.reduce((sum, row) => sum + row.billed, 0n),
    effective: same.reduce((sum, row) => sum + row.effective, 0n),
  }));
}

/** Cost Explorer rounds each amount by itself, so sums differ in their last digits: 0.0001 a day, and a digit a row. */
const tolerance = 1_000_000n;

function checkTotals(whole: readonly CubeRow[], parts: readonly CubeRow[], cube: readonly string[]): void {
  for (const basis of ['billed', 'effective'] as const) {
    const wanted = sums(whole, basis);
    const found = sums(parts, basis);
    for (const key of new Set([...wanted.keys(), ...found.keys()])) {
      const total = wanted.get(key) ?? 0n;
      const sum = found.get(key) ?? 0n;
      if (absolute(total - sum) <= tolerance + BigInt(parts.length)) continue;
      const [day, currency] = key.split(' ');
      throw new PlumblineError('COST_EXPLORER_TOTALS', {
        total: unitsText(total),
        currency,
        basis,
        day,
        cube: cubeName(cube),
        parts: unitsText(sum),
      });
    }
  }
}

function sums(rows: readonly CubeRow[], basis: Basis): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const row of rows) {
    const key = `${row.day} ${row.currency}`;
    totals.set(key, (totals.get(key) ?? 0n) + row[basis]);
  }
  return totals;
}
