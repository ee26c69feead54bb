/** A random life of a bill: charges, restatements, owners that change, periods that close; learned after they occurred. */
import type { Ledger, Transaction } from '../../exporters/core/ledger.ts';
import { seededRandom } from '../core/random.ts';
import { randomEstimates } from './journal-estimates.ts';
import { randomVendorJournal } from './journal-vendors.ts';

const start = Date.parse('2026-08-20T00:00:00Z');
export const lastDay = 95;
const at = (days: number) => new Date(start + days * 86_400_000).toISOString().replace('T', ' ').slice(0, 19);

/** Random instants within the life, in whole minutes, `YYYY-MM-DD HH:MM:SS`; some of them at midnight. */
export function randomInstants(random: () => number, count: number): string[] {
  const instants = Array.from({ length: count }, (_, index) => {
    const days = 5 + random() * (lastDay - 5);
    return at(index % 4 === 0 ? Math.floor(days) : Math.floor(days * 1440) / 1440);
  });
  return [...new Set(instants)].sort();
}

/** Fills the ledger's facts; allocations are postings of their own, so that a residual shows too. */
export async function randomJournal(ledger: Ledger, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const amount = () => ((random() - 0.25) * 10 ** upTo(9)).toFixed(10);
  const amounts = () => [amount(), amount(), amount(), amount()];
  await ledger.write(async tx => {
    await tx.run(
      `INSERT INTO cost_settings VALUES ('top_services', 4), ('top_environments', 1), ('top_service_names', 3),
         ('top_cube_keys', 3), ('estimated_days', 3), ('estimate_pull_requests', 3)`,
    );
    for (let key = 0; key < 12; key++)
      await tx.run(
        `INSERT INTO charge_keys VALUES ($key::HUGEINT, $provider, $account, '', '', $category, '', '', 'Usage', '', $status, $commitment,
           $currency, '', 'tagged', '{}', '', 0)`,
        {
          key,
          provider: key % 2 === 0 ? 'AWS' : 'Azure',
          account: `a-${key % 3}`,
          category: `category-${key % 2}`,
          status: ['Used', 'Unused', ''][key % 3]!,
          commitment: key % 3 === 2 ? '' : `plan-${key % 2}`,
          currency: key % 4 === 0 ? 'EUR' : 'USD',
        },
      );
    const postings = Array.from({ length: 900 }, () => {
      const day = upTo(lastDay);
      // Most is learned within a day, the rest up to 40 days after.
      const learned = day + 1 + (random() < 0.7 ? random() : random() * 40);
      return randomPosting(upTo, { day, learned, amounts: amounts() });
    });
    await addPostings(tx, postings);
    for (let n = 0; n < 80; n++) {
      const learned = at(10 + random() * (lastDay - 10));
      await tx.run(
        `INSERT INTO restatements VALUES ($provider, 'USD', $direction, DATE '2026-09-01', $b::DECIMAL(38,10),
           $e::DECIMAL(38,10), 0, 1, $learned::TIMESTAMP, $learned::TIMESTAMP)`,
        {
          provider: upTo(2) === 0 ? 'AWS' : 'Azure',
          direction: upTo(2) === 0 ? 'up' : 'down',
          b: Math.abs(Number(amount())).toFixed(10),
          e: '0.5',
          learned,
        },
      );
    }
    for (let account = 0; account < 3; account++)
      for (const provider of ['AWS', 'Azure'])
        for (const period of ['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01'])
          for (const [status, invoices, learned] of [
            ['Open', 0, '2026-08-01'],
            ['Open', upTo(2), at(20 + random() * 60)],
            ['Closed', 1, at(60 + random() * 35)],
          ] as const)
            await tx.run(
              `INSERT INTO billing_periods VALUES ($provider, $account, $period::DATE, $status, $invoices::BIGINT,
                 $learned::TIMESTAMP)`,
              { provider, account: `a-${account}`, period, status, invoices, learned },
            );
    await tx.run(`INSERT INTO budgets VALUES
      ('all', '', '', '', '', 1000, 'USD', 'effective', NULL, NULL),
      ('red', 'red', '', '', '', 500, 'USD', 'billed', NULL, '2026-10-10'),
      ('red', 'red', '', '', '', 700, 'USD', 'billed', '2026-10-10', NULL),
      ('one', '', 'service-1', 'production', 'AWS', 70, 'EUR', 'list', NULL, NULL)`);
    await tx.run(`INSERT INTO invoices VALUES
      ('AWS', 'a-0', '2026-08-01', 100, 'USD'), ('AWS', 'a-0', '2026-09-01', 300, 'USD'),
      ('Azure', 'a-1', '2026-09-01', -40, 'USD'), ('GCP', 'a-1', '2026-09-01', 40, 'USD')`);
    await usageJournal(tx, random);
    await addSecondOpinions(tx, upTo, amount);
    await addRates(tx, random, upTo);
  });
  await randomVendorJournal(ledger, seed, lastDay);
  await randomEstimates(ledger, seed, { at, lastDay });
}

/** Usage, clusters and what splits shared out, learned up to 40 days after. */
async function usageJournal(tx: Transaction, random: () => number): Promise<void> {
  const upTo = (limit: number) => Math.floor(random() * limit);
  const amount = () => ((random() - 0.1) * 10 ** upTo(6)).toFixed(10);
  await tx.run(`INSERT INTO unit_costs VALUES
    ('request', 'requests', '', '', '', 1000, 30, 'sum'), ('red request', 'requests', 'red', '', 'production', 1, 7, 'mean'),
    ('service 1', 'cluster-0', '', 'service-1', '', 1, 30, 'sum')`);
  await tx.run(
    `INSERT INTO kubernetes_clusters VALUES ('cluster-0', 'shared', ''), ('cluster-1', 'kept', 'production')`,
  );
  for (const [split, usage] of [
    ['prod', 'cluster-0'],
    ['test', 'cluster-1'],
  ] as const)
    await tx.run(
      `INSERT INTO splits (split, valid_from, valid_to, method, team, usage, carry_days)
       VALUES ($split, '2026-09-05', '9999-12-31', 'usage', NULL, $usage, 7)`,
      { split, usage },
    );
  const draw = () => {
    const day = upTo(lastDay);
    const learned = at(day + 1 + (random() < 0.7 ? random() : random() * 40));
    return { day: at(day).slice(0, 10), occurred: at(day + 1), learned };
  };
  for (let n = 0; n < 250; n++) {
    await tx.run(
      `INSERT INTO usage_quantities VALUES ($usage, $day::DATE, $team, $service, $environment, $amount::DECIMAL(38,10),
         $occurred::TIMESTAMP, $learned::TIMESTAMP)`,
      {
        ...draw(),
        usage: ['requests', 'cluster-0'][upTo(2)]!,
        team: ['red', 'blue', ''][upTo(3)]!,
        service: ['service-1', 'service-2', ''][upTo(3)]!,
        environment: ['production', ''][upTo(2)]!,
        amount: amount(),
      },
    );
    await tx.run(
      `INSERT INTO kubernetes_costs VALUES ($cluster, $day::DATE, 'USD', $allocation, $team, 'service-1', '',
         $amount::DECIMAL(38,10), 0, $requested::DECIMAL(38,10), $used::DECIMAL(38,10), $occurred::TIMESTAMP,
         $learned::TIMESTAMP)`,
      {
        ...draw(),
        cluster: `cluster-${upTo(2)}`,
        allocation: ['workload', 'workload', 'idle', 'shared'][upTo(4)]!,
        team: ['red', 'blue'][upTo(2)]!,
        amount: amount(),
        requested: amount(),
        used: amount(),
      },
    );
    await tx.run(
      `INSERT INTO kubernetes_assets VALUES ($cluster, $day::DATE, 'USD', 'AWS', $type, $amount::DECIMAL(38,10), 0,
         $occurred::TIMESTAMP, $learned::TIMESTAMP)`,
      { ...draw(), cluster: `cluster-${upTo(2)}`, type: ['Node', 'Disk'][upTo(2)]!, amount: amount() },
    );
    await tx.run(
      `INSERT INTO split_costs VALUES ($split, $day::DATE, 'USD', $amount::DECIMAL(38,10), $amount::DECIMAL(38,10),
         $occurred::TIMESTAMP, $learned::TIMESTAMP)`,
      { ...draw(), split: ['prod', 'test', 'other'][upTo(3)]!, amount: amount() },
    );
  }
}

/** A second source of one account, and budgets of two, told by and by. */
async function addSecondOpinions(
  tx: Transaction,
  upTo: (limit: number) => number,
  amount: () => string,
): Promise<void> {
  for (let n = 0; n < 120; n++) {
    const day = upTo(lastDay);
    await tx.run(
      `INSERT INTO second_charges
       SELECT 'second', 'o', 'AWS', 'a-0', date_trunc('month', $day::DATE), $day::DATE, 'USD', $billed::DECIMAL(38,10), 0,
         $day::DATE + 1, $learned::TIMESTAMP`,
      { day: at(day).slice(0, 10), billed: amount(), learned: at(day + 1 + upTo(20)) },
    );
  }
  await tx.run(`INSERT INTO vendor_budget_teams VALUES ('api', 'other', 't-0')`);
  await tx.run(`INSERT INTO reconciled_budgets VALUES ('api', 'all', 'AWS', 'a-0'), ('api', 'azure', 'Azure', 'a-1')`);
  for (let day = 12; day < lastDay; day++)
    for (const [budget, provider, account] of [
      ['all', 'AWS', 'a-0'],
      ['azure', 'Azure', 'a-1'],
      ['other', 'AWS', 'a-1'],
    ] as const)
      await tx.run(
        `INSERT INTO vendor_budgets
         SELECT 'api', $provider, $account, $budget, date_trunc('month', $day::DATE), last_day($day::DATE), 1000,
           $actual::DECIMAL(38,10), NULL, 'USD', $learned::TIMESTAMP`,
        { provider, account, budget, day: at(day).slice(0, 10), actual: amount(), learned: at(day + 0.25) },
      );
}

/** Rates of most days, some learned late, restated or withdrawn. */
async function addRates(tx: Transaction, random: () => number, upTo: (limit: number) => number): Promise<void> {
  await tx.run(`INSERT INTO reporting_currencies VALUES ('EUR')`);
  for (let day = 3; day < lastDay; day += 1 + upTo(3))
    for (let version = 0; version < 1 + upTo(3); version++)
      await tx.run(
        `INSERT INTO exchange_rates
         SELECT 'USD', 'EUR', $day::DATE, $rate::DECIMAL(38,18), $day::DATE + 1, $learned::TIMESTAMP`,
        {
          day: at(day).slice(0, 10),
          rate: version === 2 ? null : (0.8 + random() / 3).toFixed(15),
          learned: at(day + 1 + version * 3 + random()),
        },
      );
}

interface Amounts {
  readonly day: number;
  readonly learned: number;
  readonly amounts: readonly string[];
}

const randomPosting = (random: (limit: number) => number, { day, learned, amounts }: Amounts) => ({
  day: at(day).slice(0, 10),
  occurred: at(day + 1),
  learned: at(learned),
  billed: amounts[0],
  effective: amounts[1],
  list: amounts[2],
  contracted: amounts[3],
  key: String(random(12)),
  team: ['red', 'blue', 'green', 'unowned'][random(4)],
  service: `service-${random(5)}`,
  environment: ['production', 'staging'][random(2)],
  provider: ['AWS', 'Azure'][random(2)],
  category: `category-${random(3)}`,
  name: `name-${random(6)}`,
  charge: ['Usage', 'Tax', 'Credit'][random(3)],
  currency: ['USD', 'USD', 'EUR'][random(3)],
  tagging: ['tagged', 'untagged', 'untaggable'][random(3)],
});

async function addPostings(tx: Transaction, postings: readonly ReturnType<typeof randomPosting>[]): Promise<void> {
  const columns = Object.keys(postings[0] ?? {}).map(name => `"${name}":"VARCHAR"`);
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE drawn AS SELECT unnest(from_json($rows, '[{${columns.join()}}]'), recursive := true)`,
    { rows: JSON.stringify(postings) },
  );
  await tx.run(
    `INSERT INTO charges
     SELECT 'f', day::DATE, date_trunc('month', day::DATE), key::HUGEINT, billed, effective, list, contracted, 1, occurred,
       learned
     FROM drawn`,
  );
  await tx.run(
    `INSERT INTO allocations
     SELECT day::DATE, date_trunc('month', day::DATE), team, service, environment, provider, category, name, charge,
       currency, tagging, billed, effective, list, contracted, occurred, learned
     FROM drawn`,
  );
}
