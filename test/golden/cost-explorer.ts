/** The page of the cost exporter whose only source is AWS Cost Explorer, for two months of a made-up account. */

import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { Format } from '../../exporters/core/exposition.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { type AwsAccount, type Line, startAwsServer, testKeys } from '../cost/vendors/aws.ts';
import { exporterPage } from './exporter-page.ts';

const now = new Date('2026-10-31T06:00:00Z');
const production = '100000000002';
const staging = '100000000003';

/** Two months, a line a day for each of the first six; amounts that differ from day to day. */
function lines(): Line[] {
  const days = Array.from({ length: 61 }, (_, index) =>
    new Date(Date.UTC(2026, 8, 1 + index)).toISOString().slice(0, 10),
  );
  return days.flatMap((day, index): Line[] => {
    const amount = (base: number, digits = '') => `${base + (index % 7)}.${String(index).padStart(2, '0')}${digits}`;
    const monthly = (line: Line) => (day.endsWith('-01') ? [line] : []);
    return [
      {
        day,
        account: production,
        service: 'Amazon EC2',
        tags: { team: 'checkout' },
        unblended: '0',
        amortized: amount(40),
        recordType: 'SavingsPlanCoveredUsage',
      },
      {
        day,
        account: production,
        service: 'Amazon RDS',
        tags: { team: 'payments' },
        unblended: amount(20, '0000000012345'),
      },
      { day, account: staging, service: 'Amazon EC2', tags: { team: 'checkout' }, unblended: amount(5) },
      { day, account: staging, service: 'Amazon S3', tags: { team: 'pay$roll' }, unblended: amount(2) },
      { day, account: staging, service: 'AWS Lambda', unblended: amount(1) },
      ...monthly({
        day,
        account: production,
        service: 'Savings Plans',
        unblended: '1300',
        amortized: '60',
        recordType: 'SavingsPlanRecurringFee',
      }),
      ...monthly({ day, account: production, service: 'Tax', unblended: '123.45', recordType: 'Tax' }),
      ...monthly({ day, account: staging, service: 'Amazon EC2', unblended: '-50', recordType: 'Credit' }),
    ];
  });
}

const usd = (Amount: string) => ({ Amount, Unit: 'USD' });
const forever = { Start: 1_477_958_399, End: 3_706_473_600 };

const account: Partial<AwsAccount> = {
  lines: lines(),
  names: { [production]: 'production', [staging]: 'staging' },
  estimatedFrom: '2026-10-01',
  today: '2026-10-31',
  pageSize: 20,
  budgets: [
    {
      BudgetName: 'everything',
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      TimePeriod: forever,
      BudgetLimit: usd('4000'),
      CalculatedSpend: {
        ActualSpend: usd('3604.4560000000000172803993336856365203857421875'),
        ForecastedSpend: usd('3741.5'),
      },
    },
    { BudgetName: 'staging', BudgetType: 'COST', TimeUnit: 'MONTHLY', TimePeriod: forever, BudgetLimit: usd('500') },
  ],
  forecast: {
    Total: usd('3741.5'),
    ForecastResultsByTime: [
      {
        TimePeriod: { Start: '2026-10-01', End: '2026-11-01' },
        MeanValue: '3741.5',
        PredictionIntervalLowerBound: '3700',
        PredictionIntervalUpperBound: '3790.25',
      },
    ],
  },
  anomalies: [
    {
      AnomalyId: 'a-1',
      AnomalyScore: { MaxScore: 0.8, CurrentScore: 0.4 },
      Impact: { MaxImpact: 20, TotalImpact: 61.75 },
      MonitorArn: 'arn:aws:ce::100000000001:anomalymonitor/1',
      AnomalyStartDate: '2026-10-28',
      AnomalyEndDate: '2026-10-30',
      RootCauses: [{ Service: 'Amazon RDS' }],
    },
  ],
};

export async function goldenCostExplorerPage(format: Format): Promise<string> {
  const ends: (() => Promise<void>)[] = [];
  const aws = await startAwsServer({ after: end => void ends.push(end) }, account);
  try {
    const config = costSchema.parse({
      cost_explorer: [
        {
          billing_account: '100000000001',
          cubes: [['TAG:team', 'SERVICE'], ['LINKED_ACCOUNT'], ['LINKED_ACCOUNT', 'SERVICE']],
          history_months: 1,
          endpoint: aws.url,
          access_key_id: testKeys.accessKeyId,
          secret_access_key: testKeys.secretAccessKey,
          session_token: testKeys.sessionToken,
        },
      ],
      // Few enough that one of the cubes folds something.
      top_cube_keys: 4,
    });
    const ownership = buildOwnership(
      buildCatalog([]),
      ownershipSchema.parse({ rules: [{ name: 'team tag', tag: { keys: ['team'], gives: 'team' } }] }),
    );
    return await exporterPage(costExporter(config, ownership, { now: () => now }), { format, now });
  } finally {
    for (const end of ends) await end();
  }
}
