/** Proposes what of a repository is a deployment: its version tags, else what is merged into its main branch. */
import { wildcard } from '../../catalog/wildcard.ts';
import type { RepositoryLook } from '../../dora/index.ts';

export interface DeploymentProposal {
  /** `from: tags` with patterns and exceptions, or `from: branch`. */
  readonly rule:
    | {
        readonly from: 'tags';
        readonly tags: readonly string[];
        readonly except: readonly string[];
        /** Where several things of the repository have versions of their own. */
        readonly service?: string;
      }
    | { readonly from: 'branch'; readonly branch?: string };
  /** Why, for the file's comment. */
  readonly reason: string;
}

/** `shop/v1.2.3-rc.1`: what stands before the version, and what follows its numbers. */
const version = /^(?<before>.*?)(?<v>v?)\d+\.\d+(?:\.\d+)*(?<after>(?:[-+._a-z].*)?)$/is;
const named = /^(?<name>.+)(?<separator>[/@_-])$/s;
const preReleases = ['alpha', 'beta', 'rc', 'dev', 'pre', 'snapshot', 'canary', 'nightly'] as const;
/** Fewer tell of no habit. */
const enough = 2;

interface Version {
  readonly tag: string;
  readonly before: string;
  readonly v: string;
  readonly after: string;
}

export function proposeDeployments({ tags, branch }: Pick<RepositoryLook, 'tags' | 'branch'>): DeploymentProposal {
  const versions = tags.flatMap((tag): Version[] => {
    const { before = '', v = '', after = '' } = version.exec(tag)?.groups ?? {};
    return version.test(tag) && (before === '' || named.test(before)) ? [{ tag, before, v, after }] : [];
  });
  const finals = versions.filter(({ after }) => preReleaseIn(after) === undefined);
  if (finals.length < enough) return ofBranch(branch, tags.length);
  const shapes = Map.groupBy(finals, shapeOf);
  // One prefix is the repository's own way to write a version; several are things with versions of their own.
  const prefixes = new Set(finals.map(({ before }) => before).filter(before => before !== ''));
  const isSeveral = prefixes.size > 1;
  const patterns = isSeveral
    ? [...shapes.keys()].filter(shape => shape.startsWith('*'))
    : [...new Set(finals.map(({ before, v }) => (before === '' && v === '' ? '*.*' : `${before}${v}*`)))];
  const words = new Set(versions.flatMap(({ after }) => preReleaseIn(after) ?? []));
  const except = [...words]
    .map(word => `*${word}*`)
    .filter(pattern => !finals.some(({ tag }) => wildcard([pattern])(tag)));
  const isTaken = wildcard(patterns);
  const isExcepted = wildcard(except);
  const taken = tags.filter(tag => isTaken(tag) && !isExcepted(tag));
  return {
    rule: { from: 'tags', tags: patterns, except, ...(isSeveral ? { service: '{1}' } : {}) },
    reason: `${taken.length} of its ${tags.length} tags; each is a deployment of its commit, at the time of the tag`,
  };
}

const preReleaseIn = (after: string) =>
  /^[-+._]?(a|b)\d/i.test(after)
    ? undefined
    : preReleases.find(word => new RegExp(`(^|[^a-z])${word}([^a-z]|$)`, 'i').test(after));

// The pattern of its like, with a star for what has versions of its own: shop/v1.2 is one of */v*.
function shapeOf({ before, v }: Version): string {
  const separator = named.exec(before)?.groups?.separator;
  return separator === undefined ? `${v}*` : `*${separator}${v}*`;
}

function ofBranch(branch: string | undefined, tags: number): DeploymentProposal {
  const isUsual = branch === undefined || branch === 'main' || branch === 'master';
  return {
    rule: { from: 'branch', ...(isUsual ? {} : { branch }) },
    reason: `${tags === 0 ? 'it has no tags' : 'its tags are no versions'}, so what is merged into ${branch ?? 'its main branch'} is taken for deployed by that`,
  };
}
