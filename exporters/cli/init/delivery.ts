/** What the new configuration makes of repositories. */
import { unowned } from '../../catalog/ownership.ts';
import type { Ledger } from '../../core/ledger.ts';
import { count } from '../output.ts';

export interface DeliverySummary {
  readonly repositories: number;
  readonly commits: number;
  readonly tags: number;
  /** Deployments to production, and the UTC days of the first and the last; '' where there is none. */
  readonly deployments: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly services: readonly { readonly service: string; readonly team: string; readonly deployments: number }[];
  /** Commits that deployments brought, and how many of them have a lead time; why the others have none. */
  readonly changes: number;
  readonly withLeadTime: number;
  readonly excluded: readonly { readonly reason: string; readonly changes: number }[];
}

export async function summariseDelivery(ledger: Ledger): Promise<DeliverySummary> {
  const { facts, span, services, changes } = await ledger.read(async reader => ({
    facts: (
      await reader.all(`SELECT count(*)::INTEGER AS commits, count(DISTINCT repository)::INTEGER AS repositories,
        (SELECT count(DISTINCT (repository, tag)) FROM tags)::INTEGER AS tags FROM commits`)
    )[0],
    span: (
      await reader.all(`SELECT count(DISTINCT deployment)::INTEGER AS deployments,
        coalesce(min(finished_at)::DATE::VARCHAR, '') AS first_day, coalesce(max(finished_at)::DATE::VARCHAR, '') AS last_day
        FROM production_deployments WHERE outcome <> ''`)
    )[0],
    services: await reader.all(`SELECT service, team, count(DISTINCT deployment)::INTEGER AS deployments
      FROM production_deployments WHERE outcome <> '' GROUP BY ALL ORDER BY deployments DESC, service, team`),
    changes: await reader.all(`SELECT excluded AS reason, count(*)::INTEGER AS changes FROM (
        SELECT * FROM deployed_changes
        QUALIFY row_number() OVER (
          PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC
        ) = 1
      ) WHERE holds GROUP BY ALL ORDER BY changes DESC, reason`),
  }));
  const told = changes.map(row => ({ reason: String(row.reason), changes: Number(row.changes) }));
  return {
    repositories: Number(facts?.repositories ?? 0),
    commits: Number(facts?.commits ?? 0),
    tags: Number(facts?.tags ?? 0),
    deployments: Number(span?.deployments ?? 0),
    firstDay: String(span?.first_day ?? ''),
    lastDay: String(span?.last_day ?? ''),
    services: services.map(row => ({
      ...{ service: String(row.service), team: String(row.team), deployments: Number(row.deployments) },
    })),
    changes: told.reduce((sum, one) => sum + one.changes, 0),
    withLeadTime: told.find(({ reason }) => reason === '')?.changes ?? 0,
    excluded: told.filter(({ reason }) => reason !== ''),
  };
}

const mostServices = 10;

export function deliveryLines(summary: DeliverySummary): string[] {
  const { repositories, commits, tags, deployments, firstDay, lastDay, services, changes, withLeadTime } = summary;
  const share = changes === 0 ? '' : ` (${((withLeadTime / changes) * 100).toFixed(1)} %)`;
  const others = summary.excluded.map(
    ({ reason, changes: n }) => `${n.toLocaleString('en-US')} ${reason.replaceAll('_', ' ')}`,
  );
  const further = services.length - mostServices;
  return [
    `git          ${count(commits, 'commit')} and ${count(tags, 'tag')} of ${count(repositories, 'repository', 'repositories')}`,
    `deployments  ${count(deployments, 'deployment')}${deployments === 0 ? '; see dora.git in the file, which says what is one' : ` from ${firstDay} to ${lastDay}`}`,
    ...services
      .slice(0, mostServices)
      .map(
        ({ service, team, deployments: n }) =>
          `service      ${service}: ${team === unowned ? 'nobody owns it' : `team ${team}`}, ${count(n, 'deployment')}`,
      ),
    ...(further > 0 ? [`             and ${count(further, 'more service')}`] : []),
    `lead times   of ${withLeadTime.toLocaleString('en-US')} of ${count(changes, 'deployed commit')}${share}${others.length === 0 ? '' : `; without: ${others.join(', ')}`}`,
  ];
}
