/** Makes one deployment of the attempts to bring one version to several regions, and tells how far it has got. */
import { type Outcome, type ServiceAttempt, versionOf } from './attempt.ts';

export interface ProductionDeployment {
  /** The name of its first attempt, or the one it has always had. */
  readonly name: string;
  readonly parts: readonly ServiceAttempt[];
  readonly outcome: Outcome;
  readonly changedProduction: boolean | null;
  readonly startedAt: number;
  /** The end of the first region that succeeded, else of the last that failed. */
  readonly finishedAt: number;
}

const hour = 3_600_000;

/**
 * Deployments of one service to one production, in the order of their start. An attempt joins the newest deployment of
 * its version that began at most so many hours before, unless that has its region already; an attempt that failed in
 * one region while another succeeded may be tried again. `known` are names that deployments have had before.
 */
export function joinRegions(
  attempts: readonly ServiceAttempt[],
  rolloutHours: number,
  known: ReadonlySet<string>,
): readonly ProductionDeployment[] {
  const groups: ServiceAttempt[][] = [];
  const newest = new Map<string, ServiceAttempt[]>();
  for (const attempt of attempts.toSorted(byStart)) {
    const version = attempt.region === '' ? undefined : versionOf(attempt);
    const open = version === undefined ? undefined : newest.get(version);
    const began = open?.[0]?.startedAt ?? Number.NEGATIVE_INFINITY;
    if (open !== undefined && attempt.startedAt - began <= rolloutHours * hour && hasRoomFor(open, attempt)) {
      open.push(attempt);
      continue;
    }
    const group = [attempt];
    groups.push(group);
    if (version !== undefined) newest.set(version, group);
  }
  return groups.map(parts => deploymentOf(parts, known));
}

const byStart = (a: ServiceAttempt, b: ServiceAttempt) =>
  a.startedAt - b.startedAt || a.finishedAt - b.finishedAt || (a.name < b.name ? -1 : 1);

function hasRoomFor(parts: readonly ServiceAttempt[], { region }: ServiceAttempt): boolean {
  const there = parts.filter(part => part.region === region);
  if (there.some(({ outcome }) => outcome === 'success')) return false;
  return there.length === 0 || parts.some(({ outcome }) => outcome === 'success');
}

function deploymentOf(parts: readonly ServiceAttempt[], known: ReadonlySet<string>): ProductionDeployment {
  const ends = (outcome: Outcome) => parts.filter(part => part.outcome === outcome).map(part => part.finishedAt);
  const [succeeded, failed, cancelled] = [ends('success'), ends('failure'), ends('cancelled')];
  const outcome = succeeded.length > 0 ? 'success' : failed.length > 0 ? 'failure' : 'cancelled';
  const said = parts.flatMap(({ changedProduction }) => changedProduction ?? []);
  return {
    name: (parts.find(({ name }) => known.has(name)) ?? parts[0]!).name,
    parts,
    outcome,
    changedProduction: said.includes(true) ? true : said.length === parts.length ? false : null,
    startedAt: Math.min(...parts.map(part => part.startedAt)),
    finishedAt: succeeded.length > 0 ? Math.min(...succeeded) : Math.max(...(failed.length > 0 ? failed : cancelled)),
  };
}

export type Reach = 'first' | 'half' | 'all';

export interface Rollout {
  readonly deployment: ProductionDeployment;
  readonly reach: Reach;
  readonly reachedAt: number;
}

/** A region that gets it later than this after the first is not waited for. */
const longestRollout = 30 * 24 * hour;

/**
 * When what each successful deployment of a lane brings had reached the first, half and all regions: with it, or with a
 * later one that has it too. Without regions `all` is its end.
 */
export function rollouts(lane: readonly ProductionDeployment[], regions: readonly string[]): readonly Rollout[] {
  const successes = lane
    .filter(({ outcome }) => outcome === 'success')
    .toSorted((a, b) => a.finishedAt - b.finishedAt || (a.name < b.name ? -1 : 1));
  const older = new Set<string>();
  return successes.flatMap((deployment, index) => {
    const isRegional = regions.length > 1 && deployment.parts.some(({ region }) => region !== '');
    if (!isRegional) return [{ deployment, reach: 'all' as const, reachedAt: deployment.finishedAt }];
    const ends = [...reachedRegions(successes, index, older).values()].sort((a, b) => a - b);
    const version = versionOf(deployment.parts[0]!);
    if (version !== undefined) older.add(version);
    const counts: readonly (readonly [Reach, number])[] = [
      ['first', 1],
      ['half', Math.ceil(regions.length / 2)],
      ['all', regions.length],
    ];
    return counts.flatMap(([reach, count]) => {
      const reachedAt = ends[count - 1];
      return reachedAt === undefined ? [] : [{ deployment, reach, reachedAt }];
    });
  });
}

/** When each region first got a deployment or one after it; what returns to an older version has not what it brings. */
function reachedRegions(
  successes: readonly ProductionDeployment[],
  index: number,
  older: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const reached = new Map<string, number>();
  const first = successes[index]!;
  const until = first.finishedAt + longestRollout;
  for (let next = index; next < successes.length && successes[next]!.finishedAt <= until; next += 1) {
    const { parts } = successes[next]!;
    const version = versionOf(parts[0]!);
    if (next > index && version !== undefined && older.has(version) && version !== versionOf(first.parts[0]!)) continue;
    for (const part of parts)
      if (part.outcome === 'success' && part.region !== '' && part.finishedAt <= until)
        reached.set(part.region, Math.min(part.finishedAt, reached.get(part.region) ?? part.finishedAt));
  }
  return reached;
}
