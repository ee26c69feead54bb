/** How shared cost is shared out: the configured splits with their teams known. */
import type { SplitConfig } from './config.ts';
import type { Names } from './names.ts';
import type { OwnershipProblem } from './ownership-problem.ts';

export interface Split {
  readonly name: string;
  readonly method: SplitConfig['method'];
  /** Of the method `usage`: whose quantities weigh, and for how many days those of an earlier day may stand in. */
  readonly usage?: { readonly name: string; readonly carryDays: number };
  /** Sorted by team. No weight where it is in proportion to each team's own spend, or to usage. */
  readonly shares: readonly { readonly team: string; readonly weight?: number }[];
}

/** Teams that the catalog does not know are left out and reported; `everyone` shares where a split names no teams. */
export function resolveSplits(
  configs: readonly SplitConfig[],
  names: Names,
  everyone: readonly string[],
): { splits: Split[]; problems: OwnershipProblem[] } {
  const problems: OwnershipProblem[] = [];
  const splits = configs.map((config): Split => {
    const wanted: Readonly<Record<string, number>> =
      config.method === 'fixed' ? config.shares : Object.fromEntries(teamsOf(config, everyone).map(team => [team, 1]));
    const weights = new Map<string, number>();
    for (const [word, weight] of Object.entries(wanted)) {
      const team = names.teamOf(word);
      if (team === undefined) problems.push({ reason: 'split_team_unknown', name: config.name, value: word });
      // Two words for one team add up where weights are given, and count once where all are equal.
      else weights.set(team, config.method === 'fixed' ? (weights.get(team) ?? 0) + weight : 1);
    }
    // Usage brings its own teams.
    if (weights.size === 0 && config.method !== 'usage')
      problems.push({ reason: 'split_without_teams', name: config.name, value: config.method });
    const shares = [...weights]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([team, weight]) => (isWeighed(config) ? { team, weight } : { team }));
    return { name: config.name, method: config.method, shares, ...usageOf(config) };
  });
  return { splits, problems };
}

const isWeighed = ({ method }: SplitConfig) => method === 'fixed' || method === 'even';

const teamsOf = (config: Exclude<SplitConfig, { method: 'fixed' }>, everyone: readonly string[]) =>
  config.method === 'usage' ? everyone : (config.teams ?? everyone);

const usageOf = (config: SplitConfig): Pick<Split, 'usage'> =>
  config.method === 'usage' ? { usage: { name: config.usage, carryDays: config.carry_days } } : {};
