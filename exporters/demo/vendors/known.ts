/** The demo's charges as a vendor knows them on a morning. */
import { isoDay } from '../chance.ts';
import { type Charge, chargesOf, type Provider, wholeMonth } from '../charges.ts';

const monthOf = (day: Date, after = 0) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + after, 1));

const kept = new Map<string, readonly Charge[]>();

/** Charges of the UTC days from `from` up to `to`, which is out. */
export function knownCharges(
  provider: Provider,
  { from, to }: { readonly from: Date; readonly to: Date },
  until: Date,
) {
  const charges: Charge[] = [];
  // A correction is billed in the month after its day.
  for (let month = monthOf(from); month < monthOf(to, 2) && month < until; month = monthOf(month, 1))
    charges.push(...chargesOfMonth(provider, month, until));
  const [first, end] = [isoDay(from), isoDay(to)];
  return charges.filter(charge => first <= dayOf(charge) && dayOf(charge) < end);
}

export const dayOf = (charge: Charge): string => String(charge.ChargePeriodStart).slice(0, 10);

function chargesOfMonth(provider: Provider, month: Date, until: Date): readonly Charge[] {
  const key = `${provider} ${isoDay(month)} ${isoDay(until)}`;
  const charges = kept.get(key) ?? chargesOf(provider, { month, until, invoiced: false });
  // A refresh asks for a month several times; the next one is of another morning.
  if (kept.size > 40) kept.clear();
  kept.set(key, charges);
  return charges;
}

/** Of the running month: its days so far, and what the whole of it will have cost; and the month before. */
export function runningMonth(provider: Provider, until: Date) {
  const [before, start, end] = [monthOf(until, -1), monthOf(until), monthOf(until, 1)];
  return {
    start,
    end,
    before: wholeMonth(provider, before),
    soFar: knownCharges(provider, { from: start, to: until }, until),
    whole: wholeMonth(provider, start).filter(charge => dayOf(charge) >= isoDay(start)),
  };
}

export const sumOf = (charges: readonly Charge[], column: 'BilledCost' | 'EffectiveCost'): number =>
  charges.reduce((sum, charge) => sum + Number(charge[column] ?? 0), 0);
