/**
 * The demo company's images through the year: when each was built, where it ran, and which vulnerabilities it had. Teams
 * differ in how soon they take what is mended; one has nothing open, and one image has not been built since winter.
 */
import { createHash } from 'node:crypto';
import { chance, dayMs, isoDay } from '../chance.ts';
import { type Episode, isOpen, mondays, type Span, storyDay } from '../policy/story.ts';
import { services, type teams } from '../world.ts';
import { type DemoVulnerability, type Language, vulnerabilities } from './packages.ts';

export interface DemoImage {
  readonly service: string;
  readonly team: string;
  readonly name: string;
  readonly language: Language;
  /** Nobody builds it any more: the last time was so many days from the story. */
  readonly lastBuilt?: number;
}

export const registry = 'registry.acme.example';

const image = (service: string, language: Language, more: Pick<DemoImage, 'lastBuilt'> = {}): DemoImage => {
  const { team } = services.find(({ name }) => name === service)!;
  return { service, team, language, name: `${registry}/${team}/${service}`, ...more };
};

export const images: readonly DemoImage[] = [
  image('checkout-api', 'maven'),
  image('cart', 'npm'),
  image('payments-api', 'maven'),
  image('ledger', 'maven'),
  image('risk-reports', 'pypi', { lastBuilt: -130 }),
  image('search-api', 'maven'),
  image('indexer', 'maven'),
  image('geo-index', 'golang'),
  image('event-pipeline', 'maven'),
  image('reports', 'pypi'),
  image('notebooks', 'pypi'),
  image('mobile-gateway', 'npm'),
  image('push-notifications', 'npm'),
  image('login', 'golang'),
  image('user-directory', 'golang'),
  image('ci-runners', 'golang'),
  image('observability', 'golang'),
  image('inference', 'pypi'),
  image('feature-store', 'pypi'),
];

/** Runs, and nothing ever looked at it. */
export const unscanned = 'notebooks';
/** Its base has no support any more. */
export const outdated = 'ledger';

export interface Build {
  readonly image: DemoImage;
  readonly at: Date;
  readonly tag: string;
  readonly digest: string;
  /** Of the repository's commit. */
  readonly revision: string;
}

export const hashOf = (...key: readonly string[]): string => createHash('sha256').update(key.join(' ')).digest('hex');

/** On Mondays, in the order of time. */
export function buildsOf(one: DemoImage, span: Span, story: Date): readonly Build[] {
  const last = one.lastBuilt === undefined ? Number.MAX_VALUE : storyDay(story, one.lastBuilt);
  return mondays(span, story, 5)
    .filter(at => at.getTime() <= last)
    .map(at => {
      const tag = isoDay(at).replaceAll('-', '.');
      const revision = hashOf('commit', one.service, tag).slice(0, 40);
      return { ...{ image: one, at, tag, revision }, digest: `sha256:${hashOf('image', one.service, tag)}` };
    });
}

/** The newest build of an instant. */
export const newest = (builds: readonly Build[], at: number): Build | undefined =>
  builds.findLast(build => build.at.getTime() <= at);

/** How likely a team's image has a vulnerable package some time, and after how many days it is mended, as a mean. */
const habits: Readonly<Record<(typeof teams)[number], { readonly share: number; readonly days: number }>> = {
  checkout: { share: 0.7, days: 18 },
  payments: { share: 0.6, days: 40 },
  search: { share: 0.5, days: 12 },
  data: { share: 0.8, days: 60 },
  mobile: { share: 0.7, days: 60 },
  // Rebuilt before anyone could look.
  identity: { share: 0, days: 1 },
  platform: { share: 0.6, days: 25 },
  ml: { share: 0.9, days: 120 },
};

/** Found again, as someone pinned the old version, or never mended so far. */
const returns = 0.15;

/** Log4j came back five weeks before the story. */
const comebacks = ['event-pipeline', 'indexer', 'payments-api'];

/** What the mobile team doesn't mend. */
const lasting = ['CVE-2023-45853', 'CVE-2021-23337', 'CVE-2023-5678'];

export function episodesOf({ service, team }: DemoImage, one: DemoVulnerability, story: Date): readonly Episode[] {
  const roll = (word: string) => chance('supply chain', service, one.id, word);
  const { share, days } = habits[team as keyof typeof habits];
  if (one.id === 'CVE-2021-44228' && comebacks.includes(service))
    return [{ from: storyDay(story, -36), to: service === 'indexer' ? storyDay(story, 160) : storyDay(story, 20) }];
  if (team === 'mobile' && lasting.includes(one.id)) return [{ from: storyDay(story, -220), to: Number.MAX_VALUE }];
  if (roll('has') >= share) return [];
  const from = storyDay(story, -520 + 560 * chance('supply chain', one.id) + 30 * roll('since'));
  if (one.good === '') return [{ from, to: Number.MAX_VALUE }];
  const to = from + Math.max(1, days * -Math.log(1 - roll('days'))) * dayMs;
  if (roll('returns') >= returns) return [{ from, to }];
  return [
    { from, to },
    { from: to + 45 * dayMs, to: to + (75 + days) * dayMs },
  ];
}

/** What a scan of a morning finds in an image. */
export const vulnerable = (one: DemoImage, at: number, story: Date): readonly DemoVulnerability[] =>
  vulnerabilities.filter(
    each => (each.type === one.language || each.type === 'deb') && isOpen(episodesOf(one, each, story), at),
  );
