/** Keeps what events say of a thing, part by part, so that the thing is the same whatever the order in which they came. */
import type { Transaction } from '../core/ledger.ts';

export type PartKind = 'deployment' | 'pull_request' | 'incident';

export interface Told<Fact> {
  readonly kind: PartKind;
  readonly source: string;
  readonly facts: readonly Fact[];
  readonly keyOf: (fact: Fact) => string;
  /** What a ledger that kept no parts yet has of these things, in the order in which it was learned. */
  readonly statements: () => Promise<readonly Fact[]>;
}

const rowsPerStatement = 5_000;

/** Adds the parts that were not there; returns all parts of the things that they are of, in the order of their arrival. */
export async function keepToldParts<Fact>(
  tx: Transaction,
  { kind, source, facts, keyOf, statements }: Told<Fact>,
): Promise<Fact[]> {
  if (facts.length === 0) return [];
  const things = [...new Set(facts.map(keyOf))];
  const rows = await tx.all(
    `SELECT thing, said FROM told_parts
     WHERE source = $source AND kind = $kind AND thing IN (SELECT unnest(from_json($things::JSON, '["VARCHAR"]')))
     ORDER BY part`,
    { source, kind, things: JSON.stringify(things) },
  );
  const all = rows.map(row => String(row.said));
  const known = new Set(all);
  const inParts = new Set(rows.map(row => String(row.thing)));
  const before = inParts.size === things.length ? [] : await statements();
  const fresh: { readonly thing: string; readonly said: string }[] = [];
  for (const fact of [...before.filter(one => !inParts.has(keyOf(one))), ...facts]) {
    const said = JSON.stringify(fact);
    if (known.has(said)) continue;
    known.add(said);
    fresh.push({ thing: keyOf(fact), said });
  }
  for (let start = 0; start < fresh.length; start += rowsPerStatement)
    await tx.run(
      `INSERT INTO told_parts (source, kind, thing, said)
       SELECT $source, $kind, p.thing, p.said
       FROM (SELECT unnest(from_json($rows::JSON, '[{"thing":"VARCHAR","said":"VARCHAR"}]')) AS p)`,
      { source, kind, rows: JSON.stringify(fresh.slice(start, start + rowsPerStatement)) },
    );
  return [...all, ...fresh.map(({ said }) => said)].map(said => JSON.parse(said) as Fact);
}
