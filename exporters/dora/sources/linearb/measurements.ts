/** What LinearB's measurements say, in seconds, counts and ratios. */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import type { Period } from '../../external.ts';
import type { ExternalMetricFact } from '../../facts.ts';
import type { GroupBy, Window } from './client.ts';

export type Told = Omit<ExternalMetricFact, 'updatedAt'>;

export interface Names {
  readonly teams: ReadonlyMap<number, string>;
  /** Services of repositories, by id. */
  readonly repositories: ReadonlyMap<number, string>;
}

const rowSchema = z.looseObject({
  team_id: z.number().nullish(),
  team_name: z.string().nullish(),
  repository_id: z.number().nullish(),
});

/** Columns that are a metric by themselves, and what they are times to be in its unit. */
const columns = [
  ['branch.computed.cycle_time:p50', 'change_lead_time', 'p50', 60],
  ['branch.computed.cycle_time:p75', 'change_lead_time', 'p75', 60],
  ['branch.computed.cycle_time:avg', 'change_lead_time', 'mean', 60],
  ['releases.count', 'deployments', '', 1],
  ['pm.mttr', 'recovery_time', 'mean', 60],
] as const;

export interface Asked {
  readonly groupBy: GroupBy;
  readonly periods: readonly Period[];
  /** The day up to which it was asked. */
  readonly end: string;
}

/** Where the rejects of what was asked stand. */
export const placeOf = (groupBy: GroupBy, end: string): string => `measurements by ${groupBy} to ${end}`;

/** Facts of a window's rows, and what could not be read of them. What has no data has no value. */
export function readWindow(
  window: Window,
  { groupBy, periods, end }: Asked,
  names: Names,
): { readonly told: readonly Told[]; readonly rejections: readonly Rejection[] } {
  const told: Told[] = [];
  const rejections: Rejection[] = [];
  const file = placeOf(groupBy, end);
  if (!periods.some(({ start, end }) => window.after === start && window.before === end))
    return { told, rejections: [{ file, reason: 'other_period', value: `${window.after} to ${window.before}` }] };
  for (const row of window.metrics) {
    const parsed = rowSchema.safeParse(row);
    const subject = parsed.success ? subjectOf(parsed.data, groupBy, names) : undefined;
    if (!parsed.success || subject === undefined) {
      rejections.push({ file, reason: `no_${groupBy}`, value: JSON.stringify(row)?.slice(0, 200) ?? '' });
      continue;
    }
    const number = (column: string): number | undefined => {
      const value = parsed.data[column];
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
      rejections.push({ file, reason: 'no_measurement', field: column, value: JSON.stringify(value) });
      return undefined;
    };
    const period = { periodStart: `${window.after}T00:00:00Z`, periodEnd: `${window.before}T00:00:00Z` };
    const add = (metric: Told['metric'], statistic: Told['statistic'], value: number | undefined) => {
      if (value !== undefined) told.push({ tool: 'linearb', metric, statistic, ...subject, ...period, value });
    };
    for (const [column, metric, statistic, unit] of columns) {
      const value = number(column);
      add(metric, statistic, value === undefined ? undefined : value * unit);
    }
    // As LinearB defines it: incidents over deployments, which may be more than all of them.
    const incidents = number('pm.cfr.issues.done');
    const releases = typeof parsed.data['releases.count'] === 'number' ? parsed.data['releases.count'] : 0;
    add('change_fail_ratio', '', incidents === undefined || releases <= 0 ? undefined : incidents / releases);
  }
  return { told, rejections };
}

function subjectOf(
  { team_id, team_name, repository_id }: z.infer<typeof rowSchema>,
  groupBy: GroupBy,
  { teams, repositories }: Names,
): { readonly team?: string; readonly service?: string } | undefined {
  if (groupBy === 'organization') return {};
  if (groupBy === 'team') {
    const team = team_name ?? (team_id == null ? undefined : (teams.get(team_id) ?? String(team_id)));
    return team === undefined ? undefined : { team };
  }
  const service = repository_id == null ? undefined : repositories.get(repository_id);
  return service === undefined ? undefined : { service };
}
