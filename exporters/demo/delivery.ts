/**
 * What the demo company's teams deliver: pull requests that are squashed onto main, deployments of it, what goes wrong
 * and how it is mended. Everything of a service's week depends on the service and the week alone.
 */
import { createHash } from 'node:crypto';
import { chance, dayMs } from './chance.ts';
import { repositoryOf } from './infracost.ts';
import { type DemoService, services } from './world.ts';

const hourMs = 3_600_000;
const weekMs = 7 * dayMs;

export interface DemoCommit {
  readonly repository: string;
  readonly sha: string;
  readonly parents: readonly string[];
  readonly authoredAt: Date;
  readonly committedAt: Date;
  readonly author: string;
  readonly subject: string;
  readonly pullRequest?: number;
  readonly reverts?: readonly string[];
}

export interface DemoPullRequest {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly labels: readonly string[];
  readonly mergeSha: string;
  readonly firstCommitAt: Date;
  readonly createdAt: Date;
  readonly firstReviewAt: Date;
  readonly approvedAt: Date;
  readonly mergedAt: Date;
  readonly commits: readonly { readonly sha: string; readonly authoredAt: Date; readonly committedAt: Date }[];
}

export interface DemoDeployment {
  readonly id: string;
  readonly repository: string;
  readonly service: string;
  readonly sha: string;
  readonly version: string;
  readonly labels: readonly string[];
  readonly status: 'success' | 'failure';
  readonly changedProduction?: boolean;
  readonly isPlanned?: boolean;
  readonly incident?: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export interface DemoIncident {
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly severity: 'critical' | 'major' | 'minor';
  readonly startedAt: Date;
  readonly resolvedAt?: Date;
}

export interface Delivery {
  readonly commits: readonly DemoCommit[];
  readonly pullRequests: readonly DemoPullRequest[];
  readonly deployments: readonly DemoDeployment[];
  readonly incidents: readonly DemoIncident[];
}

/** How teams work: deployments a week of a service, hours from first commit to merge, and how often it goes wrong. */
const habits: Readonly<Record<string, { readonly weekly: number; readonly hours: number; readonly fails: number }>> = {
  checkout: { weekly: 5, hours: 14, fails: 0.09 },
  payments: { weekly: 2, hours: 52, fails: 0.05 },
  search: { weekly: 4, hours: 20, fails: 0.12 },
  data: { weekly: 1.5, hours: 70, fails: 0.16 },
  mobile: { weekly: 2, hours: 60, fails: 0.14 },
  identity: { weekly: 1, hours: 90, fails: 0.06 },
  platform: { weekly: 6, hours: 10, fails: 0.08 },
  ml: { weekly: 1.5, hours: 110, fails: 0.2 },
};

/** The service that has stopped deploying a month ago, and the one whose newest failure nobody has mended. */
const silent = 'lineage';
const neglected = 'labelling';

/** All that has happened in `from` ≤ t < `until`, by service and then by time. */
export function delivery({ from, until }: { readonly from: Date; readonly until: Date }): Delivery {
  const all = services.map(service => deliveryOf(service, from, until));
  return {
    commits: all.flatMap(({ commits }) => commits),
    pullRequests: all.flatMap(({ pullRequests }) => pullRequests),
    deployments: all.flatMap(({ deployments }) => deployments),
    incidents: all.flatMap(({ incidents }) => incidents),
  };
}

function deliveryOf(service: DemoService, from: Date, until: Date): Delivery {
  const commits: DemoCommit[] = [];
  const pullRequests: DemoPullRequest[] = [];
  const deployments: DemoDeployment[] = [];
  const incidents: DemoIncident[] = [];
  const repository = repositoryOf(service.name);
  const habit = habits[service.team] ?? { weekly: 1, hours: 48, fails: 0.1 };
  const stopsAt = service.name === silent ? until.getTime() - 33 * dayMs : until.getTime();
  // Weeks are counted from a fixed Monday, so that a later morning tells the same of the past.
  const firstWeek = Math.floor((from.getTime() - monday) / weekMs);
  let head = '';
  let number = 1000 + firstWeek * 40;
  let deployed: { readonly sha: string; readonly version: string } | undefined;
  for (let week = firstWeek; monday + week * weekMs < stopsAt; week++) {
    const roll = (...key: (string | number)[]) => chance('delivery', service.name, week, ...key);
    // Some get faster over the year and others slower.
    const trend = 1 + 0.25 * Math.sin(week / 20 + chance('delivery trend', service.name) * 6);
    const count = Math.max(0, Math.round(habit.weekly * (0.5 + roll('count'))));
    number = 1000 + week * 40;
    for (let index = 0; index < count; index++) {
      const at = monday + week * weekMs + workingHour(index, count, roll('hour', index));
      if (at + 4 * hourMs >= stopsAt) break;
      for (let change = 0; change < 1 + Math.floor(roll('changes', index) * 3); change++) {
        const key = `${index}-${change}`;
        number += 1;
        const merged = at - (0.2 + roll('wait', key) * 5) * hourMs;
        const span = habit.hours * trend * (0.3 + roll('span', key) ** 2 * 3) * hourMs;
        const isBot = roll('bot', key) < 0.12;
        const author = isBot ? 'renovate[bot]' : `dev-${service.team}-${1 + Math.floor(roll('author', key) * 6)}`;
        const begun = merged - span;
        const opened = begun + span * (0.25 + roll('open', key) * 0.3);
        const reviewed = opened + (merged - opened) * (0.2 + roll('review', key) * 0.4);
        const approved = reviewed + (merged - reviewed) * roll('approve', key) * 0.9;
        const sha = shaOf(service.name, week, key);
        const title = `${titles[Math.floor(roll('title', key) * titles.length)]} (${service.name})`;
        commits.push({
          ...{ repository, sha, parents: head === '' ? [] : [head], author, subject: `${title} (#${number})` },
          ...{ authoredAt: new Date(merged), committedAt: new Date(merged), pullRequest: number },
        });
        head = sha;
        pullRequests.push({
          ...{ repository, number, title, author, isBot, labels: [], mergeSha: sha },
          ...{ firstCommitAt: new Date(begun), createdAt: new Date(opened), firstReviewAt: new Date(reviewed) },
          ...{ approvedAt: new Date(approved), mergedAt: new Date(merged) },
          commits: Array.from({ length: 1 + Math.floor(roll('commits', key) * 4) }, (_, part) => ({
            sha: shaOf(service.name, week, `${key}-${part}`),
            authoredAt: new Date(begun + (opened - begun) * (part / 5)),
            committedAt: new Date(begun + (opened - begun) * (part / 5)),
          })),
        });
      }
      const version = `${1 + Math.floor(week / 26)}.${((week % 26) + 26) % 26}.${index}`;
      const took = (4 + roll('took', index) * 16) * 60_000;
      const id = `${service.name}-${week}-${index}`;
      const deployment = { repository, service: service.name, labels: [] as readonly string[] };
      const goesWrong = roll('fails', index) < habit.fails;
      const how = roll('how', index);
      const isNewest = at + 10 * dayMs > stopsAt;
      if (roll('pipeline', index) < 0.03) {
        deployments.push({
          ...{ ...deployment, id: `${id}-attempt-1`, sha: head, version, status: 'failure', changedProduction: false },
          ...{ startedAt: new Date(at - hourMs), finishedAt: new Date(at - hourMs + took) },
        });
      }
      deployments.push({
        ...{ ...deployment, id, sha: head, version, status: 'success' },
        ...{ startedAt: new Date(at), finishedAt: new Date(at + took) },
      });
      if (goesWrong || (service.name === neglected && isNewest && index === 0)) {
        const broken = at + took + (0.2 + roll('broken', index) * 3) * hourMs;
        const mended = broken + (0.4 + roll('mended', index) ** 2 * 14) * hourMs;
        const isNeglected = service.name === neglected && isNewest;
        const hasIncident = how > 0.25 || isNeglected;
        const incident = `INC-${service.name}-${week}-${index}`;
        if (hasIncident)
          incidents.push({
            ...{ id: incident, title: `${service.name}: ${troubles[Math.floor(how * troubles.length)]}` },
            ...{ service: service.name, severity: how > 0.85 ? 'critical' : how > 0.5 ? 'major' : 'minor' },
            startedAt: new Date(broken),
            ...(isNeglected || mended >= until.getTime() ? {} : { resolvedAt: new Date(mended) }),
          });
        if (!isNeglected && how < 0.55 && deployed !== undefined)
          deployments.push({
            ...{ ...deployment, id: `${id}-rollback`, sha: deployed.sha, version: deployed.version, status: 'success' },
            ...{ startedAt: new Date(mended - took), finishedAt: new Date(mended) },
          });
        else if (!isNeglected && how < 0.9) {
          const sha = shaOf(service.name, week, `${index}-hotfix`);
          commits.push({
            ...{ repository, sha, parents: [head], author: `dev-${service.team}-1`, subject: `Mend ${version}` },
            ...{ authoredAt: new Date(mended - hourMs / 2), committedAt: new Date(mended - hourMs / 2) },
          });
          head = sha;
          deployments.push({
            ...{ ...deployment, id: `${id}-hotfix`, sha, version: `${version}-hotfix`, status: 'success' },
            ...{ labels: ['hotfix'], isPlanned: false, ...(hasIncident ? { incident } : {}) },
            ...{ startedAt: new Date(mended - took), finishedAt: new Date(mended) },
          });
        }
      }
      deployed = { sha: head, version };
    }
    // A cloud provider's trouble, or a certificate: no deployment's fault.
    if (roll('outage') < 0.015) {
      const startedAt = monday + week * weekMs + roll('outage hour') * 6 * dayMs;
      if (startedAt + 2 * hourMs < stopsAt)
        incidents.push({
          ...{ id: `INC-${service.name}-${week}-outage`, title: `${service.name}: a dependency is away` },
          ...{ service: service.name, severity: 'major', startedAt: new Date(startedAt) },
          resolvedAt: new Date(startedAt + (0.5 + roll('outage end')) * hourMs),
        });
    }
  }
  const isIn = (at: Date) => at >= from && at < until;
  return {
    commits: commits.filter(({ committedAt }) => isIn(committedAt)),
    pullRequests: pullRequests.filter(({ mergedAt }) => isIn(mergedAt)),
    deployments: deployments.filter(({ finishedAt }) => isIn(finishedAt)),
    incidents: incidents.filter(({ startedAt }) => isIn(startedAt)),
  };
}

const monday = Date.UTC(2024, 0, 1);
const titles = ['Add a field', 'Speed up the query', 'Raise the limit', 'Handle an empty answer', 'Update libraries'];
const troubles = ['errors after checkout', 'slow answers', 'a queue grows', 'log-ins fail', 'wrong totals'];
const shaOf = (...key: readonly (string | number)[]) => createHash('sha1').update(key.join('\u0000')).digest('hex');

/** Deployments are spread over the five working days, between 8 and 17 UTC. */
const workingHour = (index: number, count: number, roll: number) =>
  Math.floor((index / Math.max(count, 1)) * 5) * dayMs + (8 + roll * 9) * hourMs;
