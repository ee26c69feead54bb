/** A random history of looks at two scopes: whole and in parts, partial, failed, cut, late, told twice. */
import type { Exception, Report, Result, Told } from '../../exporters/findings/report.ts';
import { seededRandom } from '../core/random.ts';
import { owner, report, result } from './books.ts';

export interface Piece {
  /** When it is told; all in it has happened by then. */
  readonly at: string;
  readonly told: Told;
}

export const lifeStart = Date.UTC(2026, 0, 5);
export const pieceMs = 8 * 3_600_000;

const policies = ['root', 'tls', 'limits'];
const parts = ['p', 'q', ''];
const outcomes = ['fail', 'fail', 'fail', 'pass', 'pass', 'excepted', 'error', 'skip'] as const;
const repositories = ['acme/shop', 'acme/pay', 'acme/none'];

export function randomLife(seed: number, pieces: number): readonly Piece[] {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)]!;
  const earlier: Report[] = [];

  const results = (inParts: readonly string[]): readonly Result[] =>
    Array.from({ length: upTo(9) }, () =>
      result(`${pick(outcomes)} ${pick(policies)} r${upTo(5)} ${pick(inParts)}`, {
        ...{ severity: pick(['high', 'high', 'low'] as const), enforcement: pick(['audit', 'audit', 'warn'] as const) },
        owner: owner(pick(repositories)),
      }),
    ).map(one => (one.part === '' ? { ...one, part: '' } : one));

  const look = (at: number): Report => {
    const inParts = random() < 0.5 ? undefined : random() < 0.5 ? ['p'] : ['p', 'q'];
    const kind = random();
    return report(new Date(at).toISOString(), kind < 0.1 ? [] : results(inParts ?? parts), {
      scope: pick(['cluster:eu', 'cluster:us']),
      ...(kind < 0.1 ? { completeness: 'failed' as const, reason: 'crash' } : {}),
      ...(kind > 0.85 ? { completeness: 'partial' as const, reason: 'timeout' } : {}),
      ...(inParts ? { parts: inParts } : {}),
      ...(random() < 0.2 ? { policies: ['root', 'tls'] } : {}),
      ...(random() < 0.2 ? { totals: [{ policy: 'root', violations: upTo(6) }] } : {}),
    });
  };

  return Array.from({ length: pieces }, (_, piece) => {
    const until = lifeStart + (piece + 1) * pieceMs;
    // Mostly of the time since the last piece, some from long before.
    const reports = Array.from({ length: 1 + upTo(3) }, () =>
      look(Math.floor((until - 1000 - random() * pieceMs * (random() < 0.8 ? 1 : 6)) / 1000) * 1000),
    );
    if (earlier.length > 0 && random() < 0.4) reports.push(pick(earlier));
    earlier.push(...reports);
    const readAt = new Date(until - 2000).toISOString();
    const exceptions: readonly Exception[] = Array.from({ length: upTo(3) }, () => ({
      ...{ exception: `e${upTo(3)}`, policy: pick(policies), resource: '', owner: owner(pick(repositories)) },
    }));
    const known = { engine: 'kyverno', scope: 'cluster:eu', readAt };
    return {
      at: new Date(until).toISOString(),
      told: {
        reports,
        ...(random() < 0.4 ? { exceptions: [{ ...known, exceptions }] } : {}),
        ...(random() < 0.4
          ? {
              policies: [
                {
                  ...known,
                  policies: policies
                    .slice(upTo(3))
                    .map(policy => ({ policy, enforcement: pick(['warn', 'enforce'] as const) })),
                },
              ],
            }
          : {}),
      },
    };
  });
}
