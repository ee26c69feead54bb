/** Versions compared by the order of their own ecosystem. */
import { compare as comparePep440, valid as isPep440 } from '@renovatebot/pep440';
import { apkOrder } from './apk.ts';
import { composerOrder } from './composer.ts';
import { debianOrder } from './debian.ts';
import { mostVersionCharacters, type Order } from './digits.ts';
import { gemOrder } from './gem.ts';
import { genericOrder } from './generic.ts';
import { mavenOrder } from './maven.ts';
import { archOrder, rpmOrder } from './rpm.ts';
import { goOrder, nugetOrder, pubOrder, semverOrder } from './semver.ts';

const pep440Order: Order = (a, b) => (isPep440(a) && isPep440(b) ? comparePep440(a, b) : undefined);

/** By the type of a package URL or the scheme of a `vers:` range. */
const orders: Readonly<Record<string, Order>> = {
  ...{ npm: semverOrder, cargo: semverOrder, hex: semverOrder, swift: semverOrder, semver: semverOrder },
  ...{ golang: goOrder, go: goOrder, pub: pubOrder, nuget: nugetOrder, maven: mavenOrder, pypi: pep440Order },
  ...{ gem: gemOrder, cocoapods: gemOrder, deb: debianOrder, debian: debianOrder, rpm: rpmOrder, alpm: archOrder },
  ...{ arch: archOrder, apk: apkOrder, alpine: apkOrder, ebuild: apkOrder, gentoo: apkOrder, composer: composerOrder },
};

/** The order of a type; that of no known rule where there is none of its own. */
export const orderOf = (type: string): Order =>
  (Object.hasOwn(orders, type) ? orders[type] : undefined) ?? genericOrder;

/** Below 0, 0 or above 0. What is no version of its ecosystem is compared by its numbers and words. */
export function compareVersions(type: string, a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [a.slice(0, mostVersionCharacters), b.slice(0, mostVersionCharacters)];
  return orderOf(type)(left, right) ?? genericOrder(left, right)!;
}
