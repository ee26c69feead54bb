/** A random life of findings: what engines tell, in the order that we hear of it. */
import type { Block, ExceptionList, PolicyList, Report, Result, Told } from '../../exporters/findings/report.ts';
import { seededRandom } from '../core/random.ts';
import { owner, result } from './books.ts';

const enforcements = ['enforce', 'warn', 'audit', 'dryrun'] as const;
const severities = ['critical', 'high', 'low', 'unknown'] as const;
const repositories = ['acme/shop', 'acme/cart', 'acme/pay', 'acme/none'];
const scopes = [
  { engine: 'kyverno', scope: 'cluster:eu' },
  { engine: 'kyverno', scope: 'cluster:us' },
  { engine: 'checkov', scope: 'repository:acme/pay' },
] as const;
const hourMs = 3_600_000;

export interface Piece {
  readonly at: Date;
  readonly told: Told;
}

/** Each piece is told `stepDays` after the one before; what it tells of is up to that old, and now and then older. */
export function randomLife(
  seed: number,
  pieces: number,
  stepDays: number,
  start = Date.UTC(2026, 0, 5),
): readonly Piece[] {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const iso = (time: number) => new Date(Math.floor(time / 1000) * 1000).toISOString();
  const resultOf = (policy: string, number: number, evaluatedAt: number): Result =>
    result(`${pick(['fail', 'fail', 'pass', 'excepted', 'skip', 'error'])} ${policy} r${number}`, {
      severity: severities[number % 4]!,
      enforcement: chance(0.9) ? enforcements[number % 4]! : pick(enforcements),
      owner: owner(repositories[number % 4]!, number % 3 === 0 ? 'production' : undefined),
      ...(chance(0.1) ? { firstSeenAt: iso(evaluatedAt - random() * 40 * 24 * hourMs) } : {}),
    });
  const reportOf = (at: number): Report => {
    const place = pick(scopes);
    const evaluatedAt = at - random() * stepDays * 24 * hourMs * (chance(0.1) ? 4 : 1);
    const completeness: Report['completeness'] = chance(0.7) ? 'complete' : pick(['partial', 'failed'] as const);
    const results =
      completeness === 'failed'
        ? []
        : ['p', 'q', 's'].flatMap(policy =>
            Array.from({ length: 14 }, (_, number) => number)
              .filter(() => chance(0.8))
              .map(number => resultOf(policy, number, evaluatedAt)),
          );
    const told = {
      ...{ ...place, owner: owner(pick(repositories)), evaluatedAt: iso(evaluatedAt), results },
      completeness,
      ...(chance(0.2) ? { totals: [{ policy: 'p', violations: 40 }] } : {}),
      ...(chance(0.1) ? { policies: ['p', 'q'] } : {}),
    };
    return { ...told, digest: JSON.stringify(told) };
  };
  const exceptionsOf = (at: number): ExceptionList => ({
    ...{ ...pick(scopes), readAt: iso(at) },
    exceptions: Array.from({ length: 5 }, (_, number) => ({
      ...{
        exception: `e${number}`,
        policy: pick(['p', 'q', '*']),
        resource: '',
        owner: owner(repositories[number % 4]!),
      },
      approvedBy: chance(0.5) ? 'ada' : '',
      ...(chance(0.7) ? { expiresAt: iso(at + (random() - 0.2) * 60 * 24 * hourMs) } : {}),
      ...(chance(0.5) ? { isApplied: chance(0.5) } : {}),
    })),
  });
  const policiesOf = (at: number): PolicyList => ({
    ...{ ...pick(scopes), readAt: iso(at) },
    policies: ['p', 'q', 'unseen']
      .filter(() => chance(0.8))
      .map(policy => ({ policy, enforcement: pick(enforcements) })),
  });
  const blockOf = (at: number): Block => ({
    ...{ ...pick(scopes), id: String(Math.floor(random() * 1e9)), policy: pick(['p', 'q', 's']), resource: 'r' },
    ...{
      owner: owner(pick(repositories)),
      enforcement: pick(enforcements),
      at: iso(at - random() * stepDays * 24 * hourMs),
    },
  });
  return Array.from({ length: pieces }, (_, index): Piece => {
    const at = start + index * stepDays * 24 * hourMs;
    return {
      at: new Date(at),
      told: {
        reports: Array.from({ length: 2 }, () => reportOf(at)),
        exceptions: chance(0.5) ? [exceptionsOf(at)] : [],
        policies: chance(0.5) ? [policiesOf(at)] : [],
        blocks: Array.from({ length: 3 }, () => blockOf(at)),
      },
    };
  });
}
