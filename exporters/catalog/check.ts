/** Which ownership rules match nothing of what a ledger holds. */
import type { Reader } from '../core/ledger.ts';
import type { RuleConfig } from './config.ts';
import type { Ownership } from './ownership.ts';
import type { OwnerAttributes } from './rules.ts';

/** What another exporter's things have: a ledger without them can't tell whether a rule on them is of use. */
const elsewhere = ['namespace', 'cluster', 'repository', 'image'] as const;

/** Names of the rules in force on a UTC day that match no key of the ledger; empty where it holds none. */
export async function idleRules(reader: Reader, ownership: Ownership, day: string): Promise<readonly string[]> {
  if (Number(await reader.scalar('SELECT count(*) FROM owner_keys')) === 0) return [];
  const decided = await reader.all(
    `SELECT DISTINCT json_extract_string(rules, '$.' || name) AS rule
     FROM (SELECT rules, unnest(json_keys(rules)) AS name FROM (SELECT DISTINCT rules FROM owners))`,
  );
  const used = new Set(decided.map(row => String(row.rule)));
  const isOurs = (rule: RuleConfig) => elsewhere.every(attribute => rule[attribute] === undefined);
  const holds = ({ valid_from: from, valid_to: to }: RuleConfig) =>
    (from === undefined || from <= day) && (to === undefined || day < to);
  const idle = new Set(
    ownership.document.config.rules
      .filter(rule => isOurs(rule) && holds(rule) && !used.has(rule.name))
      .map(({ name }) => name),
  );
  if (idle.size === 0) return [];
  // A rule that comes late may match what an earlier one has decided: it is of use as soon as that one says nothing.
  for await (const rows of reader.stream('SELECT DISTINCT attributes::VARCHAR FROM owner_keys')) {
    for (const [attributes] of rows)
      for (const step of ownership.explainOwner(JSON.parse(String(attributes)) as OwnerAttributes, day).steps)
        if (step.matched) idle.delete(step.rule);
    if (idle.size === 0) return [];
  }
  return [...idle];
}
