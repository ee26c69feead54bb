/** Proposes what of a repository is a deployment: its version tags, else what is merged into its main branch. */
import { wildcard } from '../../catalog/wildcard.ts';
import type { RepositoryLook } from '../../dora/index.ts';

export type ProposedRule =
  /** By patterns of tags and exceptions; `service` where several things of the repository have versions of their own. */
  | {
      readonly from: 'tags';
      readonly tags: readonly string[];
      readonly except: readonly string[];
      readonly service?: string;
    }
  | { readonly from: 'branch'; readonly branch?: string };

export interface DeploymentProposal {
  readonly rules: readonly ProposedRule[];
  /** Why, for the file's comment. */
  readonly reason: string;
}

/** `shop/v1.2.3-rc.1`: what stands before the version, and what follows its numbers. */
const version = /^(?<before>.*?)(?<v>v?)\d+\.\d+(?:\.\d+)*(?<after>(?:[-+._a-z].*)?)$/is;
/** `release-2026-11-25.2`, `r.2026.11.25.0`, `20261125-public`: a release by its day. */
const dated =
  /^(?<before>|.*[-/@_]|.*[a-z]\.)(?<century>20)\d\d(?<mark>[-._]?)(?:0[1-9]|1[0-2])\k<mark>(?:0[1-9]|[12]\d|3[01])(?<after>.*)$/is;
const named = /^(?<name>.+)(?<separator>[/@_-])$/s;
const preReleases = ['alpha', 'beta', 'rc', 'dev', 'pre', 'snapshot', 'canary', 'nightly'] as const;
/** What is said of a version, and names nothing that has versions. */
const ofAny = /^(releases?|rel|r|versions?|ver|v|tags?|deploy(ed|ment)?|prod(uction)?|live|hotfix|build)$/i;
/** Fewer tell of no habit. */
const enough = 2;
/** Plain versions, which a pattern such as `*-*` would take for something's of that name. */
const plain = { v: ['v?.*', 'v??.*'], none: ['?.*', '??.*'] } as const;

interface Version {
  readonly tag: string;
  readonly before: string;
  readonly v: string;
  readonly after: string;
}

export function proposeDeployments({ tags, branch }: Pick<RepositoryLook, 'tags' | 'branch'>): DeploymentProposal {
  const versions = tags.flatMap(versionOf);
  const days = tags.flatMap(datedOf);
  const found = versions.filter(isFinal).length < enough ? days : versions;
  const finals = found.filter(isFinal);
  if (finals.length < enough) return ofBranch(branch, tags.length);
  const words = new Set(
    [...versions, ...days].flatMap(({ before, after }) => preReleaseIn(after) ?? preReleaseIn(before) ?? []),
  );
  const except = [...words]
    .map(word => `*${word}*`)
    .filter(pattern => !finals.some(({ tag }) => wildcard([pattern])(tag)));
  // One prefix is the repository's own way to write a version; several are things with versions of their own.
  const names = new Set(finals.map(({ before }) => before).filter(before => !ofAny.test(before.replace(/.$/s, ''))));
  names.delete('');
  const rules = names.size > 1 ? rulesOfSeveral(finals, except) : [ruleOf(finals, except)];
  const taken = tags.filter(tag => rules.some(rule => wildcard(rule.tags)(tag) && !wildcard(rule.except)(tag)));
  return {
    rules,
    reason: `${taken.length} of its ${tags.length} tags; each is a deployment of its commit, at the time of the tag`,
  };
}

function versionOf(tag: string): Version[] {
  const { before = '', v = '', after = '' } = version.exec(tag)?.groups ?? {};
  // With dots a day reads as a version, too.
  const isDay = dated.test(tag) && dated.exec(tag)?.groups?.mark !== '.';
  return version.test(tag) && !isDay && (before === '' || named.test(before)) ? [{ tag, before, v, after }] : [];
}

function datedOf(tag: string): Version[] {
  const { before = '', century = '', after = '' } = dated.exec(tag)?.groups ?? {};
  return dated.test(tag) ? [{ tag, before, v: before === '' ? century : '', after }] : [];
}

type TagRule = Extract<ProposedRule, { readonly from: 'tags' }>;

const ruleOf = (finals: readonly Version[], except: readonly string[]): TagRule => ({
  from: 'tags',
  tags: [...new Set(finals.map(({ before, v }) => (before === '' && v === '' ? '*.*' : `${before}${v}*`)))],
  except,
});

/** What has a name of its own is a service; what is plainly a version beside it is the repository's. */
function rulesOfSeveral(finals: readonly Version[], except: readonly string[]): readonly TagRule[] {
  const own = finals.filter(({ before }) => before === '');
  const others = finals.filter(({ before }) => before !== '');
  const marks = [...new Set(own.flatMap(({ v }) => (v === '' ? plain.none : v === 'v' ? plain.v : [`${v}*`])))];
  return [
    ...(own.length < enough ? [] : [{ from: 'tags' as const, tags: marks, except }]),
    {
      from: 'tags',
      tags: [...new Set(others.map(shapeOf))],
      except: [...except, ...marks],
      service: '{1}',
    },
  ];
}

const isFinal = ({ before, after }: Version) => (preReleaseIn(after) ?? preReleaseIn(before)) === undefined;

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
    rules: [{ from: 'branch', ...(isUsual ? {} : { branch }) }],
    reason: `${tags === 0 ? 'it has no tags' : 'its tags are no versions'}, so what is merged into ${branch ?? 'its main branch'} is taken for deployed by that`,
  };
}
