/** What the ledger holds of a cluster between two refreshes, and what of it is to be told. */
import type { Reader, Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { ViolationEvent } from '../policyreport/events.ts';
import type { KnownException } from '../policyreport/exceptions.ts';
import type { Part } from '../policyreport/gather.ts';
import { partOf } from '../policyreport/index.ts';
import type { KnownPolicy } from '../policyreport/policies.ts';
import type { ReportObject } from '../policyreport/report.ts';
import type { Resource, Role } from './resources.ts';

/** Whose objects they are, and which. */
export interface Where {
  readonly source: string;
  readonly resources: readonly Resource[];
}

const pathsOf = ({ resources }: Where, role: Role) =>
  JSON.stringify(resources.filter(each => each.role === role).map(({ path }) => path));

const ofRole = `source = $source AND list_contains(from_json($paths::JSON, '["VARCHAR"]'), path)`;

async function bodies<Body>(
  reader: Reader,
  where: Where,
  role: Role,
): Promise<readonly { name: string; body: Body }[]> {
  const rows = await reader.all(
    `SELECT name, body FROM kubernetes_objects WHERE ${ofRole} AND gone_at IS NULL ORDER BY path, namespace, name`,
    { source: where.source, paths: pathsOf(where, role) },
  );
  return rows.map(({ name, body }) => ({ name: String(name), body: JSON.parse(String(body)) as Body }));
}

export interface Surroundings {
  readonly policies: readonly KnownPolicy[];
  readonly exceptions: readonly KnownException[];
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export async function surroundings(reader: Reader, where: Where): Promise<Surroundings> {
  const namespaces = await bodies<Readonly<Record<string, string>>>(reader, where, 'namespaces');
  return {
    policies: (await bodies<KnownPolicy>(reader, where, 'policies')).map(({ body }) => body),
    exceptions: (await bodies<KnownException>(reader, where, 'exceptions')).map(({ body }) => body),
    labels: new Map(namespaces.map(({ name, body }) => [name, body])),
  };
}

/** Tells all reports anew, or those of the namespaces whose labels have changed since they were told. */
export async function tellAnew(tx: Transaction, where: Where, isAll: boolean): Promise<void> {
  const parameters = { source: where.source, paths: pathsOf(where, 'reports') };
  if (isAll) await tx.run(`UPDATE kubernetes_objects SET is_told = false WHERE ${ofRole}`, parameters);
  const own = `source = $source AND path = '/api/v1/namespaces'`;
  await tx.run(
    `UPDATE kubernetes_objects SET is_told = false WHERE ${ofRole}
       AND namespace IN (SELECT name FROM kubernetes_objects WHERE ${own} AND NOT is_told)`,
    parameters,
  );
  await tx.run(`UPDATE kubernetes_objects SET is_told = true WHERE ${own}`, { source: where.source });
}

export interface Waiting {
  readonly namespace: string;
  readonly objects: number;
}

/** Namespaces of which something is to be told: what has changed, and what has been gone for long enough. */
export async function waiting(reader: Reader, where: Where, heldSince: Date): Promise<readonly Waiting[]> {
  const rows = await reader.all(
    `SELECT namespace, count(*) AS objects FROM kubernetes_objects WHERE ${ofRole}
     GROUP BY namespace
     HAVING bool_or(NOT is_told) OR bool_or(gone_at <= $held::TIMESTAMP)
     ORDER BY namespace`,
    { source: where.source, paths: pathsOf(where, 'reports'), held: sqlTime(heldSince) },
  );
  return rows.map(({ namespace, objects }) => ({ namespace: String(namespace), objects: Number(objects) }));
}

const inNamespaces = `list_contains(from_json($namespaces::JSON, '["VARCHAR"]'), namespace)`;

/** Everything in the namespaces; what has been gone for too long is only told by its engines. */
export async function partsIn(
  reader: Reader,
  where: Where,
  namespaces: readonly string[],
  heldSince: Date,
): Promise<readonly Part[]> {
  const rows = await reader.all(
    `SELECT namespace, body, gone_at IS NOT NULL AS is_gone, coalesce(gone_at <= $held::TIMESTAMP, false) AS is_over
     FROM kubernetes_objects WHERE ${ofRole} AND ${inNamespaces} ORDER BY namespace, path, name`,
    {
      ...{ source: where.source, paths: pathsOf(where, 'reports') },
      ...{ namespaces: JSON.stringify(namespaces), held: sqlTime(heldSince) },
    },
  );
  return [...Map.groupBy(rows, ({ namespace }) => String(namespace))].map(([namespace, own]) => {
    const read = own.map(({ body, is_gone, is_over }) => {
      const report = JSON.parse(String(body)) as ReportObject;
      return { isGone: is_gone === true, report: is_over === true ? { ...report, results: [] } : report };
    });
    return {
      part: partOf(namespace),
      namespace,
      objects: read.flatMap(({ isGone, report }) => (isGone ? [] : [report])),
      vanished: read.flatMap(({ isGone, report }) => (isGone ? [report] : [])),
    };
  });
}

export async function noteTold(
  tx: Transaction,
  where: Where,
  namespaces: readonly string[],
  heldSince: Date,
): Promise<void> {
  const parameters = {
    ...{ source: where.source, paths: pathsOf(where, 'reports') },
    namespaces: JSON.stringify(namespaces),
  };
  await tx.run(`UPDATE kubernetes_objects SET is_told = true WHERE ${ofRole} AND ${inNamespaces}`, parameters);
  await tx.run(`DELETE FROM kubernetes_objects WHERE ${ofRole} AND ${inNamespaces} AND gone_at <= $held::TIMESTAMP`, {
    ...parameters,
    held: sqlTime(heldSince),
  });
  tx.touch('kubernetes_objects');
}

export interface Overview {
  /** Engines that have reports, even vanished ones, and why what they list is not all, if so. */
  readonly engines: readonly { readonly engine: string; readonly doubt: string }[];
  /** `NAME POLICY` of exceptions that hold back a result. */
  readonly applied: ReadonlySet<string>;
  /** Kyverno's newest evaluation; ms since the epoch. */
  readonly evaluated?: number;
}

export async function overview(reader: Reader, where: Where): Promise<Overview> {
  const parameters = { source: where.source, paths: pathsOf(where, 'reports') };
  const engines = await reader.all(
    `SELECT engine, max(evaluated) AS evaluated,
       CASE WHEN bool_or(is_broken) THEN 'records_rejected' WHEN bool_or(is_cut) THEN 'results_missing' ELSE '' END AS doubt
     FROM (SELECT unnest(from_json(about[1], '["VARCHAR"]')) AS engine, try_cast(about[2] AS DOUBLE) AS evaluated,
             gone_at IS NULL AND coalesce(about[3] = 'true', false) AS is_broken,
             gone_at IS NULL AND coalesce(about[4] = 'true', false) AS is_cut
           FROM (SELECT gone_at, json_extract(body, ['$.engines', '$.evaluated', '$.isBroken', '$.isCut']) AS about
                 FROM kubernetes_objects WHERE ${ofRole}))
     GROUP BY engine ORDER BY engine`,
    parameters,
  );
  const applied = await reader.all(
    `SELECT DISTINCT unnest(r.exceptions) || ' ' || r.policy AS applied
     FROM (SELECT unnest(from_json(body::JSON -> 'results',
             '[{"outcome":"VARCHAR","policy":"VARCHAR","exceptions":["VARCHAR"]}]')) AS r
           FROM kubernetes_objects WHERE ${ofRole} AND gone_at IS NULL AND contains(body, '"exceptions"'))
     WHERE r.outcome = 'excepted'`,
    parameters,
  );
  const evaluated = Number(engines.find(({ engine }) => engine === 'kyverno')?.evaluated ?? Number.NaN);
  return {
    engines: engines.map(({ engine, doubt }) => ({ engine: String(engine), doubt: String(doubt) })),
    applied: new Set(applied.map(each => String(each.applied))),
    ...(Number.isFinite(evaluated) ? { evaluated: evaluated * 1000 } : {}),
  };
}

/** Events that are new or count more than when they were told. */
export async function waitingEvents(reader: Reader, where: Where): Promise<readonly ViolationEvent[]> {
  const rows = await reader.all(
    `SELECT body FROM kubernetes_objects WHERE ${ofRole} AND NOT is_told ORDER BY namespace, name`,
    {
      source: where.source,
      paths: pathsOf(where, 'events'),
    },
  );
  return rows.map(({ body }) => JSON.parse(String(body)) as ViolationEvent);
}

/** True where something has been read that was not told yet: by this refresh, or by one that was broken off. */
export const isPending = async (reader: Reader, { source }: Where): Promise<boolean> =>
  (await reader.scalar('SELECT count(*) FROM kubernetes_objects WHERE source = $source AND NOT is_told', {
    source,
  })) !== '0';

/** All that is no report. */
export const noteOthersTold = (tx: Transaction, where: Where): Promise<void> =>
  tx.run(`UPDATE kubernetes_objects SET is_told = true WHERE source = $source AND NOT is_told AND NOT (${ofRole})`, {
    source: where.source,
    paths: pathsOf(where, 'reports'),
  });
