/**
 * Decisions into the ledger: each once, by its decision_id, however often it is sent; counted by the minute in which it
 * was made, whose it was then, its path and its outcome.
 */
import { readFileSync } from 'node:fs';
import { ownerText } from '../../../catalog/keys.ts';
import type { Transaction } from '../../../core/ledger.ts';
import { utcDay } from '../../../core/time.ts';
import { decisionBuckets } from '../../decision-buckets.ts';
import { noteDecisions } from './instances.ts';
import { listOf, objectOf } from './json.ts';
import { addMinutes, decisionMinutes, timeMinutes } from './minutes.ts';
import { resolveOwners } from './owners.ts';
import type { StoreOptions } from './store-options.ts';
import { wordsOf } from './words.ts';

const read = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8');
const stageSql = read('stage');
const bucket = `CASE ${decisionBuckets.map((bound, index) => `WHEN n.took <= ${Math.round(bound * 1e9)} THEN ${index + 1}`).join(' ')} ELSE ${decisionBuckets.length + 1} END`;
const [minutesSql = '', timesSql = '', seenSql = ''] = read('count').replace('{bucket}', bucket).split(/;\n/);
const admitSql = read('admit');

/** Stores a Parquet file of extract.ts; returns how many of its decisions are new. */
export async function storeDecisions(tx: Transaction, file: string, options: StoreOptions): Promise<number> {
  const { config, now } = options;
  const [span] = await tx.all(
    'SELECT min(ts) AS first, max(ts) AS last, count(*) > count(DISTINCT id) AS twice FROM read_parquet($file) WHERE fault IS NULL',
    {
      file,
    },
  );
  if (typeof span?.first !== 'string') return 0;
  await tx.run(span.twice === true ? stageSql : stageSql.replace('DISTINCT ON (id, ts)', ''), {
    file,
    first: span.first,
    last: String(span.last),
  });
  const changed = Number(await tx.scalar('SELECT count(*) FROM opa_new'));
  if (changed > 0) {
    const rows = await tx.all(
      'SELECT DISTINCT spoken::VARCHAR AS spoken, labels, words, sent_by, ts::DATE::VARCHAR AS day FROM opa_new',
    );
    const { attributesOf } = wordsOf(config.owner);
    const asked = rows.map(({ spoken, labels, words, sent_by: team, day }) => ({
      ...{ spoken: String(spoken), day: String(day) },
      // Whoever posts with a team's token speaks of that team alone.
      text: ownerText({
        ...attributesOf(objectOf(labels), listOf(words)),
        ...(typeof team === 'string' ? { team } : {}),
      }),
    }));
    await resolveOwners(tx, asked, now);
    await tx.run(admitSql, { most: config.max_paths });
    await tx.run(minutesSql);
    await tx.run(timesSql);
    await tx.run(seenSql, { today: utcDay(now) });
    await addMinutes(tx, decisionMinutes, 'opa_minutes', now);
    await addMinutes(tx, timeMinutes, 'opa_minutes_of_times', now);
    await noteDecisions(tx, options);
    await tx.run('DROP TABLE opa_minutes; DROP TABLE opa_minutes_of_times; DROP TABLE opa_owners');
  }
  await tx.run('DROP TABLE opa_new');
  return changed;
}
