/** A random past of a supply chain: scans, what runs, bills, signatures, lists and findings, in the order of our hearing. */
import type { Report, Told } from '../../exporters/findings/report.ts';
import { seededRandom } from '../core/random.ts';
import { type Fact, type Facts, found, look, owner } from './metric-books.ts';

export interface Piece {
  readonly at: Date;
  readonly facts: Facts;
  readonly told: Told;
}

const dayMs = 86_400_000;
const repositories = ['acme/shop', 'acme/cart', 'acme/pay', 'acme/none'];
const images = ['shop', 'cart', 'pay'];
const statuses = ['complete', 'complete', 'complete', 'partial', 'failed'] as const;

/** Each piece is told `stepDays` after the one before; what it tells of is up to that old, and now and then older. */
export function randomFacts(
  seed: number,
  pieces: number,
  stepDays: number,
  start = Date.UTC(2026, 0, 5),
): readonly Piece[] {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const several = <T>(most: number, make: () => T) => Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  const iso = (time: number) => new Date(Math.floor(time / 1000) * 1000).toISOString();
  const owners = repositories.flatMap(name => [owner(name, 'production'), owner(name, 'staging')]);
  const artifact = () => `sha256:${pick(images)}${Math.floor(random() * 2)}`;
  const imageOf = (key: string) => key.slice('sha256:'.length, -1);

  return Array.from({ length: pieces }, (_, index): Piece => {
    const at = start + index * stepDays * dayMs;
    const occurred = () => ({ occurred_at: iso(at - random() * stepDays * dayMs * (chance(0.1) ? 4 : 1)) });
    const whose = () => ({ ...occurred(), owner: pick(owners) });
    const scan = (): Fact => ({
      ...{ artifact: artifact(), part: '', scanner: pick(['trivy', 'grype']), completeness: pick(statuses) },
      ...{ classes: pick([['vulnerability'], ['vulnerability', 'secret'], ['secret']]), digest: String(random()) },
      ...{ stale_seconds: pick([null, 86_400 * 3, 86_400 * 9]), os_end_of_life: pick([true, false, null]), ...whose() },
    });
    const sbom = (): Fact => ({
      ...{ artifact: artifact(), gaps: several(2, () => pick(['no_author', 'no_versions', 'declared_incomplete'])) },
      ...whose(),
    });
    const attestation = (): Fact => ({
      ...{ artifact: artifact(), id: `id${Math.floor(random() * 3)}`, holds: chance(0.9), ...occurred() },
      ...{ claim: pick(['signature', 'attestation']), slsa: pick(['', '1', '1']), level: Math.floor(random() * 4) },
      ...{ standing: pick(['verified', 'claimed', 'claimed', 'failed']), predicate_type: '' },
      ...{ identity: pick(['ci', 'mallory', 'eve']), issuer: '' },
    });
    const signatureLook = (): Fact => ({
      ...{ artifact: artifact(), seen: pick(['all', 'all', 'some']), outcome: pick(['found', 'none', 'unknown']) },
      ...{ stale_seconds: pick([null, 86_400 * 8]), ...occurred() },
    });
    const runs = (): Fact => {
      const key = artifact();
      return {
        ...{ place: pick(['eu/a', 'us/b']), workload: pick(['x', 'y', 'z']), container: 'c', artifact: key },
        ...{ name: imageOf(key), tag: '', digest: key, replicas: pick([0, 1, 2]), ...whose() },
      };
    };
    const place = (): Fact => ({
      place: pick(['eu/a', 'us/b']),
      images: 3,
      stale_seconds: pick([null, 86_400 * 20]),
      ...whose(),
    });
    const kev = (): Fact => ({
      ...{ vulnerability: pick(['CVE-0', 'CVE-1', 'CVE-2']), is_ransomware: chance(0.5), holds: chance(0.8) },
      ...occurred(),
    });
    const report = (): Report => {
      const name = pick(images);
      const environment = pick(['production', 'staging']);
      const own = owner(pick(repositories), environment);
      const results = Array.from({ length: 16 }, (_unused, number) => number)
        .filter(() => chance(0.7))
        .map(number =>
          found(
            `${pick(['fail', 'fail', 'fail', 'pass', 'excepted'])} CVE-${number % 7} ${name}|pkg:npm/p${number % 4}`,
            {
              severity: (['critical', 'high', 'low', 'unknown'] as const)[number % 4]!,
              owner: own,
            },
          ),
        );
      const completeness = pick(statuses);
      return look(occurred().occurred_at, completeness === 'failed' ? [] : results, {
        ...{
          engine: pick(['vulnerability', 'vulnerability', 'secret']),
          scope: `image:${name}@${environment}`,
          owner: own,
        },
        completeness,
      });
    };
    const hasLists = index >= Math.floor(pieces / 4);
    return {
      at: new Date(at),
      facts: {
        ...(index === 0
          ? {
              artifacts: images.flatMap(name =>
                [0, 1, 2].map(number => ({
                  ...{ artifact: `sha256:${name}${number}`, kind: 'image', name, tag: '', owner: pick(owners) },
                  first_at: iso(start - number * dayMs),
                })),
              ),
              vulnerability_aliases: Array.from({ length: 7 }, (_unused, number) => ({
                ...{ alias: `CVE-${number}`, vulnerability: `CVE-${number}` },
              })),
            }
          : {}),
        artifact_scans: [scan(), ...several(6, scan)],
        artifact_sboms: several(3, sbom),
        attestations: [attestation(), ...several(8, attestation)],
        signature_looks: several(3, signatureLook),
        running_images: hasLists ? several(6, runs) : [],
        running_looks: hasLists ? [place(), place()] : [],
        kev_entries: several(1, kev),
        repository_scores: ['', 'Maintained'].map(check_name => ({
          ...{ repository: `acme/${images[index % 3]}`, check_name, score: (index * 7 + check_name.length) % 11 },
          ...{ owner: owners[index % owners.length]!, occurred_at: iso(at - (index % 3) * dayMs) },
        })),
        scan_results: several(20, () => ({
          ...{ artifact: artifact(), scanner: pick(['trivy', 'grype']), class: 'vulnerability' },
          ...{ vulnerability: `CVE-${Math.floor(random() * 7)}`, package: 'p', version: '1', part: '' },
        })),
        epss_scores: [
          {
            vulnerability: `CVE-${Math.floor(random() * 7)}`,
            score: random() / 5,
            percentile: 0.5,
            day: iso(at).slice(0, 10),
          },
        ],
      },
      told: {
        reports: [report(), report(), report()],
        exceptions: [
          {
            ...{ engine: 'vulnerability', scope: `image:${pick(images)}@production`, readAt: iso(at) },
            exceptions: several(3, () => ({
              ...{ exception: `e${Math.floor(random() * 4)}`, policy: 'CVE-1', resource: '', owner: pick(owners) },
              ...(chance(0.6) ? { expiresAt: iso(at + (random() - 0.2) * 60 * dayMs) } : {}),
            })),
          },
        ],
      },
    };
  });
}
