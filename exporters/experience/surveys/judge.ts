/** Releases the waves that have closed, and those that have changed since where nobody's answer is told by it. */
import { createHash } from 'node:crypto';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { fromSqlTime, sqlTime, utcDay } from '../../core/time.ts';
import type { PartContext } from '../part.ts';
import { answersOfWave, releasedBefore } from './answered.ts';
import { newestRelease, releaseBefore, rowOf, toldBefore, writeRelease } from './books.ts';
import type { SurveyConfig } from './config.ts';
import { surveyDigest } from './matching.ts';
import { narrow } from './narrow.ts';
import { ownershipByDay } from './ownerships.ts';
import { populationOf } from './population.ts';
import { type Held, heldBack } from './release.ts';
import { resultsOf, toldAs, withChanges } from './results.ts';
import { cadencesAfter, closesAt, type Wave, waveOf } from './waves.ts';

/** Judges every survey's waves; those of one that is read in part wait. */
export async function judgeSurveys(tx: Transaction, context: PartContext): Promise<void> {
  for (const config of context.config.surveys) {
    const waves = await wavesOf(tx, config);
    const read = await readUntil(tx, config, context);
    for (const wave of waves)
      if (read !== undefined && read >= wave.closesAt) await judgeWave(tx, config, wave, context);
    await narrow(tx, config, context);
    await seal(tx, config, context);
  }
}

/**
 * Until when all is known that was answered; undefined while a source is reading, has told nothing yet, or has yet to read
 * anew what its questions mean now. One that was not heard of for two days holds up nobody.
 */
async function readUntil(
  tx: Transaction,
  survey: SurveyConfig,
  { config, now }: PartContext,
): Promise<Date | undefined> {
  const [row] = await tx.all(
    `WITH recent AS (
       FROM survey_readings WHERE survey = $survey
       QUALIFY read_at > least($now::TIMESTAMP - INTERVAL 2 DAY, max(read_at) OVER () - INTERVAL 1 SECOND)
     )
     SELECT bool_and(NOT is_partial AND shape = $shape) AS is_whole, min(read_at) AS read_at,
       (SELECT list(source) FROM survey_readings WHERE survey = $survey) AS sources
     FROM recent`,
    { survey: survey.survey, shape: surveyDigest(survey), now: sqlTime(now) },
  );
  const heard = Array.isArray(row?.sources) ? row.sources : [];
  const areHeard = sourcesOf(config, survey.survey).every(name => heard.includes(name));
  return areHeard && row?.is_whole === true ? fromSqlTime(String(row.read_at)) : undefined;
}

/** The configured sources of a survey's answers, whatever their kind: they have a name, and name the survey. */
const sourcesOf = (config: PartContext['config'], survey: string): readonly string[] =>
  Object.values(config)
    .flatMap((items: unknown) => (Array.isArray(items) ? (items as readonly object[]) : []))
    .flatMap(item => ('survey' in item && item.survey === survey && 'name' in item ? [String(item.name)] : []));

interface OpenWave extends Wave {
  readonly closesAt: Date;
}

/** Waves that were answered and are not sealed, in order; notes them, and which wave each response is of. */
async function wavesOf(tx: Transaction, config: SurveyConfig): Promise<readonly OpenWave[]> {
  const { survey } = config;
  const days = await tx.all(
    'SELECT DISTINCT submitted_on, wave FROM survey_responses WHERE survey = $survey ORDER BY submitted_on',
    { survey },
  );
  const waves = new Map<string, OpenWave>();
  const moved: { readonly day: string; readonly wave: string | null }[] = [];
  for (const { submitted_on, wave: was } of days) {
    const day = String(submitted_on);
    const wave = waveOf(config, day);
    if ((wave?.wave ?? null) !== was) moved.push({ day, wave: wave?.wave ?? null });
    if (wave && !waves.has(wave.wave)) waves.set(wave.wave, { ...wave, closesAt: closesAt(config, wave, day) });
  }
  if (moved.length > 0) {
    await stage(tx, 'moved_days', { day: 'DATE', wave: 'VARCHAR' }, moved);
    await tx.run(
      `UPDATE survey_responses AS r SET wave = m.wave FROM moved_days AS m
       WHERE r.survey = $survey AND r.submitted_on = m.day`,
      { survey },
    );
  }
  await stage(
    tx,
    'answered_waves',
    { wave: 'VARCHAR', begins_on: 'DATE', ends_on: 'DATE', closes_at: 'TIMESTAMP' },
    [...waves.values()].map(({ wave, from, until, closesAt }) => ({
      ...{ wave, begins_on: from, ends_on: until, closes_at: sqlTime(closesAt) },
    })),
  );
  await tx.run(
    `UPDATE survey_waves AS w SET begins_on = a.begins_on, ends_on = a.ends_on, closes_at = a.closes_at
     FROM answered_waves AS a WHERE w.survey = $survey AND w.wave = a.wave AND NOT w.is_sealed`,
    { survey },
  );
  await tx.run(
    `INSERT INTO survey_waves
     SELECT $survey, a.*, NULL, NULL, false FROM answered_waves AS a
     WHERE NOT EXISTS (FROM survey_waves AS w WHERE w.survey = $survey AND w.wave = a.wave)`,
    { survey },
  );
  const sealed = await tx.all('SELECT wave FROM survey_waves WHERE survey = $survey AND is_sealed', { survey });
  for (const { wave } of sealed) waves.delete(String(wave));
  return [...waves.values()];
}

async function judgeWave(tx: Transaction, config: SurveyConfig, wave: OpenWave, context: PartContext): Promise<void> {
  const { now } = context;
  const { survey } = config;
  const minimum = context.config.privacy.minimum_group;
  const ownershipOn = await ownershipByDay(tx, context.ownership);
  const population = await populationOf(tx, config, wave.wave, ownershipOn(utcDay(wave.closesAt)));
  const before = await releaseBefore(tx, survey, wave.closesAt);
  const looked = digestOf([
    ...[await contentOf(tx, survey, wave.wave), surveyDigest(config), minimum],
    ...[population.total, [...population.teams], before.map(rowOf)],
  ]);
  const key = { survey, wave: wave.wave };
  const known = await tx.scalar('SELECT judged FROM survey_waves WHERE survey = $survey AND wave = $wave', key);
  if (known === looked) return;
  const judged = async (held: Held | null) => {
    await tx.run('UPDATE survey_waves SET judged = $looked, held = $held WHERE survey = $survey AND wave = $wave', {
      ...{ ...key, looked, held },
    });
    tx.touch('survey_waves');
  };

  const answers = await answersOfWave(tx, survey, wave.wave);
  const last = await newestRelease(tx, survey, wave.wave);
  const { rows: bare, suppressedGroups } = resultsOf(config, answers, { population, minimum });
  const rows = withChanges(bare, before);
  const expiresAt = cadencesAfter(config, wave.closesAt, 2);
  const isSame =
    last !== undefined &&
    digestOf(last.rows.map(rowOf).toSorted(byText)) === digestOf(rows.map(rowOf).toSorted(byText)) &&
    last.suppressedGroups === suppressedGroups;
  // A wave that hardly anybody answered takes nothing from the page of the one before it.
  if (isSame || (last === undefined && rows.length === 0)) return judged(null);
  const held = heldBack(
    { survey, wave: wave.wave, answers, rows },
    await releasedBefore(tx, survey, wave.wave),
    await toldBefore(tx),
    {
      minimum,
      toldAs: (name, value) => {
        const question = config.questions.find(one => one.name === name);
        return question === undefined ? value : toldAs(question, value);
      },
    },
  );
  if (held !== undefined) return judged(held);
  await writeRelease(
    tx,
    {
      ...{ survey, wave: wave.wave, release: (last?.release ?? 0) + 1, rows, minimum, suppressedGroups, expiresAt },
      ...{ closesAt: wave.closesAt, dueAt: cadencesAfter(config, wave.closesAt, 1) },
      // What was asked years ago has its history from then on; what changes later has changed now.
      occurredAt: last === undefined ? wave.closesAt : now,
      learnedAt: now,
    },
    answers,
  );
  return judged(null);
}

/** Changes where any response or answer of the wave does. */
const contentOf = (tx: Transaction, survey: string, wave: string) =>
  tx.scalar(
    `SELECT count(*) || ' ' || coalesce(bit_xor(md5_number(r.response || r.digest || coalesce(r.respondent, ''))), 0)
     FROM survey_responses AS r WHERE r.survey = $survey AND r.wave = $wave`,
    { survey, wave },
  );

/** Waves that are older than single answers are kept: no more of them is taken in. One that nothing is left of has gone. */
async function seal(tx: Transaction, { survey }: SurveyConfig, { config, now }: PartContext): Promise<void> {
  await tx.run(
    `UPDATE survey_waves SET is_sealed = true
     WHERE survey = $survey AND NOT is_sealed AND ends_on < $before::DATE AND (
       judged IS NOT NULL
       OR NOT EXISTS (FROM survey_responses AS r WHERE r.survey = survey_waves.survey AND r.wave = survey_waves.wave)
     )`,
    { survey, before: utcDay(new Date(now.getTime() - config.privacy.retention_days * 864e5)) },
  );
}

const digestOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
