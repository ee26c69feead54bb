/**
 * What does not add up stands at each level that people read as a family of its own: `policy_X` by service,
 * `policy_team_X` by team, `policy_organisation_X`, each computed from the facts of its level.
 */
import { defineMetric, type Metric, type Unit } from '../core/metric.ts';
import type { SqlFiles } from './sql.ts';

interface LevelDefinition<Label extends string> {
  /** What is told of "a service's", "a team's" and "the organisation's"; the words stand in for `{of}`. */
  readonly help: string;
  readonly unit: Unit;
  /** Labels beside those of the level. */
  readonly labels: readonly Label[];
  readonly reads: readonly string[];
  readonly everySeconds?: number;
  readonly instantsAtOnce?: number;
  /** Makes the SQL of files (sql.ts). */
  readonly sql: (...files: SqlFiles) => string;
  /** Files before and after the one of the level. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Levels<Prefix extends string, Name extends string, Label extends string> {
  readonly service: Metric<`${Prefix}_${Name}`, 'state', 'team' | 'service' | Label, false>;
  readonly team: Metric<`${Prefix}_team_${Name}`, 'state', 'team' | Label, false>;
  readonly organisation: Metric<`${Prefix}_organisation_${Name}`, 'state', Label, false>;
}

/** `prefix` is the domain's: `policy`, `supply_chain`. */
export function atLevels<const Prefix extends string, const Name extends string, const Label extends string>(
  prefix: Prefix,
  name: Name,
  definition: LevelDefinition<Label>,
): Levels<Prefix, Name, Label> {
  const { help, labels, before, after, sql, ...rest } = definition;
  const common = { ...rest, kind: 'state', additive: false } as const;
  const helpOf = (of: string) => help.replace('{of}', of);
  const sqlOf = (level: string) =>
    sql(...([...before, `../../findings/views/${level}`, ...after] as [string, ...string[]]));
  return {
    service: defineMetric({
      ...common,
      ...{ name: `${prefix}_${name}`, level: 'service', help: helpOf("a service's"), maxSeries: 10_000 },
      labels: ['team', 'service', ...labels],
      sql: sqlOf('service_level'),
    }),
    team: defineMetric({
      ...common,
      ...{ name: `${prefix}_team_${name}`, level: 'team', help: helpOf("a team's"), maxSeries: 3_000 },
      labels: ['team', ...labels],
      sql: sqlOf('team_level'),
    }),
    organisation: defineMetric({
      ...common,
      ...{ name: `${prefix}_organisation_${name}`, level: 'organisation', help: helpOf("the organisation's") },
      maxSeries: 50,
      labels,
      sql: sqlOf('organisation_level'),
    }),
  };
}

export const everyLevel = <Prefix extends string, Name extends string, Label extends string>({
  service,
  team,
  organisation,
}: Levels<Prefix, Name, Label>) => [service, team, organisation] as const;
