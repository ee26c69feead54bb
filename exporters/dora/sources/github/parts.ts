/** Keeps the parts of things, so that a thing is the same in whatever order its parts came. */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';

export type Kind = 'pull_request' | 'issue' | 'release' | 'deployment' | 'branch';

export interface Part {
  readonly repository: string;
  readonly kind: Kind;
  /** The number of a pull request or an issue, the tag of a release, the id of a deployment, the name of a branch. */
  readonly thing: string;
  readonly part: string;
  readonly saidAt: string;
  /** Decides between two of one second; what was read (ranks.read) later wins over what was read earlier. */
  readonly rank: number;
  readonly body: unknown;
}

/** A webhook's objects are as they were when it was made, an answer's as they are when it is given. */
export const ranks = { told: 0, toldEnd: 1, read: 10 } as const;

export const thingKey = ({ repository, kind, thing }: Pick<Part, 'repository' | 'kind' | 'thing'>): string =>
  JSON.stringify([repository, kind, thing]);

const instant = (part: Part) => Date.parse(part.saidAt);

/** Which of two tellings of one part holds; but for two readings of one second, the order of the two does not matter. */
export function holding(one: Part, later: Part): Part {
  if (instant(one) !== instant(later)) return instant(one) > instant(later) ? one : later;
  if (one.rank !== later.rank) return one.rank > later.rank ? one : later;
  if (later.rank >= ranks.read) return later;
  return JSON.stringify(one.body) > JSON.stringify(later.body) ? one : later;
}

/** Adds parts to those that are known; returns all parts of the things that they are of, by `thingKey`. */
export async function keepParts(
  tx: Transaction,
  source: string,
  parts: readonly Part[],
): Promise<Map<string, readonly Part[]>> {
  if (parts.length === 0) return new Map();
  const things = [...new Set(parts.map(thingKey))];
  const isOfThem = `EXISTS (
    FROM (SELECT unnest(from_json($things::JSON, '["VARCHAR"]')) AS key)
    WHERE key = json_array(p.repository, p.kind, p.thing)::VARCHAR)`;
  const parameters = { source, things: JSON.stringify(things) };
  const known = await tx.all(
    `SELECT repository, kind, thing, part, said_at::VARCHAR AS said_at, rank, body
     FROM github_parts AS p WHERE source = $source AND ${isOfThem}`,
    parameters,
  );
  const merged = new Map<string, Map<string, Part>>(things.map(key => [key, new Map()]));
  const add = (part: Part) => {
    const of = merged.get(thingKey(part))!;
    const before = of.get(part.part);
    of.set(part.part, before ? holding(before, part) : part);
  };
  for (const row of known) add(partOf(row));
  for (const part of parts) add(part);
  const rows = [...merged.values()].flatMap(of => [...of.values()]);
  await tx.run(`DELETE FROM github_parts AS p WHERE source = $source AND ${isOfThem}`, parameters);
  await tx.run(
    `INSERT INTO github_parts
     SELECT $source, r.repository, r.kind, r.thing, r.part, r.said_at::TIMESTAMP, r.rank, r.body
     FROM (SELECT unnest(from_json($rows::JSON, '[{"repository":"VARCHAR","kind":"VARCHAR","thing":"VARCHAR",
       "part":"VARCHAR","said_at":"VARCHAR","rank":"INTEGER","body":"VARCHAR"}]')) AS r)`,
    {
      source,
      rows: JSON.stringify(
        rows.map(({ saidAt, body, ...part }) => ({
          ...{ ...part, said_at: sqlTime(new Date(saidAt)), body: JSON.stringify(body) },
        })),
      ),
    },
  );
  return new Map([...merged].map(([key, of]) => [key, [...of.values()]]));
}

const partOf = (row: Readonly<Record<string, unknown>>): Part => ({
  repository: String(row.repository),
  kind: row.kind as Kind,
  thing: String(row.thing),
  part: String(row.part),
  saidAt: `${String(row.said_at).replace(' ', 'T')}Z`,
  rank: Number(row.rank),
  body: JSON.parse(String(row.body)),
});

/** The body of a part by its name, as it was kept. */
export const bodyOf = <Body>(parts: readonly Part[], name: string): Body | undefined =>
  parts.find(({ part }) => part === name)?.body as Body | undefined;
