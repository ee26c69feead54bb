/** How the cost of a resource was split on its last complete day: the method, the weights and each sharer's part. */
import type { Reader, Row } from '../core/ledger.ts';
import { weighDay } from './allocate.ts';

/** The resource's charges with their owner's split of the day; `$id` and `$today` are parameters. */
const sharedCharges = `
  SELECT charge_day, currency, owners.split, owners.team AS owner, effective
  FROM charges
  JOIN charge_keys USING (key_id)
  JOIN owners
    ON owners.owner_key = charge_keys.owner_key AND owners.valid_from <= charge_day AND charge_day < owners.valid_to
  WHERE resource_id = $id AND nullif(owners.split, '') IS NOT NULL`;

/**
 * Lines on the newest of the 30 complete UTC days before `today` on which the resource cost something that is split;
 * none where there is no such day.
 */
export async function explainSplits(reader: Reader, id: string, today: string): Promise<string[]> {
  const day = await reader.scalar(
    `SELECT max(charge_day)::VARCHAR
     FROM (
       SELECT charge_day FROM (${sharedCharges})
       WHERE charge_day >= $today::DATE - 30 AND charge_day < $today::DATE
       GROUP BY charge_day, split, currency HAVING sum(effective) <> 0
     )`,
    { id, today },
  );
  if (typeof day !== 'string') return [];
  await weighDay(reader, day);
  const shared = await reader.all(
    `SELECT split, currency, any_value(owner) AS owner, sum(effective)::VARCHAR AS effective FROM (${sharedCharges})
     WHERE charge_day = $day::DATE GROUP BY split, currency HAVING sum(effective) <> 0 ORDER BY split, currency`,
    { id, day },
  );
  const lines: string[] = [];
  for (const { split, currency, owner, effective } of shared) {
    const parts = await reader.all(
      `SELECT
         coalesce(nullif(team, ''), $owner) AS team, nullif(service, '') AS service,
         nullif(environment, '') AS environment, sum(weight)::DOUBLE / any_value(total_weight)::DOUBLE AS share
       FROM split_weights
       WHERE split = $split AND currency = $currency AND weight > 0
       GROUP BY ALL
       ORDER BY share DESC, team, service, environment`,
      { split: String(split), currency: String(currency), owner: String(owner) },
    );
    const amount = Number(effective);
    lines.push(
      `split "${String(split)}" on ${day}: ${plain(amount)} ${String(currency)} effective, ${await methodOf(reader, String(split), day)}`,
      ...parts.map(
        part => `  ${sharerOf(part)}: ${plain(Number(part.share) * 100)} %, ${plain(Number(part.share) * amount)}`,
      ),
      ...(parts.length === 0 ? [`  nobody shares it; it stays with ${String(owner)}`] : []),
    );
  }
  return lines;
}

async function methodOf(reader: Reader, split: string, day: string): Promise<string> {
  const [found] = await reader.all(
    `SELECT method, usage, carry_days FROM splits
     WHERE split = $split AND valid_from <= $day::DATE AND $day::DATE < valid_to LIMIT 1`,
    { split, day },
  );
  if (!found) return 'which no configuration of that day knows';
  if (found.method === 'even') return 'in equal parts';
  if (found.method === 'fixed') return 'by fixed weights';
  if (found.method !== 'usage') return 'in proportion to own spend';
  const usageDay = await reader.scalar(
    `SELECT max(charge_day)::VARCHAR
     FROM (
       SELECT charge_day FROM usage_quantities
       WHERE usage = $usage AND charge_day BETWEEN $day::DATE - $carry::INTEGER AND $day::DATE
       GROUP BY charge_day, team, service, environment HAVING sum(quantity) > 0
     )`,
    { usage: String(found.usage), day, carry: Number(found.carry_days) },
  );
  return usageDay === null || usageDay === undefined
    ? `in proportion to own spend, as usage ${String(found.usage)} tells nothing of that day, nor of ${String(found.carry_days)} days before`
    : `in proportion to usage ${String(found.usage)} of ${String(usageDay)}`;
}

const sharerOf = ({ team, service, environment }: Row) =>
  [
    String(team),
    ...(service === null || service === 'unassigned' ? [] : [`service ${String(service)}`]),
    ...(environment === null || environment === 'unassigned' ? [] : [`environment ${String(environment)}`]),
  ].join(', ');

/** Four decimals at most: it is to be read, not to be added up. */
const plain = (value: number) => String(Number(value.toFixed(4)));
