/** The unit tests of the alerts on conversion: what each has to do, by example. */
import { exchangeRateTimestamp } from '../../exporters/cost/metrics.ts';
import { type AlertCase, given, steady, stepping, untilStopped } from '../lib/cases.ts';

const dollar = { currency: 'USD', reporting_currency: 'EUR' } as const;
const pound = { currency: 'GBP', reporting_currency: 'EUR' } as const;
const day = 86_400;

export function exchangeRateStale(staleDays: number): readonly AlertCase[] {
  const hours = staleDays * 24;
  return [
    {
      kind: 'fires',
      name: 'fires an hour after the rate is too old, for its currency alone',
      given: [
        given(exchangeRateTimestamp, dollar, steady(0, hours + 6)),
        given(exchangeRateTimestamp, pound, stepping(0, hours - 12, staleDays * day, 24)),
      ],
      atHours: hours + 2,
      firing: [{ labels: dollar, value: (hours + 2) * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet over a long weekend',
      given: [given(exchangeRateTimestamp, dollar, stepping(0, 5 * 24, 5 * day, 48))],
      atHours: 6 * 24,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [given(exchangeRateTimestamp, dollar, untilStopped(0, hours - 12))],
      atHours: hours + 6,
      firing: [{ labels: dollar, value: (hours + 6) * 3600 }],
    },
  ];
}
