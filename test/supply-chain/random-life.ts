/** A random history of a supply chain: builds that are scanned, begin to run and stop, words on them, late and told twice. */
import type { Found, Heard, RunningList, Scan, VexStatement } from '../../exporters/supply-chain/document.ts';
import { seededRandom } from '../core/random.ts';
import { found, image, repository, running, scan } from './books.ts';

export interface Piece {
  /** When it is heard; all in it has happened by then. */
  readonly at: string;
  readonly heard: Heard;
}

export const lifeStart = Date.UTC(2026, 1, 10);
export const pieceMs = 8 * 3_600_000;

export interface LifeOptions {
  /** What says less than another does: partial and failed scans. */
  readonly isUnsure?: boolean;
  /** What came before is heard later. */
  readonly isLate?: boolean;
}

export function randomLife(
  seed: number,
  pieces: number,
  { isUnsure = true, isLate = true }: LifeOptions = {},
): readonly Piece[] {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)]!;
  const earlier: Scan[] = [];
  const iso = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();

  const finds = (at: number): readonly Found[] => {
    const names = new Set(
      Array.from({ length: upTo(6) }, () => `${pick(['CVE-1', 'CVE-2', 'CVE-3', 'GHSA-4'])} ${pick(['a', 'b'])}`),
    );
    return [...names].map(text =>
      found(text, {
        ...(random() < 0.2 ? { fix: 'fixed' as const, fixedVersions: ['2.0'] } : {}),
        ...(text.startsWith('GHSA') && random() < 0.3 ? { aliases: ['CVE-4'] } : {}),
        ...(random() < 0.15
          ? {
              suppressed: {
                by: 'ignore_file',
                reason: 'so',
                ...(random() < 0.6 ? { expiresAt: iso(at + upTo(4) * pieceMs) } : {}),
              },
            }
          : {}),
      }),
    );
  };
  const look = (at: number): Scan => {
    const kind = random();
    const of = random() < 0.2 ? repository('acme/shop') : image(`${pick(['shop', 'pay'])}@${upTo(3)}`);
    const failed = isUnsure && kind < 0.1;
    const partial = isUnsure && kind > 0.9;
    return scan(of, (at - lifeStart) / 3_600_000, failed ? [] : finds(at), {
      scanner: pick(['trivy', 'trivy', 'grype']),
      ...(failed ? { completeness: 'failed', reason: 'crash' } : {}),
      ...(partial ? { completeness: 'partial', reason: 'timeout' } : {}),
    });
  };
  const list = (at: number): RunningList =>
    running(
      (at - lifeStart) / 3_600_000,
      [...new Set(Array.from({ length: upTo(4) }, () => `${pick(['shop', 'pay'])}@${upTo(3)}`))],
      { place: pick(['eu/all', 'us/all']) },
    );
  const statement = (at: number): VexStatement => ({
    ...{
      id: `doc#${at}`,
      vulnerability: pick(['CVE-1', 'CVE-2']),
      status: pick(['not_affected', 'affected'] as const),
    },
    ...{ at: iso(at), owner: '{}', artifact: image(pick(['shop', 'pay', 'shop@1'])) },
  });

  return Array.from({ length: pieces }, (_, piece) => {
    const until = lifeStart + (piece + 1) * pieceMs;
    // Mostly of the time since the last piece, some from long before.
    const time = () =>
      Math.floor((until - 1000 - random() * pieceMs * (!isLate || random() < 0.8 ? 1 : 4)) / 1000) * 1000;
    const scans = Array.from({ length: 1 + upTo(4) }, () => look(time()));
    if (earlier.length > 0 && random() < 0.4) scans.push(pick(earlier));
    earlier.push(...scans);
    return {
      at: iso(until),
      heard: {
        scans,
        ...(random() < 0.7 ? { running: Array.from({ length: 1 + upTo(2) }, () => list(time())) } : {}),
        ...(random() < 0.25 ? { vex: [statement(time())] } : {}),
      },
    };
  });
}
