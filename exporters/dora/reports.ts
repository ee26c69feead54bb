/**
 * What an incident source tells at once: an incident with every service that it is of, kept as one row a service; what
 * it takes back; and the records of its own that could not be read.
 */
import type { Reader, Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';
import type { IncidentFact } from './facts.ts';
import { markIncidents } from './marks.ts';
import type { Affected } from './service-words.ts';
import { storeFacts } from './store-facts.ts';

/** An incident as its system has it, and the services it is of; none where it doesn't say. */
export interface IncidentReport {
  readonly incident: Omit<IncidentFact, keyof Affected>;
  readonly affected: readonly Affected[];
}

/** What separates the incident's own id from a further service's. */
const further = '#';

/**
 * One row a service: the first under the incident's own id, so that a deployment may name it, each other one under
 * `ID#SERVICE`. An incident of three services counts for each of them.
 */
export function factsOf({ incident, affected }: IncidentReport): IncidentFact[] {
  const unique = [...new Map(affected.map(one => [`${one.service}\n${one.environment}`, one])).values()];
  const [first = {}, ...others] = unique;
  return [
    { ...incident, ...first },
    ...others.map(one => ({
      ...incident,
      ...one,
      incident: `${incident.incident}${further}${one.service ?? ''}${one.environment ? `@${one.environment}` : ''}`,
    })),
  ];
}

/**
 * Stores reports; returns how many rows are new. Rows of services that an incident is no longer of are taken back. A
 * report that is older than what is known adds no further service, so that what comes late brings none back. Where
 * `present` is said, each was just read from its system: one that was taken for gone or cancelled has come back.
 */
export async function storeReports(
  tx: Transaction,
  source: string,
  told: readonly IncidentReport[],
  now: Date,
  { present = false }: { readonly present?: boolean } = {},
): Promise<number> {
  if (told.length === 0) return 0;
  const known = await newestOf(
    tx,
    source,
    told.map(({ incident }) => incident.incident),
  );
  const reports = told.map(report => {
    const before = known.get(report.incident.incident);
    if (!present || before === undefined) return report;
    // What was told before is known already, and would not be newer than what took it back.
    const isBack =
      before.isGone ||
      (before.status === 'cancelled' &&
        report.incident.status !== 'cancelled' &&
        before.at === Date.parse(report.incident.updatedAt));
    if (!isBack) return report;
    const updatedAt = new Date(Math.max(now.getTime(), before.at + 1)).toISOString();
    return { ...report, incident: { ...report.incident, updatedAt } };
  });
  const facts = reports.flatMap(report => {
    const [first, ...others] = factsOf(report);
    const before = known.get(report.incident.incident);
    const isLate = before !== undefined && before.at > Date.parse(report.incident.updatedAt);
    return isLate ? [first!] : [first!, ...others];
  });
  const added = await storeFacts(tx, source, { incidents: facts }, now);
  const taken = await takeBack(
    tx,
    source,
    `SELECT newest.*, told.updated_at AS taken_at
     FROM newest JOIN (
       SELECT row.key::VARCHAR AS key, row.at::TIMESTAMP AS updated_at, from_json(row.kept::JSON, '["VARCHAR"]') AS kept
       FROM (SELECT unnest(from_json($told::JSON, '[{"key":"VARCHAR","at":"VARCHAR","kept":"JSON"}]')) AS row)
     ) AS told ON starts_with(newest.incident, told.key || '${further}')
     WHERE NOT list_contains(told.kept, newest.incident) AND newest.updated_at <= told.updated_at`,
    {
      told: JSON.stringify(
        reports.map(report => ({
          key: report.incident.incident,
          at: sqlTime(new Date(report.incident.updatedAt)),
          kept: factsOf(report).map(({ incident }) => incident),
        })),
      ),
    },
    now,
  );
  return added + taken;
}

/** Says that incidents, and their rows of further services, are gone from their system. Returns how many rows are new. */
export const storeGone = (tx: Transaction, source: string, incidents: readonly string[], now: Date): Promise<number> =>
  incidents.length === 0
    ? Promise.resolve(0)
    : takeBack(
        tx,
        source,
        `SELECT newest.*, $gone_at::TIMESTAMP AS taken_at FROM newest
         WHERE list_contains(from_json($gone::JSON, '["VARCHAR"]'), split_part(newest.incident, '${further}', 1))`,
        { gone: JSON.stringify(incidents), gone_at: sqlTime(now) },
        now,
      );

const newestSql = `SELECT * FROM incidents WHERE source = $source
  QUALIFY row_number() OVER (PARTITION BY incident ORDER BY updated_at DESC, learned_at DESC) = 1`;

/** Repeats the newest statement of each row that `sql` picks from `newest`, as gone at its `taken_at`. */
async function takeBack(
  tx: Transaction,
  source: string,
  sql: string,
  parameters: Readonly<Record<string, string>>,
  now: Date,
): Promise<number> {
  const taken = await tx.all(
    `INSERT INTO incidents BY NAME
     WITH newest AS (FROM (${newestSql}) WHERE NOT is_deleted), taken AS (${sql})
     SELECT * EXCLUDE (taken_at)
       REPLACE (true AS is_deleted, greatest(updated_at, taken_at) AS updated_at, $now::TIMESTAMP AS learned_at)
     FROM taken
     RETURNING incident`,
    { ...parameters, source, now: sqlTime(now) },
  );
  if (taken.length > 0) {
    tx.touch('incidents');
    await markIncidents(
      tx,
      source,
      taken.map(({ incident }) => String(incident)),
    );
  }
  return taken.length;
}

interface Newest {
  /** When it was changed last; ms since the epoch. */
  readonly at: number;
  readonly status: string;
  readonly isGone: boolean;
}

/** What is known of each incident; of those that are. */
async function newestOf(reader: Reader, source: string, incidents: readonly string[]): Promise<Map<string, Newest>> {
  const rows = await reader.all(
    `SELECT incident, status, epoch_ms(updated_at)::VARCHAR AS changed, is_deleted FROM (${newestSql})
     WHERE list_contains(from_json($incidents::JSON, '["VARCHAR"]'), incident)`,
    { source, incidents: JSON.stringify(incidents) },
  );
  return new Map(
    rows.map(row => [
      String(row.incident),
      { at: Number(row.changed), status: String(row.status), isGone: row.is_deleted === true },
    ]),
  );
}

export interface KnownIncident {
  readonly incident: string;
  readonly status: string;
  /** As the ledger has it: naive UTC. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** The incidents of a source as they are known, without the rows of further services and without those that are gone. */
export async function knownIncidents(reader: Reader, source: string): Promise<KnownIncident[]> {
  const rows = await reader.all(
    `SELECT incident, status, started_at::VARCHAR AS started_at, updated_at::VARCHAR AS updated_at
     FROM (${newestSql}) WHERE NOT is_deleted AND NOT contains(incident, '${further}') ORDER BY incident`,
    { source },
  );
  return rows.map(row => ({
    ...{ incident: String(row.incident), status: String(row.status) },
    ...{ startedAt: String(row.started_at), updatedAt: String(row.updated_at) },
  }));
}
