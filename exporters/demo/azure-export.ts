/** The demo company's Azure bill as Cost Management exports it: a run for each month, with a manifest. */
import { isoDay } from './chance.ts';
import { type Charge, type ChargeOptions, chargesOf } from './charges.ts';
import { cell } from './csv.ts';
import { categories } from './world.ts';

/** Columns of Azure by those of FOCUS. */
const columns: Readonly<Record<string, (charge: Charge) => string | number | undefined>> = {
  InvoiceId: charge => charge.InvoiceId,
  BillingAccountId: charge => charge.BillingAccountId,
  BillingPeriodStartDate: charge => americanDay(charge.BillingPeriodStart),
  SubscriptionId: charge => charge.SubAccountId,
  ResourceLocation: charge => charge.RegionId,
  Date: charge => americanDay(charge.ChargePeriodStart),
  MeterCategory: charge => charge.ServiceName,
  MeterId: charge => charge.SkuId,
  ServiceFamily: charge => categories[String(charge.ServiceName)],
  ChargeType: charge => chargeTypeOf(charge),
  PricingModel: () => 'OnDemand',
  Quantity: charge => charge.ConsumedQuantity,
  UnitOfMeasure: charge => charge.ConsumedUnit,
  CostInBillingCurrency: charge => charge.BilledCost,
  PaygCostInBillingCurrency: charge => charge.ListCost,
  BillingCurrencyCode: charge => charge.BillingCurrency,
  ResourceId: charge => charge.ResourceId,
  // Without braces, as Azure writes them.
  Tags: charge => String(charge.Tags ?? '').replace(/^\{|\}$/g, ''),
};

/** Azure's word for what FOCUS has as charge category. */
export const chargeTypeOf = ({ ChargeCategory: category }: Charge): string =>
  category === 'Adjustment' || category === 'Credit' ? 'Refund' : String(category);

/** Files of a month's run by their name below the export's folder, the manifest last. */
export function azureExport(options: ChargeOptions): Readonly<Record<string, string>> {
  const { month } = options;
  const last = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0));
  const digits = (day: Date) => isoDay(day).replaceAll('-', '');
  const run = `cost-actual/${digits(month)}-${digits(last)}/00000000-0000-4000-8000-${digits(month).padStart(12, '0')}`;
  const part = `${run}/part_0_0001.csv`;
  const charges = chargesOf('Microsoft', options);
  const lines = charges.map(charge =>
    Object.values(columns)
      .map(value => cell(value(charge)))
      .join(','),
  );
  const text = `${Object.keys(columns).join(',')}\n${lines.join('\n')}\n`;
  const manifest = {
    manifestVersion: '2024-04-01',
    blobCount: 1,
    byteCount: Buffer.byteLength(text),
    exportConfig: { exportName: 'cost-actual', type: 'ActualCost', dataVersion: '2021-10-01', granularity: 'Daily' },
    runInfo: { executionType: 'Scheduled', startDate: isoDay(month), endDate: isoDay(last) },
    blobs: [{ blobName: part, byteCount: Buffer.byteLength(text), dataRowCount: lines.length }],
  };
  return { [part]: text, [`${run}/manifest.json`]: `${JSON.stringify(manifest, null, 2)}\n` };
}

function americanDay(time: string | number | undefined): string {
  const [year, month, day] = String(time).slice(0, 10).split('-').map(Number);
  return `${month}/${day}/${year}`;
}
