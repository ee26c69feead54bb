/** What `plumbline check` says of surveys: questions that mean nothing, teams that there are not, what is not told and why. */
import type { Notice } from '../../core/exporter.ts';
import type { Ledger, Row } from '../../core/ledger.ts';
import { sqlTime } from '../../core/time.ts';
import type { ExperienceConfig } from '../config.ts';
import { respondentQuestion, teamQuestion } from './matching.ts';

const questionsSql = `
SELECT survey, source, question, problem FROM survey_matches WHERE problem <> '' ORDER BY ALL`;

const teamsSql = `
SELECT survey, source, list(choice ORDER BY choice) AS choices FROM survey_unknown_teams GROUP BY ALL ORDER BY ALL`;

/** Of the newest release of the newest wave: groups that are not told of. */
const hiddenSql = `
SELECT survey, wave, minimum_group, suppressed_groups FROM survey_releases
QUALIFY row_number() OVER (PARTITION BY survey ORDER BY closes_at DESC, learned_at DESC, release DESC) = 1
  AND suppressed_groups > 0
ORDER BY ALL`;

const wavesSql = `
SELECT w.survey, w.wave, w.held, w.closes_at <= $now::TIMESTAMP AS is_closed,
  EXISTS (FROM survey_releases AS r WHERE r.survey = w.survey AND r.wave = w.wave) AS is_told,
  (SELECT bool_or(is_partial) FROM survey_readings AS r WHERE r.survey = w.survey) AS is_partial
FROM survey_waves AS w WHERE NOT w.is_sealed ORDER BY w.survey, w.closes_at`;

const silentSql = 'SELECT DISTINCT survey FROM survey_readings';

export async function surveyNotices(ledger: Ledger, config: ExperienceConfig, now: Date): Promise<readonly Notice[]> {
  const [questions, teams, hidden, waves, read] = await ledger.read(async reader => [
    await reader.all(questionsSql),
    await reader.all(teamsSql),
    await reader.all(hiddenSql),
    await reader.all(wavesSql, { now: sqlTime(now) }),
    await reader.all(silentSql),
  ]);
  const known = new Set(config.surveys.map(({ survey }) => survey));
  const ofKnown = (rows: readonly Row[]) => rows.filter(({ survey }) => known.has(String(survey)));
  const told = new Set(read.map(({ survey }) => String(survey)));
  return [
    ...config.surveys
      .filter(({ survey }) => !told.has(survey))
      .map(({ survey }) => ({ subject: `survey ${survey}`, text: 'no source has told of it yet' })),
    ...ofKnown(questions).map(row => ({ subject: subjectOf(row), text: questionText(row) })),
    ...ofKnown(teams).map(row => ({
      subject: subjectOf(row),
      text: `choices that are no team of the catalog, which team.answers can name: ${(row.choices as string[]).join(', ')}`,
    })),
    ...ofKnown(hidden).map(row => ({
      subject: subjectOf(row),
      text: `of wave ${row.wave} ${count(Number(row.suppressed_groups), 'team')} are not told of in whole: fewer than ${row.minimum_group} answered, or all alike, or a smaller team would follow`,
    })),
    ...ofKnown(waves).flatMap(row => {
      const text = waveText(row);
      return text === undefined ? [] : [{ subject: subjectOf(row), text }];
    }),
  ];
}

const subjectOf = ({ survey }: Row) => `survey ${survey}`;
const count = (n: number, one: string) => `${n.toLocaleString('en-US')} ${one}${n === 1 ? '' : 's'}`;

function questionText({ question, source, problem }: Row): string {
  const names: Readonly<Record<string, string>> = {
    [teamQuestion]: 'the question that names the team',
    [respondentQuestion]: 'the question that tells people apart',
  };
  const what = names[String(question)] ?? `question ${question}`;
  return problem === 'multiple'
    ? `${what} is one of several choices in ${source}: it is no number`
    : `${what} is none of those that ${source} tells of`;
}

/** Why a wave is not told, or not told anew; undefined where all is well. */
export function waveText({ wave, held, is_closed, is_told, is_partial }: Row): string | undefined {
  if (held === 'few')
    return `changes of wave ${wave} since its release are not told: in some group they are of fewer people than minimum_group`;
  if (held === 'alike')
    return `changes of wave ${wave} since its release are not told: in some group they are all the same`;
  if (held === 'replaced')
    return `wave ${wave} is not told anew: most of its responses are others than those it was told of`;
  if (is_closed !== true || is_told === true) return undefined;
  return is_partial === true
    ? `wave ${wave} has closed and is not told yet: a source is still reading`
    : `wave ${wave} has closed and is not told: too few have answered, or all alike, or a source of its answers was not read since`;
}
