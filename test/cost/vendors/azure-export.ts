/** A made-up bill as Azure exports it: a run for each month, with parts and a manifest. */
import type { AzureRow } from './azure.ts';

const columns = [
  ...['InvoiceSectionName', 'SubscriptionId', 'ResourceGroup', 'ResourceLocation', 'Date', 'MeterCategory', 'MeterId'],
  ...['UnitOfMeasure', 'Quantity', 'CostInBillingCurrency', 'ResourceId', 'Tags', 'ServiceFamily', 'ChargeType'],
  ...['PricingModel', 'benefitId', 'BillingAccountId', 'BillingCurrencyCode', 'BillingPeriodStartDate'],
] as const;

/** Files by their name below the container. A charge without the cost of that kind has no row. */
export function azureExport(
  rows: readonly AzureRow[],
  cost: 'ActualCost' | 'AmortizedCost',
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [month, all] of Map.groupBy(rows, ({ day }) => day.slice(0, 7))) {
    const days = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
    const digits = month.replace('-', '');
    const run = `${cost}/${digits}01-${digits}${days}/${digits}020410/1c0a7bd3-0000-4000-8000-000000000001`;
    const lines = all.flatMap(row => (row[cost] === undefined ? [] : [lineOf(row, row[cost])]));
    const half = Math.ceil(lines.length / 2);
    const parts = [lines.slice(0, half), lines.slice(half)].map(
      part => `\uFEFF${[columns.join(','), ...part].join('\r\n')}\r\n`,
    );
    const blobs = parts.map((text, index) => {
      const name = `${run}/part_${index}_0001.csv`;
      files[name] = text;
      return { blobName: name, byteCount: Buffer.byteLength(text), dataRowCount: text.split('\r\n').length - 2 };
    });
    files[`${run}/manifest.json`] = JSON.stringify({
      manifestVersion: '2024-04-01',
      blobCount: blobs.length,
      exportConfig: { exportName: cost, type: cost, dataVersion: '2021-10-01', granularity: 'Daily' },
      runInfo: { executionType: 'Scheduled', startDate: `${month}-01T00:00:00`, endDate: `${month}-${days}T00:00:00` },
      blobs,
    });
  }
  return files;
}

/** Dates as months, days and years without zeros in front; tags without braces. */
function lineOf({ day, chargeType, groups, currency }: AzureRow, cost: string): string {
  const [year, month, date] = day.split('-').map(Number);
  const group = groups.ResourceGroupName ?? '';
  const isCommitment = ['UnusedReservation', 'Purchase', 'Refund'].includes(chargeType);
  const values: Readonly<Record<(typeof columns)[number], string>> = {
    InvoiceSectionName: 'Acme',
    SubscriptionId: groups.SubscriptionId ?? '',
    ResourceGroup: group,
    ResourceLocation: 'westeurope',
    Date: `${month}/${date}/${year}`,
    MeterCategory: groups.ServiceName ?? '',
    MeterId: '',
    UnitOfMeasure: '1 Hour',
    Quantity: '1',
    CostInBillingCurrency: cost,
    ResourceId: group === '' ? '' : `/subscriptions/${groups.SubscriptionId}/resourceGroups/${group}/providers/x/y`,
    Tags: groups.team ? `"team": "${groups.team}","owner": "a, b"` : '',
    ServiceFamily: groups.ServiceName === 'Storage' ? 'Storage' : 'Compute',
    ChargeType: chargeType,
    PricingModel: isCommitment ? 'Reservation' : 'OnDemand',
    benefitId: isCommitment ? '/providers/Microsoft.Capacity/reservationOrders/1' : '',
    BillingAccountId: '12345678',
    BillingCurrencyCode: currency,
    BillingPeriodStartDate: `${month}/1/${year}`,
  };
  return columns
    .map(name => (/[",]/.test(values[name]) ? `"${values[name].replaceAll('"', '""')}"` : values[name]))
    .join(',');
}
