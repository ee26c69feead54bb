/** The answers that count in a wave, as the ledger has them. */
import type { Reader } from '../../core/ledger.ts';

export interface Respondent {
  readonly response: string;
  /** The same where two surveys of the configuration read the same answers. */
  readonly trace: string;
  /** The same for several responses of one person. */
  readonly person: string;
  readonly team: string;
}

export interface Answered extends Respondent {
  readonly question: string;
  readonly item: string;
  /** Which answer it is: another where it was edited. */
  readonly raw: string;
  readonly value: number;
}

export interface WaveAnswers {
  readonly respondents: readonly Respondent[];
  readonly answers: readonly Answered[];
}

/**
 * Of several responses of one person the newest. One that two sources have read, or one source under two names, is one:
 * three people told twice are not six.
 */
const countedSql = `
SELECT response, trace, coalesce(respondent, response) AS person, team
FROM (
  FROM survey_responses
  WHERE survey = $survey AND wave = $wave
  QUALIFY row_number() OVER (
    PARTITION BY trace ORDER BY submitted_on DESC, learned_on DESC, turn DESC, response
  ) = 1
)
QUALIFY row_number() OVER (
  PARTITION BY coalesce(respondent, response) ORDER BY submitted_on DESC, learned_on DESC, turn DESC, response
) = 1`;

export async function answersOfWave(reader: Reader, survey: string, wave: string): Promise<WaveAnswers> {
  const key = { survey, wave };
  const respondents = await reader.all(`${countedSql} ORDER BY response`, key);
  const answers = await reader.all(
    `SELECT c.*, a.question, a.item, a.raw, a.value
     FROM (${countedSql}) AS c JOIN survey_answers AS a ON a.survey = $survey AND a.response = c.response
     ORDER BY a.question, c.response`,
    key,
  );
  return { respondents: respondents.map(respondentOf), answers: answers.map(answeredOf) };
}

export interface Released extends Answered {
  readonly survey: string;
  readonly wave: string;
  readonly release: number;
}

/**
 * What earlier releases were made of: those of the wave, of any wave or survey that had some of its answers, and of those
 * that had some of theirs: three months less their quarter tell of who is in none but the months.
 */
export async function releasedBefore(reader: Reader, survey: string, wave: string): Promise<readonly Released[]> {
  const rows = await reader.all(
    `WITH RECURSIVE links AS MATERIALIZED (
       SELECT DISTINCT survey, wave, unnest([trace, response]) AS answered FROM survey_released
       UNION
       SELECT survey, wave, unnest([trace, response]) FROM survey_responses WHERE survey = $survey AND wave = $wave
     ),
     related AS (
       SELECT $survey AS survey, $wave AS wave
       UNION
       SELECT other.survey, other.wave
       FROM related JOIN links AS own USING (survey, wave) JOIN links AS other USING (answered)
     )
     SELECT o.* FROM survey_released AS o JOIN related USING (survey, wave)
     ORDER BY o.survey, o.wave, o.release, o.question, o.response`,
    { survey, wave },
  );
  return rows.map(row => ({
    ...answeredOf(row),
    ...{ survey: String(row.survey), wave: String(row.wave), release: Number(row.release) },
  }));
}

type Values = Readonly<Record<string, unknown>>;

const respondentOf = ({ response, trace, person, team }: Values): Respondent => ({
  ...{ response: String(response), trace: String(trace), person: String(person), team: String(team) },
});

const answeredOf = (row: Values): Answered => ({
  ...respondentOf(row),
  ...{ question: String(row.question), item: String(row.item), raw: String(row.raw), value: Number(row.value) },
});
