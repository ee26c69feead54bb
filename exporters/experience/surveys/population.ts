/** How many could answer: as configured, as the tool says, or the members of the catalog's groups. */
import type { Ownership } from '../../catalog/ownership.ts';
import type { Reader } from '../../core/ledger.ts';
import type { SurveyConfig } from './config.ts';
import type { Population } from './results.ts';

/** The configuration goes before the tool, and the tool before the catalog. */
export async function populationOf(
  reader: Reader,
  { survey, population }: SurveyConfig,
  wave: string,
  ownership: Ownership,
): Promise<Population> {
  const invited = await reader.scalar(
    'SELECT sum(invited)::BIGINT FROM survey_invited WHERE survey = $survey AND wave = $wave',
    { survey, wave },
  );
  const teams = new Map<string, number>();
  const { users } = ownership.document.directory;
  if (population.from_catalog) for (const { team } of users) teams.set(team, (teams.get(team) ?? 0) + 1);
  for (const [word, size] of Object.entries(population.teams)) teams.set(ownership.names.teamOf(word) ?? word, size);
  const total =
    population.total ??
    (typeof invited === 'string' || typeof invited === 'number' ? Number(invited) : undefined) ??
    (population.from_catalog && users.length > 0 ? users.length : undefined);
  return { teams, ...(total === undefined ? {} : { total }) };
}
