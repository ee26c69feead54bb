/**
 * Subject facts: what a domain can say of one service, repository, namespace, image, resource or account by itself, where
 * metrics count. Every exporter publishes them as checks; what crosses domains (golden path, review, team page) reads
 * them, in-process where exporters share one, else by GET /api/EXPORTER/subject-facts (subject-api.ts). A check is a
 * query as of instants, as a metric's view is, so that what it says of the past is as true as a metric's history.
 */
import { PlumblineError } from './errors.ts';
import type { Ledger, Reader } from './ledger.ts';
import { prepareInstants } from './views.ts';

export const subjectKinds = ['service', 'repository', 'namespace', 'image', 'resource', 'account'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** `unknown`: the domain knows the subject and can't say (nothing has looked, or what did fell silent). Never a pass. */
export type SubjectState = 'pass' | 'fail' | 'unknown';

/** The check by which a domain tells of what it has seen and nothing gives to an owner: rows of state `fail` alone. */
export const ownedCheck = 'owned';

export interface SubjectCheck {
  /** Lower case with dashes, unique in its exporter: `sbom`, `violations`, or `owned` (see ownedCheck). */
  readonly check: string;
  /** One plain sentence ending in a full stop: what passes. */
  readonly help: string;
  /** Ledger tables the SQL reads; it is evaluated again when one of them changed. */
  readonly reads: readonly string[];
  /** Seconds after which it is evaluated again though nothing changed, because time itself moved. */
  readonly everySeconds: number;
  /** Instants of the past that are evaluated together where its tables have a million rows; of fewer rows more at once. */
  readonly instantsAtOnce: number;
  /**
   * One SELECT that reads the table `instants(ts)` and the views `T_known` as a `state` metric's (metric.ts), and returns
   * a row for every subject that the check says anything about at an instant:
   * - `ts`, `kind` (SubjectKind), `subject` (as its system calls it), `team`, `service`, `environment` (as owned then),
   *   `state` (SubjectState);
   * - optional `since` TIMESTAMP: when the state began, where the domain knows better than by comparing instants; it must
   *   not move while the state stands;
   * - optional `detail` VARCHAR: the evidence in a few words, ''; a detail that changes is a change, so no ages in it;
   * - optional `amount` DECIMAL and `unit` VARCHAR: its weight, such as 12.50 USD of the last 30 days, or 3 findings.
   * Of rows of one (ts, kind, subject, service, environment) the worst counts: fail, unknown, pass.
   */
  readonly sql: string;
}

type Definition = Omit<SubjectCheck, 'everySeconds' | 'instantsAtOnce'> &
  Partial<Pick<SubjectCheck, 'everySeconds' | 'instantsAtOnce'>>;

/** Throws CHECK_INVALID where it breaks a rule of naming, so that start-up proves them all. */
export function defineSubjectCheck(definition: Definition): SubjectCheck {
  const invalid = (reason: string): never => {
    throw new PlumblineError('CHECK_INVALID', { check: definition.check, reason });
  };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.check)) invalid('its name is not lower case with dashes');
  if (!/^[A-Z].*\.$/s.test(definition.help)) invalid('its help is not a sentence with a full stop');
  return Object.freeze({ everySeconds: 900, instantsAtOnce: 60, ...definition });
}

/** What a row tells, in this order. All is text; NULL where there is none. `state` is `gone` where nothing is told of it any more. */
export const subjectColumns = [
  ...([
    'ts',
    'kind',
    'subject',
    'team',
    'service',
    'environment',
    'state',
    'since',
    'detail',
    'amount',
    'unit',
  ] as const),
] as const;
export type SubjectRow = readonly (string | null)[];

/** Where subject facts are read from: an exporter of this process, or one of another Plumbline. */
export interface SubjectReader {
  readonly exporter: string;
  readonly checks: () => Promise<readonly SubjectCheckTold[]>;
  /**
   * Every subject's state at the first of ascending instants, then what changed at each of the others. `onRows` is given
   * the rows in slices, in the order of time.
   */
  readonly read: (
    check: string,
    instants: readonly Date[],
    onRows: (rows: readonly SubjectRow[]) => void,
  ) => Promise<void>;
}

export interface SubjectCheckTold {
  readonly check: string;
  readonly help: string;
  readonly everySeconds: number;
  /** Differs from the one told before where what is said may have changed. */
  readonly version: string;
  /**
   * The exporter's sources that have been read with success, sorted; what is said of the past may differ once there is
   * another. Undefined while one of them has not been tried yet.
   */
  readonly sourcesRead: readonly string[] | undefined;
}

// Columns that a check leaves out are NULL.
const shape = `SELECT NULL::TIMESTAMP AS ts, NULL::VARCHAR AS kind, NULL::VARCHAR AS subject, NULL::VARCHAR AS team,
  NULL::VARCHAR AS service, NULL::VARCHAR AS environment, NULL::VARCHAR AS state, NULL::TIMESTAMP AS since,
  NULL::VARCHAR AS detail, NULL::DECIMAL(38, 10) AS amount, NULL::VARCHAR AS unit WHERE false`;

const evaluated = (sql: string) => `CREATE OR REPLACE TEMP TABLE subjects_at AS
  SELECT
    ts, kind, subject, coalesce(team, '') AS team, coalesce(service, '') AS service,
    coalesce(environment, '') AS environment, state, since, coalesce(detail, '') AS detail,
    amount::DECIMAL(38, 10) AS amount, coalesce(unit, '') AS unit
  FROM (${shape} UNION ALL BY NAME (${sql}))
  QUALIFY row_number() OVER (
    PARTITION BY ts, kind, subject, coalesce(service, ''), coalesce(environment, '')
    ORDER BY list_position(['fail', 'unknown', 'pass'], state), since, detail, team
  ) = 1`;

// The first instant of a later slice is the last of the one before it, and only compared with.
const changes = `WITH steps AS (SELECT ts, lag(ts) OVER (ORDER BY ts) AS before FROM instants)
  SELECT a.* FROM subjects_at AS a
  JOIN steps AS s USING (ts)
  LEFT JOIN subjects_at AS b
    ON b.ts = s.before AND (b.kind, b.subject, b.service, b.environment) = (a.kind, a.subject, a.service, a.environment)
  WHERE (s.before IS NOT NULL OR $first)
    AND (a.team, a.state, a.since, a.detail, a.amount, a.unit)
      IS DISTINCT FROM (b.team, b.state, b.since, b.detail, b.amount, b.unit)
  UNION ALL
  SELECT s.ts, b.kind, b.subject, b.team, b.service, b.environment, 'gone', s.ts, '', NULL, ''
  FROM subjects_at AS b
  JOIN steps AS s ON s.before = b.ts
  ANTI JOIN subjects_at AS a
    ON a.ts = s.ts AND (a.kind, a.subject, a.service, a.environment) = (b.kind, b.subject, b.service, b.environment)
  ORDER BY ts, kind, subject, service, environment`;

const rowsOfInstants = 1_000_000;

/** An evaluation costs its planning, however few rows it reads: a young ledger's year is asked for in one or two. */
async function instantsTogether(reader: Reader, { reads, instantsAtOnce }: SubjectCheck): Promise<number> {
  const rows = Number(
    await reader.scalar(
      `SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables()
       WHERE list_contains(from_json($reads, '["VARCHAR"]'), table_name)`,
      { reads: JSON.stringify(reads) },
    ),
  );
  return Math.max(instantsAtOnce, Math.floor((instantsAtOnce * rowsOfInstants) / Math.max(rows, 10_000)));
}

/** Evaluates a check; see SubjectReader.read. Errors: CHECK_FAILED. */
export async function readSubjects(
  reader: Reader,
  facts: readonly string[],
  check: SubjectCheck,
  instants: readonly Date[],
  onRows: (rows: readonly SubjectRow[]) => void,
): Promise<void> {
  const failed = (reason: string, cause?: unknown) =>
    new PlumblineError('CHECK_FAILED', { check: check.check, reason }, cause);
  const together = instants.length > 1 ? await instantsTogether(reader, check) : 1;
  for (let start = 0; start < instants.length; start += together) {
    const slice = instants.slice(Math.max(0, start - 1), start + together);
    try {
      await prepareInstants(reader, facts, { name: check.check, kind: 'state' }, { instants: slice });
      await reader.run(evaluated(check.sql));
      const [odd] = await reader.all(
        `SELECT kind, state FROM subjects_at
         WHERE ts IS NULL OR coalesce(subject, '') = '' OR state NOT IN ('pass', 'fail', 'unknown')
           OR NOT list_contains(from_json($kinds, '["VARCHAR"]'), kind) LIMIT 1`,
        { kinds: JSON.stringify(subjectKinds) },
      );
      if (odd !== undefined) throw new RangeError(`a row has the kind ${odd.kind} and the state ${odd.state}`);
      for await (const rows of reader.stream(changes, { first: start === 0 }))
        onRows(rows.map(row => row.map(value => (value === null ? null : String(value)))));
    } catch (error) {
      throw failed(error instanceof Error ? error.message : String(error), error);
    }
  }
}

/** Counts from one opening of a ledger to the next begin at 0, so a version says which opening it is of. */
const opened = new WeakMap<Ledger, string>();
const openingOf = (ledger: Ledger): string => {
  const known = opened.get(ledger) ?? `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2, 8)}`;
  opened.set(ledger, known);
  return known;
};

export const versionOf = (ledger: Ledger, check: SubjectCheck): string =>
  [openingOf(ledger), ...check.reads.map(table => ledger.generation(table))].join('.');

/** The checks of an exporter by name; throws CHECK_INVALID where two share one. */
export function checksByName({
  name,
  subjects = [],
}: {
  readonly name: string;
  readonly subjects?: readonly SubjectCheck[];
}): ReadonlyMap<string, SubjectCheck> {
  const byName = new Map<string, SubjectCheck>();
  for (const check of subjects) {
    if (byName.has(check.check))
      throw new PlumblineError('CHECK_INVALID', {
        check: `${name}/${check.check}`,
        reason: 'two checks share the name',
      });
    byName.set(check.check, check);
  }
  return byName;
}
