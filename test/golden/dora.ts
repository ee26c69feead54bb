/** The page of a made-up year of three services: any change of it is a visible diff. */

import path from 'node:path';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { Format } from '../../exporters/core/exposition.ts';
import type { ReadSource } from '../../exporters/core/source.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import type { DeploymentFact, Facts, IncidentFact, PullRequestFact } from '../../exporters/dora/facts.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { noteBackfill } from '../../exporters/dora/marks.ts';
import { storeFacts } from '../../exporters/dora/store-facts.ts';
import { seededRandom } from '../core/random.ts';
import { deployed, history, type Step, sha } from '../dora/books.ts';
import { exporterPage } from './exporter-page.ts';

const day = 86_400_000;
const end = Date.parse('2026-10-31T06:00:00Z');
export const doraNow = new Date(end);

/** How often each deploys on a working day, and how often that goes wrong. */
const services = [
  { repository: 'acme/cart', service: 'cart', perDay: 0.8, fails: 0.16 },
  { repository: 'acme/checkout-web', service: 'checkout-web', perDay: 0.4, fails: 0.25 },
  { repository: 'acme/search-api', service: 'search-api', perDay: 0.12, fails: 0.05 },
] as const;

/** Facts of 365 days: changes with their pull requests, deployments to two regions, what broke and how it was mended. */
export function madeUpYear(): Facts {
  const random = seededRandom(2026);
  const chance = (share: number) => random() < share;
  const iso = (at: number) => new Date(Math.floor(at / 1000) * 1000).toISOString();
  const chains = new Map<string, Step[]>(services.map(({ repository }) => [repository, []]));
  const deployments: DeploymentFact[] = [];
  const pullRequests: PullRequestFact[] = [];
  const pipelineRuns: NonNullable<Facts['pipelineRuns']>[number][] = [];
  const incidents: IncidentFact[] = [];
  let number = 0;

  for (let at = end - 365 * day; at < end; at += day) {
    if ([0, 6].includes(new Date(at).getUTCDay())) continue;
    if (chance(0.03)) outage(at);
    for (const { repository, service, perDay, fails } of services)
      for (let rest = perDay; rest > 0; rest -= 1) {
        if (!chance(rest)) continue;
        const ended = at + (3 + random() * 9) * 3_600_000;
        if (ended > end) continue;
        const before = chains.get(repository)!.at(-1)?.name;
        const version = change(repository, ended, 1 + Math.floor(random() * 4));
        release(repository, version, ended);
        if (chance(fails)) breaks({ repository, service, version, before, ended });
      }
  }
  return {
    commits: [...chains].flatMap(([repository, steps]) => history(repository, steps)),
    deployments,
    pullRequests,
    pipelineRuns,
    incidents,
  };

  /** What no deployment of ours caused. */
  function outage(at: number): void {
    number += 1;
    incidents.push({
      ...{ incident: String(number), title: 'names do not resolve', service: 'dns', status: 'resolved' },
      ...{ startedAt: iso(at), resolvedAt: iso(at + 3_600_000), updatedAt: iso(at + 3_600_000) },
    });
  }

  /** So many commits, each by a pull request of its own; returns the newest. */
  function change(repository: string, ended: number, count: number, more: Partial<PullRequestFact> = {}): string {
    const chain = chains.get(repository)!;
    for (let left = count; left > 0; left -= 1) {
      number += 1;
      const name = `${repository.slice(-3)}${number}`;
      const merged = ended - (left * 40 + random() * 300) * 60_000;
      const opened = merged - (1 + random() * 60) * 3_600_000;
      const began = opened - (1 + random() * 30) * 3_600_000;
      const isBot = chance(0.08);
      chain.push({
        ...{ name, at: iso(merged), parents: chain.length === 0 ? [] : [chain.at(-1)!.name], pullRequest: number },
        author: isBot ? 'renovate[bot]' : 'Ada',
      });
      pullRequests.push({
        ...{ repository, number, title: name, author: isBot ? 'renovate[bot]' : 'ada', isBot, state: 'merged' },
        ...{ base: 'main', head: 'topic', mergeSha: sha(name), firstCommitAt: iso(began), createdAt: iso(opened) },
        ...{ approvedAt: iso(merged - random() * (merged - opened)), mergedAt: iso(merged), updatedAt: iso(merged) },
        ...more,
      });
      pipelineRuns.push({
        ...{ run: String(number), repository, pipeline: 'build', branch: 'main', event: 'push', sha: sha(name) },
        ...{
          attempt: 1,
          status: chance(0.9) ? 'success' : 'failure',
          queuedAt: iso(merged),
          startedAt: iso(merged + 20_000),
        },
        ...{ finishedAt: iso(merged + (60 + random() * 900) * 1_000), updatedAt: iso(merged + 1_000_000) },
      });
    }
    return chain.at(-1)!.name;
  }

  function release(repository: string, version: string, ended: number, more: Partial<DeploymentFact> = {}): void {
    number += 1;
    for (const [region, later] of [
      ['prod-eu', 0],
      ['prod-us', 25 * 60_000],
    ] as const)
      deployments.push(
        deployed(`${number}-${region}`, iso(ended + later), {
          repository,
          sha: sha(version),
          environment: region,
          ...more,
        }),
      );
  }

  function breaks(broken: {
    repository: string;
    service: string;
    version: string;
    before: string | undefined;
    ended: number;
  }) {
    const { repository, service, before, ended } = broken;
    const mended = ended + (1 + random() * 5) * 3_600_000;
    const isSeen = chance(0.6);
    number += 1;
    if (isSeen)
      incidents.push({
        ...{ incident: String(number), title: `${service} is down`, service, status: 'resolved' },
        ...{ startedAt: iso(ended + 1_200_000), resolvedAt: iso(mended + 600_000), updatedAt: iso(mended + 600_000) },
      });
    if (chance(0.6)) release(repository, change(repository, ended + 2_400_000, 1), ended + 2_400_000);
    if (chance(0.4) && before !== undefined) release(repository, before, mended);
    else if (chance(0.6)) release(repository, change(repository, mended, 1, { labels: ['hotfix'] }), mended);
    if (chance(0.2))
      deployments.push(
        deployed(`${number}-failed`, iso(mended + 3_600_000), {
          repository,
          outcome: 'failure',
          environment: 'prod-eu',
        }),
      );
  }
}

const source: ReadSource = {
  ...{ name: 'ci', kind: 'read', everySeconds: 3_600 },
  batches: async function* ({ now }) {
    yield {
      cursor: null,
      write: async tx => {
        const facts = madeUpYear();
        await noteBackfill(tx, 'ci', '*', 'running');
        const changed = await storeFacts(tx, 'ci', facts, now());
        await noteBackfill(tx, 'ci', '*', 'done');
        return { records: changed, changed, rejected: {} };
      },
    };
  },
};

export async function goldenDoraPage(format: Format): Promise<string> {
  const catalog = await readCatalog({
    files: ['catalog/acme/**/*.yaml'],
    directory: path.resolve(import.meta.dirname, '../fixtures'),
  });
  const config = doraSchema.parse({ minimum_samples: 3, production: [{ regions: ['prod-eu', 'prod-us'] }] });
  const exporter = doraExporter(config, buildOwnership(catalog, ownershipSchema.parse({})), { now: () => doraNow });
  const metrics = exporter.metrics.filter(({ name }) => !/_external_|quick_check|performance_band/.test(name));
  return exporterPage({ ...exporter, sources: [source], metrics }, { format, now: doraNow });
}
