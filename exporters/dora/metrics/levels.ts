/**
 * What does not add up (quantiles, ratios, distinct days) stands at each level that people read as a family of its own:
 * `dora_X` by service, `dora_team_X` by team, `dora_organisation_X`, each computed from the facts of its level.
 */
import { defineMetric, type Metric, type Unit } from '../../core/metric.ts';
import { sql } from './sql.ts';

interface LevelDefinition<Label extends string> {
  /** What is told of "a service", "a team" and "the organisation"; the words stand in for `{of}`. */
  readonly help: string;
  readonly unit: Unit;
  /** Labels beside those of the level. */
  readonly labels: readonly Label[];
  readonly reads: readonly string[];
  readonly everySeconds?: number;
  readonly instantsAtOnce?: number;
  /** Files whose last expression is `counted`, and those that read it at the level as `levelled`. */
  readonly counted: readonly string[];
  readonly told: readonly string[];
}

export interface Levels<Name extends string, Label extends string> {
  readonly service: Metric<`dora_${Name}`, 'state', 'team' | 'service' | 'environment' | Label, false>;
  readonly team: Metric<`dora_team_${Name}`, 'state', 'team' | Label, false>;
  readonly organisation: Metric<`dora_organisation_${Name}`, 'state', Label, false>;
}

export function atLevels<const Name extends string, const Label extends string>(
  name: Name,
  definition: LevelDefinition<Label>,
): Levels<Name, Label> {
  const { help, labels, counted, told, ...rest } = definition;
  const common = { ...rest, kind: 'state', additive: false } as const;
  const helpOf = (of: string) => help.replace('{of}', of);
  const sqlOf = (level: string) => sql(...([...counted, level, ...told] as [string, ...string[]]));
  return {
    service: defineMetric({
      ...common,
      ...{ name: `dora_${name}`, level: 'service', help: helpOf("a service's"), maxSeries: 20_000 },
      labels: ['team', 'service', 'environment', ...labels],
      sql: sqlOf('service_level'),
    }),
    team: defineMetric({
      ...common,
      ...{ name: `dora_team_${name}`, level: 'team', help: helpOf("a team's"), maxSeries: 5_000 },
      labels: ['team', ...labels],
      sql: sqlOf('team_level'),
    }),
    organisation: defineMetric({
      ...common,
      ...{
        name: `dora_organisation_${name}`,
        level: 'organisation',
        help: helpOf("the organisation's"),
        maxSeries: 100,
      },
      labels,
      sql: sqlOf('organisation_level'),
    }),
  };
}

export const everyLevel = <Name extends string, Label extends string>({
  service,
  team,
  organisation,
}: Levels<Name, Label>) => [service, team, organisation] as const;
