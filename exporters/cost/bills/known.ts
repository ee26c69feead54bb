/** What the ledger knows of an origin, for sources that hold a new answer against it before they post it. */
import type { Ledger } from '../../core/ledger.ts';
import { roundDecimal, unitsText } from '../decimal.ts';

export interface KnownAmount {
  readonly currency: string;
  /** The billed cost and its currency, such as `12.34 USD`. */
  readonly text: string;
}

/** A currency each in which an origin has posted money, whether as the bill or beside it; none where it has posted none. */
export async function knownAmounts(ledger: Ledger, origin: string): Promise<readonly KnownAmount[]> {
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT currency, sum(billed)::VARCHAR AS billed
       FROM (SELECT currency, billed, effective FROM charges JOIN charge_keys USING (key_id) WHERE origin = $origin
             UNION ALL SELECT currency, billed, effective FROM second_charges WHERE origin = $origin)
       GROUP BY currency HAVING sum(billed) <> 0 OR sum(effective) <> 0 ORDER BY currency`,
      { origin },
    ),
  );
  return rows.map(({ currency, billed }) => ({
    currency: String(currency),
    text: `${unitsText(roundDecimal(String(billed))?.units ?? 0n)} ${currency}`,
  }));
}
