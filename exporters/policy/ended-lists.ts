/**
 * Lists whose last entry is gone. kubectl prints what there is, so that of several kinds that are asked for at once the
 * one without objects isn't even named: what stood beside a list when it was last told says whether a document would tell
 * of it. A document that stands for less, such as reports alone, ends nothing.
 */
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';
import type { ExceptionList, PolicyList, Told } from '../findings/report.ts';
import type { Heard, ReportKind } from './reading.ts';

type Kind = 'exceptions' | 'policies';

interface KnownList {
  readonly kind: Kind;
  readonly engine: string;
  /** Other lists of its document, as `kind engine`. */
  readonly beside: readonly string[];
  /** Parts of the scope that its document had reports of, as `engine part`. */
  readonly parts: readonly string[];
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

const nameOf = ({ kind, engine }: Pick<KnownList, 'kind' | 'engine'>): string => `${kind} ${engine}`;

/** What was heard, in the order of time, with empty lists where the last of their entries is gone; notes what it tells. */
export async function withEnded(
  { isPrinted }: ReportKind,
  tx: Transaction,
  source: string,
  heard: readonly Heard[],
): Promise<readonly Heard[]> {
  if (!isPrinted) return heard;
  const all: Heard[] = [];
  for (const one of heard) all.push(await endedIn(tx, source, one));
  return all;
}

async function endedIn(tx: Transaction, source: string, heard: Heard): Promise<Heard> {
  const { told, nothingIn, isDoubtful } = heard;
  const { reports = [], exceptions = [], policies = [] } = told;
  const listed = [
    ...exceptions.map(list => ({ kind: 'exceptions' as const, list, size: list.exceptions.length })),
    ...policies.map(list => ({ kind: 'policies' as const, list, size: list.policies.length })),
  ];
  const scopes = new Set([...reports, ...listed.map(({ list }) => list)].map(({ scope }) => scope));
  if (nothingIn !== undefined) scopes.add(nothingIn.scope);
  const ended: { readonly kind: Kind; readonly engine: string; readonly scope: string; readonly readAt: string }[] = [];
  for (const scope of scopes) {
    const own = listed.filter(({ list }) => list.scope === scope);
    const names = new Set(own.map(({ kind, list }) => nameOf({ kind, engine: list.engine })));
    const looks = reports.filter(report => report.scope === scope);
    const parts = new Set(looks.flatMap(({ engine, parts: some = ['*'] }) => some.map(part => `${engine} ${part}`)));
    const readAt = [
      ...looks.map(({ evaluatedAt }) => evaluatedAt),
      ...own.map(({ list }) => list.readAt),
      ...(nothingIn?.scope === scope ? [nothingIn.at] : []),
    ]
      .sort()
      .at(-1)!;
    const known = await knownLists(tx, source, scope);
    // What comes late says nothing of what is known since.
    if (known.some(list => list.readAt > Date.parse(readAt))) continue;
    const over =
      nothingIn?.scope === scope
        ? ofOneMake(known)
        : known.filter(list => !isDoubtful && !names.has(nameOf(list)) && isMissed(list, names, parts));
    for (const { kind, engine } of over) ended.push({ kind, engine, scope, readAt });
    const gone = [...over, ...own.map(({ kind, list }) => ({ kind, engine: list.engine }))];
    await forget(tx, { source, scope }, gone);
    // Lists of a prefix are told by those who know that prefix, empty or not.
    const kept = own.filter(({ kind, list, size }) => size > 0 && !(kind === 'exceptions' && 'prefix' in list));
    for (const { kind, list } of kept) {
      const name = nameOf({ kind, engine: list.engine });
      await remember(
        tx,
        { source, scope },
        {
          ...{ kind, engine: list.engine, readAt: Date.parse(list.readAt) },
          ...{ beside: [...names].filter(other => other !== name), parts: [...parts] },
        },
      );
    }
  }
  return ended.length === 0 ? heard : { ...heard, told: withEmpty(told, ended) };
}

/** By exceptions alone: a document of some policies may stand beside others of the same engine. */
const isMissed = ({ kind, beside, parts }: KnownList, names: ReadonlySet<string>, now: ReadonlySet<string>): boolean =>
  kind === 'exceptions' &&
  beside.length > 0 &&
  beside.every(name => names.has(name)) &&
  (parts.length === 0 || parts.some(part => now.has(part)));

/** All that was last told, where one document told it; of several, one that is empty may be any. */
const ofOneMake = (known: readonly KnownList[]): readonly KnownList[] => {
  const makes = new Set(known.map(list => [nameOf(list), ...list.beside].sort().join('\n')));
  return makes.size === 1 ? known : [];
};

function withEmpty(
  told: Told,
  ended: readonly (Pick<ExceptionList, 'engine' | 'scope' | 'readAt'> & { readonly kind: Kind })[],
): Told {
  const empty = (kind: Kind) => ended.filter(one => one.kind === kind).map(({ kind: _, ...list }) => list);
  const exceptions = empty('exceptions').map((list): ExceptionList => ({ ...list, exceptions: [] }));
  const policies = empty('policies').map((list): PolicyList => ({ ...list, policies: [] }));
  return {
    ...told,
    exceptions: [...(told.exceptions ?? []), ...exceptions],
    policies: [...(told.policies ?? []), ...policies],
  };
}

interface Place {
  readonly source: string;
  readonly scope: string;
}

async function knownLists(tx: Transaction, source: string, scope: string): Promise<readonly KnownList[]> {
  const rows = await tx.all(
    `SELECT kind, engine, beside::VARCHAR AS beside, parts::VARCHAR AS parts, epoch_ms(read_at) AS read_at
     FROM policy_lists
     WHERE source = $source AND scope = $scope ORDER BY kind, engine`,
    { source, scope },
  );
  return rows.map(({ kind, engine, beside, parts, read_at: readAt }) => ({
    ...{ kind: kind as Kind, engine: String(engine), readAt: Number(readAt) },
    beside: JSON.parse(String(beside)) as readonly string[],
    parts: JSON.parse(String(parts)) as readonly string[],
  }));
}

async function forget(tx: Transaction, place: Place, lists: readonly Pick<KnownList, 'kind' | 'engine'>[]) {
  for (const { kind, engine } of lists)
    await tx.run(
      'DELETE FROM policy_lists WHERE source = $source AND scope = $scope AND kind = $kind AND engine = $engine',
      { ...place, kind, engine },
    );
}

async function remember(tx: Transaction, place: Place, { kind, engine, beside, parts, readAt }: KnownList) {
  await tx.run(
    'INSERT INTO policy_lists VALUES ($source, $scope, $kind, $engine, $beside::JSON, $parts::JSON, $at::TIMESTAMP)',
    {
      ...{ ...place, kind, engine, at: sqlTime(new Date(readAt)) },
      ...{ beside: JSON.stringify(beside), parts: JSON.stringify(parts) },
    },
  );
}
