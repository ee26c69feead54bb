/** The one way of what a survey tool told into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { keepRejections } from '../../core/rejections.ts';
import type { BatchCounts } from '../../core/source.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime, utcDay } from '../../core/time.ts';
import { PlumblineError } from '../errors.ts';
import type { PartContext } from '../part.ts';
import type { SurveyConfig } from './config.ts';
import { mapResponse, placeOf, teamNamed } from './mapping.ts';
import { matchItems, surveyDigest } from './matching.ts';
import { ownershipByDay } from './ownerships.ts';
import type { SurveyResponse, SurveyTold } from './told.ts';
import { waveOf } from './waves.ts';

const storeSql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');

/**
 * Stores what was told of a survey; returns how many responses it told of, how many of them are new or other than before
 * (withdrawn ones too), and what of their answers could not be read, by reason. Responses that are not complete, and those
 * of waves whose answers have gone by age, are left out. Results follow in `derive` (judge.ts), in the same transaction.
 * Errors: SURVEY_UNKNOWN.
 */
export async function storeSurvey(
  tx: Transaction,
  source: string,
  told: SurveyTold,
  context: PartContext,
): Promise<BatchCounts> {
  const { pseudonyms, now } = context;
  const config = context.config.surveys.find(({ survey }) => survey === told.survey);
  if (config === undefined) throw new PlumblineError('SURVEY_UNKNOWN', { survey: told.survey, source });
  const matches = matchItems(config, told.items);
  const ownershipOn = await ownershipByDay(tx, context.ownership);
  const mapping = {
    ...{ source, config, matches, pseudonyms, ownershipOn },
    waveOn: (day: string) => waveOf(config, day)?.wave,
  };
  const [dated, undated] = [told.responses.filter(hasTime), told.responses.filter(one => !hasTime(one))];
  const complete = dated
    .filter(({ isComplete }) => isComplete)
    .toSorted((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1));
  // Told twice in one reading, the later one counts.
  const mapped = [...new Map(complete.map(response => [response.id, response])).values()].map(response =>
    mapResponse(response, mapping),
  );

  await stage(
    tx,
    'told_responses',
    {
      ...{
        response: 'VARCHAR',
        trace: 'VARCHAR',
        respondent: 'VARCHAR',
        wave: 'VARCHAR',
        submitted_on: 'DATE',
        position: 'INTEGER',
      },
      ...{ team: 'VARCHAR', digest: 'VARCHAR' },
    },
    mapped.map(({ response, trace, respondent, submittedOn, team, digest }, position) => ({
      ...{ response, trace, respondent: respondent ?? null, submitted_on: submittedOn, position, team, digest },
      wave: waveOf(config, submittedOn)?.wave ?? null,
    })),
  );
  await stage(
    tx,
    'told_answers',
    { response: 'VARCHAR', question: 'VARCHAR', item: 'VARCHAR', raw: 'VARCHAR', value: 'DOUBLE' },
    mapped.flatMap(({ response, answers }) => answers.map(answer => ({ response, ...answer }))),
  );
  await tx.run('SET VARIABLE told_survey = $survey', { survey: config.survey });
  await tx.run('SET VARIABLE told_source = $source', { source });
  await tx.run('SET VARIABLE told_today = $today::DATE', { today: utcDay(now) });
  await tx.run('SET VARIABLE told_whole = $isWhole::BOOLEAN', { isWhole: told.isWhole });
  await tx.run(storeSql);
  const changed = Number(await tx.scalar('SELECT count(*) FROM told_changed'));
  await noteReading(tx, source, config, told, now);
  if (told.items.length > 0) await noteMatches(tx, source, config, { matches, ownership: ownershipOn(utcDay(now)) });
  tx.touch('survey_responses', 'survey_answers', 'survey_readings');
  const rejections = [
    ...mapped.flatMap(({ rejections: own }) => own),
    ...undated.map(one => ({ file: placeOf(one, mapping), reason: 'time_unreadable' })),
  ];
  const read = [...mapped.map(({ place }) => place), ...undated.map(one => placeOf(one, mapping))];
  const rejected = await keepRejections(tx, source, { read, rejections }, now);
  return { records: told.responses.length, changed, rejected };
}

/** What is no time would end in an error that repeats it. */
const hasTime = ({ submittedAt }: SurveyResponse) =>
  /^\d{4}-\d\d-\d\d(T|$)/.test(submittedAt) && !Number.isNaN(Date.parse(submittedAt));

/**
 * Notes that a source has looked and found nothing new: a wave is told after the first look that is later than its end,
 * so that what was answered in its last hour is not left out.
 */
export async function heardSurvey(tx: Transaction, source: string, config: SurveyConfig, now: Date): Promise<void> {
  await tx.run(
    `UPDATE survey_readings SET read_at = $now::TIMESTAMP
     WHERE survey = $survey AND source = $source AND NOT is_partial AND shape = $shape`,
    { survey: config.survey, source, shape: surveyDigest(config), now: sqlTime(now) },
  );
  tx.touch('survey_readings');
}

async function noteReading(tx: Transaction, source: string, config: SurveyConfig, told: SurveyTold, now: Date) {
  const { survey } = config;
  const key = { survey, source };
  await tx.run('DELETE FROM survey_readings WHERE survey = $survey AND source = $source', key);
  await tx.run('INSERT INTO survey_readings VALUES ($survey, $source, $isPartial::BOOLEAN, $shape, $now::TIMESTAMP)', {
    ...key,
    isPartial: told.hasMore ?? false,
    shape: surveyDigest(config),
    now: sqlTime(now),
  });
  if (told.invited === undefined) return;
  const newest = `(SELECT arg_max(wave, submitted_on) FROM survey_responses WHERE survey = $survey AND wave IS NOT NULL)`;
  await tx.run(`DELETE FROM survey_invited WHERE survey = $survey AND source = $source AND wave = ${newest}`, key);
  await tx.run(
    `INSERT INTO survey_invited SELECT $survey, $source, ${newest}, $invited::BIGINT WHERE ${newest} IS NOT NULL`,
    { ...key, invited: told.invited },
  );
}

async function noteMatches(
  tx: Transaction,
  source: string,
  config: SurveyConfig,
  { matches, ownership }: { matches: ReturnType<typeof matchItems>; ownership: PartContext['ownership'] },
) {
  const key = { survey: config.survey, source };
  const replace = async (table: string, columns: Record<string, string>, rows: Parameters<typeof stage>[3]) => {
    await stage(tx, 'told_notes', columns, rows);
    await tx.run(`DELETE FROM ${table} WHERE survey = $survey AND source = $source`, key);
    await tx.run(`INSERT INTO ${table} SELECT $survey, $source, * FROM told_notes`, key);
  };
  await replace(
    'survey_matches',
    { question: 'VARCHAR', items: 'INTEGER', problem: 'VARCHAR' },
    matches.notes.map(note => ({ ...note })),
  );
  const { team } = config;
  const unknown =
    team === undefined
      ? []
      : matches.team.flatMap(item =>
          (item.choices ?? []).filter(
            choice => teamNamed(choice, team, { ...item, choices: [] }, ownership) === undefined,
          ),
        );
  await replace(
    'survey_unknown_teams',
    { choice: 'VARCHAR' },
    unknown.map(choice => ({ choice })),
  );
}
