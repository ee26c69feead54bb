/** A small Azure bill, made from a seed: services in resource groups, a reservation, its unused hours, taxes and a refund. */
import type { AzureRow } from './azure.ts';
import { units } from './azure.ts';

const services = ['Virtual Machines', 'Storage', 'Azure Kubernetes Service', 'Bandwidth'];
const groups = ['rg-shop', 'rg-search', 'RG-Data', ''];

/** Rows of the UTC days from `from` to `to`, both included. The same seed gives the same rows. */
export function azureBill(
  from: string,
  to: string,
  options: { readonly currency?: string; readonly seed?: number } = {},
): AzureRow[] {
  const { currency = 'EUR', seed = 7 } = options;
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  /** Decimal text with ten decimals. */
  const amount = (most: number) => {
    const value = BigInt(Math.floor(next() * most * 1e6)) * 10_000n + BigInt(Math.floor(next() * 10_000));
    return `${value / 10n ** 10n}.${String(value % 10n ** 10n).padStart(10, '0')}`;
  };
  const rows: AzureRow[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    for (const ServiceName of services)
      for (const ResourceGroupName of groups) {
        if (next() < 0.2) continue;
        const cost = amount(40);
        const SubscriptionId = ResourceGroupName === 'RG-Data' ? 'sub-data' : 'sub-main';
        const team = ResourceGroupName.replace(/^rg-/i, '').toLowerCase();
        const about = { ServiceName, ResourceGroupName, SubscriptionId, team };
        rows.push({ day, chargeType: 'Usage', groups: about, ActualCost: cost, AmortizedCost: cost, currency });
      }
    // Hours that the reservation covers cost nothing when they are used.
    const covered = {
      ServiceName: 'Virtual Machines',
      ResourceGroupName: 'rg-shop',
      SubscriptionId: 'sub-main',
      team: 'shop',
    };
    rows.push({ day, chargeType: 'Usage', groups: covered, ActualCost: '0', AmortizedCost: '1.6129032258', currency });
    const idle = { ServiceName: 'Virtual Machines', ResourceGroupName: '', SubscriptionId: 'sub-main', team: '' };
    rows.push({ day, chargeType: 'UnusedReservation', groups: idle, AmortizedCost: '0.3225806452', currency });
    if (day.endsWith('-01')) {
      rows.push({ day, chargeType: 'Purchase', groups: idle, ActualCost: '60', currency });
      rows.push({
        day,
        chargeType: 'Tax',
        groups: { SubscriptionId: 'sub-main' },
        ActualCost: '12.5',
        AmortizedCost: '12.5',
        currency,
      });
    }
    if (day.endsWith('-15'))
      rows.push({ day, chargeType: 'Refund', groups: idle, ActualCost: '-4.25', AmortizedCost: '-4.25', currency });
  }
  return rows;
}

/** The sum of a month, in ten-billionths: what no reading may add to or take from. */
export const sumOf = (rows: readonly AzureRow[], metric: 'ActualCost' | 'AmortizedCost', month: string): bigint =>
  rows.filter(({ day }) => day.startsWith(month)).reduce((sum, row) => sum + units(row[metric] ?? '0'), 0n);
