/** The one way of what is said of subjects into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { type SubjectRow, subjectColumns } from '../core/subjects.ts';
import { sqlTime } from '../core/time.ts';

const sql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');

/** Tables whose rows count from when they came to be so. */
export const scorecardFacts: readonly string[] = ['subject_states', 'subject_looks', 'catalog_entries'];

/** All that is said by one check now, or of the past what changed when. */
export interface ToldCheck {
  readonly exporter: string;
  readonly check: string;
  readonly rows: readonly SubjectRow[];
  /** Where it is told for the first time: it was so all the time before, as the catalog is taken to be. */
  readonly holdsBefore?: boolean;
  /** Whether who tells it may fall silent: of all subjects at once, or of each, those of `looked` being told now. */
  readonly agesFrom?: 'look' | 'subject';
  readonly looked?: readonly string[];
}

const rowsPerStatement = 5_000;
const columnTypes: Readonly<Record<string, string>> = {
  ts: 'TIMESTAMP',
  since: 'TIMESTAMP',
  amount: 'DECIMAL(38, 10)',
};

async function stageRows(tx: Transaction, told: readonly ToldCheck[]): Promise<void> {
  const names = ['exporter', '"check"', ...subjectColumns];
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE told_subjects (${names.map(name => `${name} ${columnTypes[name] ?? 'VARCHAR'}`).join(', ')})`,
  );
  const picked = names.map((name, index) => `r[${index + 1}]::${columnTypes[name] ?? 'VARCHAR'}`).join(', ');
  for (const { exporter, check, rows } of told)
    for (let start = 0; start < rows.length; start += rowsPerStatement)
      await tx.run(
        `INSERT INTO told_subjects
         SELECT ${picked} FROM (SELECT unnest(from_json($rows::JSON, '[["VARCHAR"]]')) AS r)`,
        { rows: JSON.stringify(rows.slice(start, start + rowsPerStatement).map(row => [exporter, check, ...row])) },
      );
  // What has no row says of nothing; a text that is missing is ''.
  await tx.run(`UPDATE told_subjects SET team = coalesce(team, ''), service = coalesce(service, ''),
    environment = coalesce(environment, ''), detail = coalesce(detail, ''), unit = coalesce(unit, '')
    WHERE team IS NULL OR service IS NULL OR environment IS NULL OR detail IS NULL OR unit IS NULL`);
}

/** Stores what each check says now; what it said before and does not any more is gone. Returns how many rows are new. */
export async function storeNow(tx: Transaction, told: readonly ToldCheck[], now: Date): Promise<number> {
  if (told.length === 0) return 0;
  await tx.run('SET VARIABLE scorecard_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await stageRows(tx, told);
  await stage(
    tx,
    'told_checks',
    { exporter: 'VARCHAR', check: 'VARCHAR', holds_before: 'BOOLEAN' },
    told.map(({ exporter, check, holdsBefore = false }) => ({ exporter, check, holds_before: holdsBefore })),
  );
  await tx.run(sql);
  const stored = Number(await tx.scalar('SELECT count(*) FROM new_subjects'));
  if (stored > 0) {
    await tx.run('INSERT INTO subject_states SELECT * FROM new_subjects');
    tx.touch('subject_states');
  }
  await stage(
    tx,
    'told_looks',
    { exporter: 'VARCHAR', check: 'VARCHAR', subject: 'VARCHAR', is_own: 'BOOLEAN' },
    told.flatMap(({ exporter, check, agesFrom, looked = [] }) => [
      ...(agesFrom === 'look' ? [{ exporter, check, subject: '', is_own: true }] : []),
      ...(agesFrom === undefined ? [] : looked).map(subject => ({
        ...{ exporter, check, subject, is_own: agesFrom === 'subject' },
      })),
    ]),
  );
  // A subject that ages by itself goes on doing so, whoever tells of it next.
  const [looks] = await tx.all(
    `INSERT INTO subject_looks (exporter, "check", subject, occurred_at, learned_at)
     SELECT exporter, "check", subject, getvariable('scorecard_now'), getvariable('scorecard_now')
     FROM (
       SELECT t.exporter, t."check", t.subject, t.is_own, max(l.occurred_at) AS looked_at
       FROM told_looks AS t
       LEFT JOIN subject_looks AS l USING (exporter, "check", subject)
       GROUP BY ALL
     )
     WHERE CASE WHEN looked_at IS NULL THEN is_own
       ELSE looked_at <= getvariable('scorecard_now') - INTERVAL 1 HOUR END`,
  );
  if (Number(Object.values(looks ?? {})[0] ?? 0) > 0) tx.touch('subject_looks');
  for (const table of ['told_subjects', 'told_checks', 'told_looks', 'known_subjects', 'new_subjects'])
    await tx.run(`DROP TABLE ${table}`);
  return stored;
}

/**
 * Stores what checks said of the past, up to `through`, in place of what was read of it before: a source that is read
 * later knows more of it. Returns how many rows there are.
 */
export async function storePast(
  tx: Transaction,
  told: readonly ToldCheck[],
  through: Date,
  now: Date,
): Promise<number> {
  await stageRows(tx, told);
  let stored = 0;
  for (const { exporter, check, rows } of told) {
    stored += rows.length;
    await tx.run(
      `DELETE FROM subject_states
       WHERE exporter = $exporter AND "check" = $check AND occurred_at <= $through::TIMESTAMP`,
      { exporter, check, through: sqlTime(through) },
    );
  }
  // A state that goes on with other words began when it did.
  await tx.run(
    `INSERT INTO subject_states
     SELECT
       exporter, "check", kind, subject, team, service, environment, state,
       coalesce(since, min(ts) OVER (PARTITION BY exporter, "check", kind, subject, service, environment, island)),
       detail, amount, unit, ts, $now::TIMESTAMP
     FROM (
       SELECT *, sum(begins::INTEGER) OVER same AS island
       FROM (
         SELECT *, state IS DISTINCT FROM lag(state) OVER same AS begins
         FROM told_subjects
         WINDOW same AS (PARTITION BY exporter, "check", kind, subject, service, environment ORDER BY ts)
       )
       WINDOW same AS (PARTITION BY exporter, "check", kind, subject, service, environment ORDER BY ts)
     )`,
    { now: sqlTime(now) },
  );
  await tx.run('DROP TABLE told_subjects');
  if (told.length > 0) tx.touch('subject_states');
  return stored;
}

/** A row that says of a service what is told of it now. */
export const serviceRow = (
  now: Date,
  {
    service,
    team,
    state,
    detail = '',
    since,
  }: {
    readonly service: string;
    readonly team: string;
    readonly state: 'pass' | 'fail' | 'unknown';
    readonly detail?: string;
    readonly since?: string | undefined;
  },
): SubjectRow => [sqlTime(now), 'service', service, team, service, '', state, since ?? null, detail, null, ''];
