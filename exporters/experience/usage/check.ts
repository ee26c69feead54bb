/** What of the declared features matches nothing that was used, and whose use is not told. */
import type { Notice } from '../../core/exporter.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { ExperienceConfig } from '../config.ts';

/** Says nothing of a ledger without use: that a source brings none is told elsewhere. */
export async function checkUsage(
  ledger: Ledger,
  { features, privacy }: Pick<ExperienceConfig, 'features' | 'privacy'>,
): Promise<readonly Notice[]> {
  const k = privacy.minimum_group;
  const told = await ledger.read(async reader => ({
    matched: await reader.all('SELECT DISTINCT feature FROM usage_kind_features'),
    plugins: await reader.all(`SELECT DISTINCT plugin FROM usage_kinds WHERE template = '' ORDER BY plugin`),
    templates: await reader.all(
      `SELECT DISTINCT regexp_replace(template, '^template:(default/)?', '') AS template FROM usage_kinds WHERE template <> '' ORDER BY ALL`,
    ),
    teams: await reader.all(
      `SELECT t.team, count(p.person)::INTEGER AS size
       FROM usage_teams AS t LEFT JOIN usage_people AS p ON p.team = t.team AND p.valid_to = DATE '9999-12-31'
       WHERE t.valid_to = DATE '9999-12-31' GROUP BY t.team`,
    ),
    unowned: await reader.all(
      `SELECT count(DISTINCT d.person)::INTEGER AS people,
         (count(DISTINCT d.person) FILTER (p.person IS NULL))::INTEGER AS unowned
       FROM usage_days AS d LEFT JOIN (SELECT DISTINCT person FROM usage_people) AS p USING (person)
       WHERE d.person <> '' AND d.day > (SELECT max(day) FROM usage_days) - 28`,
    ),
    held: await reader.all(
      `SELECT "window", period_end::VARCHAR AS period_end FROM usage_held
       WHERE period_end = (SELECT max(period_end) FROM usage_held AS newer WHERE newer."window" = usage_held."window")`,
    ),
  }));
  if (told.plugins.length + told.templates.length === 0) return [];
  const matched = new Set(told.matched.map(({ feature }) => feature));
  const small = told.teams.filter(({ size }) => Number(size) < k);
  const [people] = told.unowned;
  return [
    ...features
      .filter(({ feature }) => !matched.has(feature))
      .map(({ feature, plugins, templates, subjects }): Notice => {
        const word = (plugins ?? templates)?.[0];
        const known = plugins ? told.plugins.map(({ plugin }) => plugin) : told.templates.map(row => row.template);
        return {
          subject: `feature ${feature}`,
          text: `nothing that was used belongs to it${subjects ? '; subjects are matched when events come, and not kept' : ''}`,
          ...(word === undefined ? {} : { word, known: known.map(String) }),
        };
      }),
    ...(small.length > 0
      ? [
          {
            subject: 'teams',
            text: `${small.length} of ${told.teams.length} have fewer than ${k} people in the catalog, so that nothing is told of them by themselves`,
          },
        ]
      : []),
    ...(Number(people?.people) >= k && Number(people?.unowned) * 2 > Number(people?.people)
      ? [
          {
            subject: 'people',
            text: 'most of those who used the portal are of no team; the catalog needs their User entities, with memberOf',
          },
        ]
      : []),
    ...told.held.map(({ window, period_end: end }) => ({
      subject: `use in ${window === '7d' ? 'the week' : 'the four weeks'} before ${end}`,
      text: `what came later is of too few people to be published anew, and waits for more`,
    })),
  ];
}
