/**
 * LinearB's public API over the demo company's delivery (docs.linearb.io/api-measurements-v2): cycle time of merged pull
 * requests up to their deployment, releases, and incidents over them. It defines them as LinearB does, so its numbers
 * differ from ours.
 */
import { dayMs } from '../chance.ts';
import { type Delivery, delivery } from '../delivery.ts';
import { services, teams } from '../world.ts';
import type { Vendor, VendorRequest } from './vendor.ts';

interface Asked {
  readonly group_by: string;
  readonly time_ranges: readonly { readonly after: string; readonly before: string }[];
  readonly limit: number;
  readonly offset: number;
}

const teamOf = new Map(services.map(({ name, team }) => [name, team]));
const serviceOf = (repository: string) => repository.slice(repository.indexOf('/') + 1);
let told: { readonly until: number; readonly delivered: Delivery } | undefined;

/** A year's delivery is worked out once a morning. */
function deliveredUntil(until: Date): Delivery {
  if (told?.until !== until.getTime())
    told = { until: until.getTime(), delivered: delivery({ from: new Date(until.getTime() - 200 * dayMs), until }) };
  return told.delivered;
}

export const linearbAnswer: Vendor = request => {
  const { pathname, searchParams } = request.url;
  if (pathname === '/linearb/api/v2/teams') {
    const offset = Number(searchParams.get('offset') ?? 0);
    const items = teams.map((name, index) => ({ id: index + 1, name })).slice(offset, offset + 50);
    return { status: 200, body: { total: teams.length, items } };
  }
  if (pathname !== '/linearb/api/v2/measurements') return undefined;
  return { status: 200, body: measured(request) };
};

function measured({ body, until }: VendorRequest) {
  const { group_by: by, time_ranges: ranges, limit, offset } = JSON.parse(body) as Asked;
  const delivered = deliveredUntil(until);
  return ranges.map(({ after, before }) => {
    const isIn = (at: Date) => at.getTime() >= Date.parse(after) && at.getTime() < Date.parse(before);
    const groups = by === 'team' ? teams.map((team, index) => ({ team, id: index + 1 })) : [{ team: undefined, id: 0 }];
    const metrics = groups.slice(offset, offset + limit).map(({ team, id }) => {
      const own = (service: string) => team === undefined || teamOf.get(service) === team;
      const merged = delivered.pullRequests.filter(
        ({ repository, mergedAt, isBot }) => !isBot && isIn(mergedAt) && own(serviceOf(repository)),
      );
      const minutes = merged
        // It adds the time from the merge to the release, a few hours of the demo's.
        .map(({ firstCommitAt, mergedAt }) => (mergedAt.getTime() - firstCommitAt.getTime()) / 60_000 + 150)
        .sort((a, b) => a - b);
      const quantile = (q: number) => minutes[Math.floor((minutes.length - 1) * q)] ?? null;
      const releases = delivered.deployments.filter(
        ({ service, status, finishedAt }) => status === 'success' && isIn(finishedAt) && own(service),
      ).length;
      const broken = delivered.incidents.filter(({ service, startedAt }) => isIn(startedAt) && own(service));
      const mended = broken.flatMap(({ startedAt, resolvedAt }) =>
        resolvedAt === undefined ? [] : [(resolvedAt.getTime() - startedAt.getTime()) / 60_000],
      );
      const mean = (values: readonly number[]) =>
        values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        ...(team === undefined ? { organization_id: 1 } : { team_id: id, team_name: team }),
        'branch.computed.cycle_time:p50': quantile(0.5),
        'branch.computed.cycle_time:p75': quantile(0.75),
        'branch.computed.cycle_time:avg': mean(minutes),
        'releases.count': releases,
        'pm.mttr': mean(mended),
        'pm.cfr.issues.done': broken.length,
      };
    });
    return { after, before, metrics };
  });
}
