/** What `plumbline explain survey NAME` tells: its waves, releases and groups that are told of; never an answer. */
import type { Ledger } from '../../core/ledger.ts';
import { sqlTime } from '../../core/time.ts';
import { waveText } from './check.ts';

const wavesSql = `
SELECT w.survey, w.wave, w.begins_on, w.ends_on, w.closes_at, w.held, w.is_sealed,
  w.closes_at <= $now::TIMESTAMP AS is_closed,
  (SELECT bool_or(is_partial) FROM survey_readings AS r WHERE r.survey = w.survey) AS is_partial,
  r.release, r.occurred_at, r.minimum_group, r.suppressed_groups, r.release IS NOT NULL AS is_told
FROM survey_waves AS w
LEFT JOIN (
  FROM survey_releases
  QUALIFY row_number() OVER (PARTITION BY survey, wave ORDER BY release DESC) = 1
) AS r USING (survey, wave)
WHERE w.survey = $survey ORDER BY w.closes_at`;

const rowsSql = `
SELECT wave, kind, question, subject, count(*) FILTER (team <> '') AS teams, max(n) FILTER (team = '') AS n
FROM survey_results AS x
WHERE survey = $survey AND release = (
  SELECT max(release) FROM survey_releases AS r WHERE r.survey = x.survey AND r.wave = x.wave
)
GROUP BY ALL ORDER BY ALL`;

/** Undefined where nothing was heard of such a survey. */
export async function explainSurvey(ledger: Ledger, survey: string, now: Date): Promise<string | undefined> {
  const [waves, rows] = await ledger.read(async reader => [
    await reader.all(wavesSql, { survey, now: sqlTime(now) }),
    await reader.all(rowsSql, { survey }),
  ]);
  if (waves.length === 0) return undefined;
  const lines = waves.flatMap(wave => {
    const released =
      wave.is_told === true
        ? `release ${wave.release} since ${day(wave.occurred_at)}, groups of ${wave.minimum_group} or more; ${wave.suppressed_groups} not told of in whole`
        : 'not released';
    const why = waveText(wave);
    return [
      `wave ${wave.wave}: ${wave.begins_on} to ${wave.ends_on}, closes ${day(wave.closes_at)}; ${released}`,
      ...(why === undefined ? [] : [`  ${why}`]),
      ...(wave.is_sealed === true ? ['  its single answers have gone by age'] : []),
      ...rows
        .filter(row => row.wave === wave.wave)
        .map(row => {
          const what = [row.kind, row.question, row.subject].filter(word => word !== '' && word !== 'none').join(' ');
          return `  ${what}: n ${row.n}, ${row.teams} teams`;
        }),
    ];
  });
  return [`survey ${survey}`, ...lines].join('\n');
}

const day = (text: unknown) => String(text).slice(0, 10);
