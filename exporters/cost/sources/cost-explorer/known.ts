/** Holds a month's answer against what the ledger knows of that month. */
import type { Ledger } from '../../../core/ledger.ts';
import { knownAmounts } from '../../bills/known.ts';
import { PlumblineError } from '../../errors.ts';
import type { CostExplorerConfig } from './config.ts';
import type { MonthAnswer } from './month.ts';

/** What the charges of a month are all of. */
export const originOf = ({ billing_account }: Pick<CostExplorerConfig, 'billing_account'>, month: string): string =>
  `cost-explorer:${billing_account}:${month}`;

/**
 * Money that is known does not vanish, and doesn't change its currency, because an answer says so: an account that has
 * lost its access is answered with days without groups. Errors: COST_EXPLORER_EMPTY; COST_EXPLORER_CURRENCY where the
 * currency is another than the configured one, or than all that are known.
 */
export async function compareWithKnown(
  ledger: Ledger,
  config: Pick<CostExplorerConfig, 'billing_account' | 'currency'>,
  { charges, days }: Pick<MonthAnswer, 'charges' | 'days'>,
): Promise<void> {
  const month = days.start.slice(0, 7);
  const said = [...new Set(charges.flatMap(({ rows }) => rows.map(({ currency }) => currency)))];
  const refuse = (got: readonly string[], expected: string) =>
    new PlumblineError('COST_EXPLORER_CURRENCY', { month, got: got.join(', '), expected });
  const { currency: configured } = config;
  const others = said.filter(currency => currency !== configured);
  if (configured !== undefined && others.length > 0) throw refuse(others, configured);
  const known = await knownAmounts(ledger, originOf(config, month));
  const [first] = known;
  if (first === undefined) return;
  if (said.length === 0) throw new PlumblineError('COST_EXPLORER_EMPTY', { month, amount: first.text });
  const expected = known.map(({ currency }) => currency);
  if (configured === undefined && !said.some(currency => expected.includes(currency)))
    throw refuse(said, expected.join(', '));
}
