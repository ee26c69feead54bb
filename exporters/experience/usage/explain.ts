/** What `plumbline explain feature NAME` says: what belongs to it, and what was published of it last, or why nothing. */
import type { Ledger, Reader } from '../../core/ledger.ts';
import type { ExperienceConfig } from '../config.ts';

type Config = Pick<ExperienceConfig, 'features' | 'privacy'>;

/** Undefined where it is not declared. */
export const explainFeature = (ledger: Ledger, config: Config, feature: string): Promise<string | undefined> =>
  config.features.some(declared => declared.feature === feature)
    ? ledger.read(reader => told(reader, config, feature))
    : Promise.resolve(undefined);

const shown = 10;

async function told(reader: Reader, { privacy }: Config, feature: string): Promise<string> {
  const kinds = await reader.all(
    `SELECT DISTINCT if(template = '', concat_ws(' ', action, 'in', plugin, nullif(route, '')), 'tasks of ' || template) AS what
     FROM usage_kinds JOIN usage_kind_features USING (kind) WHERE feature = $feature ORDER BY what`,
    { feature },
  );
  const periods = await reader.all(
    `WITH newest AS (
       FROM usage_results WHERE measure = 'release'
       QUALIFY row_number() OVER (PARTITION BY "window" ORDER BY period_end DESC, release DESC) = 1
     )
     SELECT n."window", n.period_end::VARCHAR AS period_end, n.release::INTEGER AS release,
       max(r.value) FILTER (r.measure = 'active_users') AS users, max(r.value) FILTER (r.measure = 'active_teams') AS teams,
       max(r.value) FILTER (r.measure = 'used') AS used, max(r.value) FILTER (r.measure = 'retention') AS retention
     FROM newest AS n
     LEFT JOIN usage_results AS r
       ON r."window" = n."window" AND r.period_end = n.period_end AND r.release = n.release AND r.feature = $feature AND r.team = ''
     GROUP BY ALL ORDER BY n."window" DESC`,
    { feature },
  );
  const hidden = `not told: fewer than ${privacy.minimum_group}, or all of the teams that used it`;
  const lines = [
    kinds.length === 0
      ? `feature ${feature}: nothing that was used belongs to it`
      : `feature ${feature} is\n${kinds
          .slice(0, shown)
          .map(({ what }) => `  ${what}`)
          .join('\n')}${kinds.length > shown ? `\n  … and ${kinds.length - shown} further` : ''}`,
    ...periods.map(row => {
      const span = row.window === '7d' ? 'the week' : 'the four weeks';
      if (row.used === null) return `${span} before ${row.period_end}: published before it was declared`;
      if (row.used === 0) return `${span} before ${row.period_end}: not used by anybody`;
      return [
        `${span} before ${row.period_end}, published ${row.release === 1 ? 'once' : `${row.release} times`}`,
        `people: ${row.users ?? hidden}`,
        `teams: ${row.teams ?? 'not told: it would tell of a single person'}`,
        ...(row.retention === null ? [] : [`came again: ${Math.round(Number(row.retention) * 100)} %`]),
      ].join('; ');
    }),
  ];
  return lines.join('\n');
}
