/** The key `cost.exchange_rates` in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const exchangeRatesSchema = z.strictObject({
  reporting_currency: text
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, 'expected a currency such as EUR')
    .describe('The one currency that cost of all currencies is shown in beside its own.'),
  file: text.describe(
    "A CSV file of dated rates: the columns date, currency and rate (what one unit is worth in the reporting currency), or the European Central Bank's eurofxref-hist.csv, unzipped.",
  ),
  every: z.int().min(1).default(3600).describe('Seconds between two looks at the file.'),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('The file is read when it has not changed for so many seconds, or between two looks.'),
});

export type ExchangeRatesConfig = z.infer<typeof exchangeRatesSchema>;
