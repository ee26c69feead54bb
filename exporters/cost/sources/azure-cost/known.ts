/** Holds a month's answer against what the ledger knows of that month. */
import type { Ledger } from '../../../core/ledger.ts';
import { knownAmounts } from '../../bills/known.ts';
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
  const known = await knownAmounts(ledger, of.origin);
  const [first] = known;
  if (first === undefined) return;
  const said = [...new Set(charges.map(({ currency }) => currency))];
  if (charges.length === 0)
    throw new PlumblineError('AZURE_EMPTY', { scope: of.scope, month: of.month, amount: first.text });
  const expected = known.map(({ currency }) => currency);
  if (of.currency === undefined && !said.some(currency => expected.includes(currency)))
    throw new PlumblineError('AZURE_CURRENCY', {
      got: said.join(', '),
      expected: expected.join(', '),
      month: of.month,
      url: of.scope,
    });
}
