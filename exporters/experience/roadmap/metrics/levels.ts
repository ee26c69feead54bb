/**
 * What does not add up stands at each level that people read as a family of its own: `PREFIX_team_NAME` by team,
 * `PREFIX_organisation_NAME`, each computed from the items of its level.
 */
import { defineMetric, type Metric, type Unit } from '../../../core/metric.ts';
import type { SqlFiles } from '../../../findings/sql.ts';
import { sql } from './sql.ts';

interface LevelDefinition<Label extends string> {
  /** What is told of "a team's" and "the organisation's"; the words stand in for `{of}`. */
  readonly help: string;
  readonly unit: Unit;
  /** Labels beside the team. */
  readonly labels: readonly Label[];
  readonly reads: readonly string[];
  readonly everySeconds?: number;
  /** Files whose last expression is `measured`, and the one that reads it at the level as `levelled`. */
  readonly measured: SqlFiles;
  readonly told: string;
}

export interface Levels<Prefix extends string, Name extends string, Label extends string> {
  readonly team: Metric<`${Prefix}_team_${Name}`, 'state', 'team' | Label, false>;
  readonly organisation: Metric<`${Prefix}_organisation_${Name}`, 'state', Label, false>;
}

export function atLevels<const Prefix extends string, const Name extends string, const Label extends string>(
  prefix: Prefix,
  name: Name,
  { help, labels, measured, told, ...rest }: LevelDefinition<Label>,
): Levels<Prefix, Name, Label> {
  const common = { ...rest, kind: 'state', additive: false } as const;
  const sqlOf = (level: string) => sql(...measured, level, told);
  return {
    team: defineMetric({
      ...common,
      ...{ name: `${prefix}_team_${name}`, level: 'team', help: help.replace('{of}', "a team's"), maxSeries: 1_000 },
      labels: ['team', ...labels],
      sql: sqlOf('team_measured'),
    }),
    organisation: defineMetric({
      ...common,
      ...{ name: `${prefix}_organisation_${name}`, level: 'organisation', maxSeries: 50 },
      help: help.replace('{of}', "the organisation's"),
      labels,
      sql: sqlOf('organisation_measured'),
    }),
  };
}

export const bothLevels = <Prefix extends string, Name extends string, Label extends string>({
  team,
  organisation,
}: Levels<Prefix, Name, Label>) => [team, organisation] as const;
