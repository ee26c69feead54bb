/**
 * Where minimum_group was raised, smaller groups that were told of go from the page, even of waves of which nothing new
 * may be told or whose answers have gone: rows are left out, and none is other than it was.
 */
import type { Transaction } from '../../core/ledger.ts';
import { fromSqlTime } from '../../core/time.ts';
import type { PartContext } from '../part.ts';
import { newestRelease, writeRelease } from './books.ts';
import type { SurveyConfig } from './config.ts';
import type { Result } from './results.ts';

export async function narrow(tx: Transaction, { survey }: SurveyConfig, { config, now }: PartContext): Promise<void> {
  const minimum = config.privacy.minimum_group;
  const releases = await tx.all(
    `SELECT * FROM survey_releases WHERE survey = $survey
     QUALIFY row_number() OVER (PARTITION BY wave ORDER BY release DESC) = 1 AND minimum_group < $minimum::INTEGER`,
    { survey, minimum },
  );
  for (const row of releases) {
    const wave = String(row.wave);
    const { release, rows, suppressedGroups } = (await newestRelease(tx, survey, wave))!;
    const kept = narrowed(rows, minimum);
    const teamsOf = (list: readonly Result[]) => new Set(list.map(({ team }) => team)).size;
    const date = (column: string) => fromSqlTime(String(row[column]));
    await writeRelease(
      tx,
      {
        ...{ survey, wave, release: release + 1, rows: kept, minimum },
        suppressedGroups: suppressedGroups + teamsOf(rows) - teamsOf(kept),
        ...{ closesAt: date('closes_at'), dueAt: date('due_at'), expiresAt: date('expires_at') },
        ...{ occurredAt: now, learnedAt: now },
      },
      { respondents: [], answers: [] },
    );
  }
}

/** The rows of groups that are large enough and leave a rest that is; of means of means those all of whose parts stay. */
export function narrowed(rows: readonly Result[], minimum: number): readonly Result[] {
  const topicOf = ({ kind, question, subject }: Result) => JSON.stringify([kind, question, subject]);
  const kept = [...Map.groupBy(rows, topicOf).values()].flatMap(topic => {
    const all = topic.find(({ team }) => team === '');
    if (all === undefined || all.n < minimum) return [];
    const teams = topic.filter(({ team, n }) => team !== '' && n >= minimum).toSorted((a, b) => b.n - a.n);
    const restOf = () => all.n - teams.reduce((sum, { n }) => sum + n, 0);
    while (teams.length > 0 && restOf() > 0 && restOf() < minimum) teams.pop();
    return [all, ...teams];
  });
  const gone = rows.filter(row => !kept.includes(row));
  return kept.filter(row => row.question !== '' || !gone.some(part => isPartOf(part, row)));
}

const isPartOf = (part: Result, whole: Result) =>
  part.team === whole.team &&
  ((whole.kind === 'dimension' && part.kind === 'scale' && part.subject === whole.subject) ||
    (whole.kind === 'quick_check' && part.kind === 'quick_check'));
