/**
 * Keeps what the gate says of all that runs in step with the ledger, for metrics: an image is judged again when something
 * is told of it, all of them when something is told that may be of any, and every hour, for ages and limits move with time.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import { prepareInstants } from '../../core/views.ts';
import { sql } from '../metrics/sql.ts';
import { evaluateGate } from './evaluate.ts';
import { type LedgerOptions, subjectsOfLedger } from './from-ledger.ts';

const runningSql = sql('running_at', '../gate/running');
const touchedSql = readFileSync(new URL('./touched.sql', import.meta.url), 'utf8');
const storeSql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');
/** Each batch looks through all results once; of so many images what a rule may ask for fits in memory. */
const artifactsAtOnce = 2_500;

/** Runs after owners are resolved. */
export async function deriveGate(tx: Transaction, options: LedgerOptions): Promise<void> {
  const { now, rules, facts } = options;
  const config = createHash('sha256').update(JSON.stringify(rules)).digest('hex');
  await tx.run('SET VARIABLE gate_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run('SET VARIABLE gate_config = $config', { config });
  const [state] = await tx.all(touchedSql);
  if (state === undefined || (state.judges_all !== true && state.is_behind !== true)) return;
  await prepareInstants(tx, facts, { name: 'gate', kind: 'state' }, { instants: [now] });
  await tx.run(`CREATE OR REPLACE TEMP TABLE gate_running AS ${runningSql}`, {
    all: state.judges_all === true,
    through: String(state.through ?? '0001-01-01'),
  });
  const running = await tx.all(
    'SELECT artifact, list(environment ORDER BY environment) AS environments FROM gate_running GROUP BY ALL ORDER BY 1',
  );
  const rows: Record<'artifact' | 'environment' | 'verdict' | 'rule', string>[] = [];
  const breathe = breather();
  for (let start = 0; start < running.length; start += artifactsAtOnce) {
    const batch = running.slice(start, start + artifactsAtOnce);
    const environmentsOf = new Map(batch.map(row => [String(row.artifact), row.environments]));
    for (const subject of await subjectsOfLedger(tx, [...environmentsOf.keys()], options)) {
      const environments = environmentsOf.get(subject.artifact);
      for (const environment of Array.isArray(environments) ? environments.map(String) : []) {
        const { verdict, rule } = evaluateGate(rules, { ...subject, environment }, now);
        rows.push({ artifact: subject.artifact, environment, verdict, rule });
      }
      if (breathe.due()) await breathe.now();
    }
  }
  await stage(
    tx,
    'gate_now',
    { artifact: 'VARCHAR', environment: 'VARCHAR', verdict: 'VARCHAR', rule: 'VARCHAR' },
    rows,
  );
  const known = () => tx.scalar('SELECT count(*) FROM gate_verdicts');
  const before = await known();
  await tx.run(storeSql, undefined);
  await tx.run('DELETE FROM gate_judged');
  await tx.run(`INSERT INTO gate_judged VALUES ($config, $judged::TIMESTAMP, $newest::TIMESTAMP, $shared)`, {
    config,
    judged: state.judges_all === true ? sqlTime(now) : String(state.judged_at),
    newest: state.newest === null ? null : String(state.newest),
    shared: String(state.shared),
  });
  await tx.run('DROP TABLE gate_now; DROP TABLE gate_running');
  if ((await known()) !== before) tx.touch('gate_verdicts');
}
