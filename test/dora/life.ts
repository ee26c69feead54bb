/** A random life of a few services, told piece by piece: late, out of order, changed, taken back. */
import type {
  DeploymentFact,
  Facts,
  IncidentFact,
  PipelineRunFact,
  PullRequestFact,
} from '../../exporters/dora/facts.ts';
import { seededRandom } from '../core/random.ts';
import { deployed, history, type Step, sha } from './books.ts';

export interface Piece {
  /** When it is told; all in it has happened by then. */
  readonly at: Date;
  readonly facts: Facts;
}

export const lifeStart = Date.parse('2026-01-05T00:00:00Z');
const day = 86_400_000;
const repositories = ['acme/shop', 'acme/cart', 'acme/mono'];

export const lifeConfig = {
  minimum_samples: 2,
  production: [{ regions: ['prod-eu', 'prod-us'] }],
  services: [
    { service: 'pay', repository: 'acme/mono', labels: ['pay'] },
    { service: 'ads', repository: 'acme/mono', labels: ['ads'] },
  ],
};

export function randomLife(seed: number, pieces: number, daysBetween = 4): readonly Piece[] {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const iso = (milliseconds: number) => new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
  const chains = new Map(repositories.map(repository => [repository, [] as Step[]]));
  const told: Facts[] = Array.from({ length: pieces }, () => ({}));
  const tell = <K extends keyof Facts>(piece: number, key: K, ...facts: NonNullable<Facts[K]>[number][]) => {
    const into = told[Math.min(piece, pieces - 1)]!;
    told[Math.min(piece, pieces - 1)] = { ...into, [key]: [...(into[key] ?? []), ...facts] };
  };
  // Most is told at once, the rest up to five pieces later.
  const later = (piece: number) => (random() < 0.7 ? piece : piece + 1 + upTo(5));
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)]!;
  let number = 0;
  const deployments: DeploymentFact[] = [];

  for (let piece = 0; piece < pieces; piece += 1) {
    const began = lifeStart + piece * daysBetween * day;
    const within = () => began + random() * (daysBetween * day - 3_600_000);
    for (const repository of repositories) {
      const chain = chains.get(repository)!;
      const grown = 1 + upTo(4);
      const times = Array.from({ length: grown }, within).sort((a, b) => a - b);
      for (const at of times) {
        const name = `${repository.slice(-1)}${chain.length}`;
        const last = chain.at(-1);
        chain.push({
          ...{ name, at: iso(random() < 0.05 ? at + 90 * day : at), committedAt: iso(at + 60_000) },
          parents: last === undefined ? [] : [last.name],
          ...(random() < 0.1 && last ? { reverts: [pick(chain.slice(-3)).name] } : {}),
          author: random() < 0.1 ? 'renovate[bot]' : 'Ada',
        });
        number += 1;
        if (random() < 0.7) tell(later(piece), 'pullRequests', pullRequest(repository, number, name, at));
      }
      tell(piece, 'commits', ...history(repository, chain.slice(-grown)));
      for (let run = upTo(4); run > 0; run -= 1) tell(later(piece), 'pipelineRuns', pipelineRun(repository, within()));
      const many = upTo(4);
      for (let index = 0; index < many; index += 1) {
        const at = within();
        const version = (random() < 0.2 ? pick(chain) : chain.at(-1 - upTo(Math.min(3, chain.length)))!).name;
        const fact = deployment(repository, version, at);
        deployments.push(fact);
        tell(later(piece), 'deployments', fact);
        if (random() < 0.5)
          tell(later(piece), 'deployments', {
            ...fact,
            ...{ deployment: `${fact.deployment}-us`, environment: 'prod-us', createdAt: iso(at + 1_000) },
            statuses: [{ status: 'success', at: iso(at + random() * day) }],
          });
        // Some turn out to be none to production, or to have failed after all.
        if (random() < 0.1) {
          const changed = random() < 0.5 ? { environment: 'staging' } : {};
          const failed = { statuses: [{ status: 'failure' as const, at: iso(at + 1_800_000) }] };
          tell(piece + 1 + upTo(4), 'deployments', { ...fact, ...changed, ...failed, updatedAt: iso(at + day) });
        }
      }
    }
    for (let index = upTo(3); index > 0; index -= 1) {
      const at = within();
      for (const [version, fact] of incident(at).entries())
        tell(version === 0 ? later(piece) : piece + version + upTo(4), 'incidents', fact);
    }
  }
  return told.map((facts, index) => ({
    at: new Date(lifeStart + (index + 1) * daysBetween * day),
    facts,
  }));

  function deployment(repository: string, version: string, at: number): DeploymentFact {
    number += 1;
    const failed = random() < 0.2;
    return deployed(`${version}-${number}`, iso(at), {
      ...{ repository, sha: sha(version), environment: random() < 0.1 ? 'staging' : 'prod-eu' },
      ...(failed ? { outcome: pick(['failure', 'failure', 'cancelled'] as const) } : {}),
      ...(failed && random() < 0.7 ? { changedProduction: random() < 0.6 } : {}),
      ...(random() < 0.1 ? { isPlanned: random() < 0.5 } : {}),
      labels: [
        ...(random() < 0.15 ? ['hotfix'] : []),
        ...(repository === 'acme/mono' ? pick([['pay'], ['ads'], ['pay', 'ads']]) : []),
      ],
    });
  }

  function pullRequest(repository: string, own: number, name: string, mergedAt: number): PullRequestFact {
    const opened = mergedAt - random() * 3 * day;
    return {
      ...{ repository, number: own, title: name, author: random() < 0.1 ? 'dependabot[bot]' : 'ada', isBot: false },
      ...{ state: 'merged', base: 'main', head: random() < 0.1 ? 'hotfix/x' : 'topic', mergeSha: sha(name) },
      ...{ firstCommitAt: iso(opened - random() * day), createdAt: iso(opened), approvedAt: iso(mergedAt - 60_000) },
      ...{ mergedAt: iso(mergedAt), updatedAt: iso(mergedAt) },
    };
  }

  function pipelineRun(repository: string, at: number): PipelineRunFact {
    number += 1;
    return {
      ...{ run: String(number), repository, pipeline: pick(['build', 'deploy']), branch: 'main', event: 'push' },
      ...{ sha: sha('x'), attempt: 1, status: pick(['success', 'failure', 'running']), queuedAt: iso(at - 900_000) },
      ...{ startedAt: iso(at - 600_000), finishedAt: iso(at), updatedAt: iso(at) },
    };
  }

  /** An incident, and what is said of it later. */
  function incident(at: number): readonly IncidentFact[] {
    number += 1;
    const first: IncidentFact = {
      ...{ incident: String(number), title: 'down', service: pick(['shop', 'cart', 'pay', 'ads', 'other', '']) },
      ...{ status: 'open', startedAt: iso(at), updatedAt: iso(at) },
      ...(random() < 0.3 && deployments.length > 0 ? { deployment: pick(deployments).deployment } : {}),
    };
    const resolvedAt = iso(at + random() * day);
    const changes: readonly Partial<IncidentFact>[] = [
      { status: 'resolved', resolvedAt },
      ...(random() < 0.3 ? [{ status: 'open' } as const] : []),
      ...(random() < 0.3 ? [{ status: 'cancelled' } as const] : []),
      ...(random() < 0.3 ? [{ status: 'resolved', resolvedAt, isDeleted: true } as const] : []),
      ...(random() < 0.3 ? [{ status: 'resolved', resolvedAt, service: pick(['shop', 'cart']) } as const] : []),
    ];
    return [
      first,
      ...changes.map((change, index) => ({ ...first, ...change, updatedAt: iso(at + (index + 1) * day) })),
    ];
  }
}
