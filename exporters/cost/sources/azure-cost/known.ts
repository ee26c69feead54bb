/** Holds a month's answer against what the ledger knows of that month. */
import type { Ledger } from '../../../core/ledger.ts';
import { roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';
import type { Charge } from './month.ts';

/**
 * Money that is known does not vanish, and doesn't change its currency, because an answer says nothing of it. Errors:
 * AZURE_EMPTY; AZURE_CURRENCY unless the configuration names the currency.
 */
export async function compareWithKnown(
  ledger: Ledger,
  charges: readonly Charge[],
  of: {
    readonly scope: string;
    readonly month: string;
    readonly origin: string;
    readonly currency: string | undefined;
  },
): Promise<void> {
  const known = await ledger.read(reader =>
    reader.all(
      `SELECT currency, sum(billed)::VARCHAR AS billed, sum(effective)::VARCHAR AS effective
       FROM (SELECT currency, billed, effective FROM charges JOIN charge_keys USING (key_id) WHERE origin = $origin
             UNION ALL SELECT currency, billed, effective FROM second_charges WHERE origin = $origin)
       GROUP BY currency HAVING sum(billed) <> 0 OR sum(effective) <> 0 ORDER BY currency`,
      { origin: of.origin },
    ),
  );
  if (known.length === 0) return;
  const said = [...new Set(charges.map(({ currency }) => currency))];
  const [first] = known;
  if (charges.length === 0)
    throw new PlumblineError('AZURE_EMPTY', {
      scope: of.scope,
      month: of.month,
      amount: `${unitsText(roundDecimal(String(first?.billed))?.units ?? 0n)} ${first?.currency}`,
    });
  const expected = known.map(({ currency }) => String(currency));
  if (of.currency === undefined && !said.some(currency => expected.includes(currency)))
    throw new PlumblineError('AZURE_CURRENCY', {
      got: said.join(', '),
      expected: expected.join(', '),
      month: of.month,
      url: of.scope,
    });
}
