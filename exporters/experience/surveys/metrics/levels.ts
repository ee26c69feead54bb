/**
 * What is told of a survey stands at each level as a family of its own, `devex_team_X` and `devex_organisation_X`, each
 * computed from the answers of its level. Where a team is not told of its series is absent.
 */
import { defineMetric, type Metric, type Unit } from '../../../core/metric.ts';
import { bounds, ofTold, type ToldSql } from './sql.ts';

export interface Levels<Name extends string, Label extends string> {
  readonly team: Metric<`devex_team_${Name}`, 'state', 'team' | Label, false>;
  readonly organisation: Metric<`devex_organisation_${Name}`, 'state', Label, false>;
}

interface LevelDefinition<Label extends string> {
  /** What is told of "a team's" and "the organisation's"; the words stand in for `{of}`. */
  readonly help: string;
  readonly unit: Unit;
  readonly kind: string;
  /** Each label and the column that gives it. */
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: string;
  readonly each?: string;
}

const reads = ['survey_releases', 'survey_results'] as const;

export function atLevels<const Name extends string, const Label extends string>(
  name: Name,
  { help, unit, labels, ...told }: LevelDefinition<Label>,
): Levels<Name, Label> {
  const common = { unit, reads, kind: 'state', additive: false } as const;
  const names = Object.keys(labels) as Label[];
  const sqlOf = (level: 'team' | 'organisation') => ofTold(level, { ...told, labels } satisfies ToldSql);
  return {
    team: defineMetric({
      ...common,
      ...{ name: `devex_team_${name}`, level: 'team', help: help.replace('{of}', "a team's"), maxSeries: 10_000 },
      labels: ['team', ...names],
      sql: sqlOf('team'),
    }),
    organisation: defineMetric({
      ...common,
      ...{ name: `devex_organisation_${name}`, level: 'organisation', maxSeries: 500 },
      help: help.replace('{of}', "the organisation's"),
      labels: names,
      sql: sqlOf('organisation'),
    }),
  };
}

export const bothLevels = <Name extends string, Label extends string>({ team, organisation }: Levels<Name, Label>) =>
  [organisation, team] as const;

/** One side of an interval a row, by the label `bound`. */
export const sides = (low: string, high: string) =>
  ({ each: bounds, value: `CASE bound WHEN 'lower' THEN ${low} ELSE ${high} END` }) as const;
