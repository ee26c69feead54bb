/** Daily usage of made-up or real teams in a ledger, as an allocation would have posted it. */
import type { Ledger } from '../../exporters/core/ledger.ts';
import { openBooks } from './books.ts';

export interface UsagePosting {
  readonly day: string;
  readonly amount: number;
  readonly team?: string;
  readonly service?: string;
  readonly category?: string;
  readonly provider?: string;
  readonly currency?: string;
  readonly learned?: string;
}

/** A ledger with the postings, where a day counts as estimated for some days after its end. */
export async function usageBooks(postings: readonly UsagePosting[], estimatedDays = 3): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await tx.run(
      `INSERT INTO cost_settings VALUES ('top_environments', 20), ('top_services', 100), ('top_service_names', 50), ('estimated_days', ${estimatedDays})`,
    );
  });
  await postUsage(ledger, postings);
  return ledger;
}

export const postUsage = (ledger: Ledger, postings: readonly UsagePosting[]): Promise<void> =>
  ledger.write(tx =>
    tx.run(
      `INSERT INTO allocations
       SELECT p.day, date_trunc('month', p.day), coalesce(p.team, 'a'), coalesce(p.service, 'web'), 'production',
         coalesce(p.provider, 'AWS'), 'Compute', 'VM', coalesce(p.category, 'Usage'), coalesce(p.currency, 'USD'), 'tagged',
         p.amount, p.amount, p.amount, p.amount, p.day + 1, coalesce(p.learned, p.day + 1)
       FROM (SELECT unnest(from_json($postings, '[{"day":"DATE","amount":"DECIMAL(38,10)","team":"VARCHAR",
         "service":"VARCHAR","category":"VARCHAR","provider":"VARCHAR","currency":"VARCHAR","learned":"TIMESTAMP"}]')) AS p)`,
      { postings: JSON.stringify(postings) },
    ),
  );

export const dayOf = (start: string, index: number): string =>
  new Date(Date.parse(start) + index * 86_400_000).toISOString().slice(0, 10);

/** Whole numbers from 0. */
export const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
