/** One ownership rule, made ready to judge many sets of attributes. */
import { conditionAttributes, type givenAttributes, type RuleConfig } from './config.ts';
import type { Names } from './names.ts';

import { fold } from './refs.ts';
import { wildcard } from './wildcard.ts';

/** What rules may read of a fact; empty text is absent. */
export interface OwnerAttributes {
  readonly provider?: string;
  readonly billing_account?: string;
  readonly sub_account?: string;
  readonly region?: string;
  readonly service_name?: string;
  readonly charge_category?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly cluster?: string;
  readonly repository?: string;
  readonly image?: string;
  /** Words that the fact itself brings: its service, team and environment as its system calls them. */
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export type GivenAttribute = (typeof givenAttributes)[number];
export type Given = { readonly [attribute in GivenAttribute]?: string | undefined };

/** Why a rule said nothing, as data; explain.ts makes the sentence. */
export type Miss =
  | { readonly reason: 'not_valid'; readonly from: string | undefined; readonly to: string | undefined }
  | { readonly reason: 'condition'; readonly attribute: string; readonly value: string | undefined }
  | { readonly reason: 'tag_absent'; readonly keys: readonly string[] }
  | { readonly reason: 'account_unknown'; readonly value: string | undefined }
  | { readonly reason: 'team_unknown'; readonly value: string };

export type Verdict =
  | { readonly matched: true; readonly gives: Given }
  | { readonly matched: false; readonly miss: Miss };

/** Attributes, with the names of tags folded once for all rules. */
export interface Subject {
  readonly attributes: OwnerAttributes;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Rule {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly reads: { readonly tags: readonly string[]; readonly attributes: readonly (keyof OwnerAttributes)[] };
  /** Teams that the rule names itself. */
  readonly teams: readonly string[];
  readonly judge: (subject: Subject) => Verdict;
}

// What people write beside ids: how it is spelled differs from bill to bill.
const caseless = new Set<string>(['provider', 'service_name', 'charge_category', 'repository']);

/** Azure's bills write `/subscriptions/ID` where its APIs have the ID, and both in any case. */
const accountKey = (id: string): string => fold(id).replace(/^\/subscriptions\/|\/+$/g, '');

export function compileRule(config: RuleConfig, names: Names): Rule {
  const conditions = conditionAttributes.flatMap(attribute => {
    const patterns = config[attribute];
    return patterns === undefined ? [] : [{ attribute, test: wildcard([patterns].flat(), caseless.has(attribute)) }];
  });
  const said = sayer(config, names);
  return {
    name: config.name,
    from: config.valid_from,
    to: config.valid_to,
    reads: { tags: said.tags, attributes: [...conditions.map(({ attribute }) => attribute), ...said.attributes] },
    teams: said.teams,
    judge: subject => {
      for (const { attribute, test } of conditions) {
        const value = subject.attributes[attribute] || undefined;
        if (value === undefined || !test(value)) return miss({ reason: 'condition', attribute, value });
      }
      return said.judge(subject);
    },
  };
}

const miss = (why: Miss): Verdict => ({ matched: false, miss: why });

interface Sayer {
  readonly tags: readonly string[];
  readonly attributes: readonly (keyof OwnerAttributes)[];
  readonly teams: readonly string[];
  readonly judge: (subject: Subject) => Verdict;
}

function sayer(config: RuleConfig, names: Names): Sayer {
  if ('tag' in config && config.tag !== undefined) return tagSayer(config.tag, names);
  if ('account' in config && config.account !== undefined) {
    const accounts = new Map(
      Object.entries(config.account).map(([id, given]) => [accountKey(id), fixed(given, names)]),
    );
    return {
      tags: [],
      attributes: ['sub_account', 'billing_account'],
      teams: Object.values(config.account).flatMap(given => given.team ?? []),
      judge: ({ attributes }) => {
        const { sub_account: subAccount, billing_account: billingAccount } = attributes;
        const given = accounts.get(accountKey(subAccount ?? '')) ?? accounts.get(accountKey(billingAccount ?? ''));
        return given ?? miss({ reason: 'account_unknown', value: subAccount || billingAccount || undefined });
      },
    };
  }
  const verdict = fixed(config as Given, names);
  return {
    tags: [],
    attributes: [],
    teams: [(config as Given).team].flatMap(team => team ?? []),
    judge: () => verdict,
  };
}

/** What a rule says in its own words. A team that no Group bears is not given: it would be a ghost. */
function fixed(given: Given, names: Names): Verdict {
  const component = given.service === undefined ? undefined : names.serviceOf(given.service);
  const team = given.team === undefined ? component?.team : names.teamOf(given.team);
  const gives: Given = {
    ...(team === undefined ? {} : { team }),
    ...(component === undefined ? {} : { service: component.service }),
    ...(given.environment === undefined ? {} : { environment: fold(given.environment) }),
    ...(given.split === undefined ? {} : { split: given.split }),
  };
  return Object.keys(gives).length > 0
    ? { matched: true, gives }
    : miss({ reason: 'team_unknown', value: given.team ?? '' });
}

type TagConfig = NonNullable<Extract<RuleConfig, { tag: object }>['tag']>;

function tagSayer(tag: TagConfig, names: Names): Sayer {
  const keys = tag.keys.map(fold);
  const spellings = new Map<string, string>();
  for (const [value, words] of Object.entries(tag.values ?? {}))
    for (const word of [value, ...words]) spellings.set(fold(word), value);
  const given = (raw: string): Given | undefined => {
    const word = spellings.get(fold(raw)) ?? raw;
    if (tag.gives === 'environment') return { environment: fold(word) };
    if (tag.gives === 'service') return names.serviceOf(word);
    const team = names.teamOf(word);
    return team === undefined ? undefined : { team };
  };
  return {
    tags: keys,
    attributes: ['tags'],
    teams: tag.gives === 'team' ? Object.keys(tag.values ?? {}) : [],
    judge: ({ tags }) => {
      let unknown: string | undefined;
      for (const key of keys) {
        const value = tags.get(key);
        if (value === undefined) continue;
        const gives = given(value);
        if (gives !== undefined) return { matched: true, gives };
        unknown ??= value;
      }
      return miss(unknown === undefined ? { reason: 'tag_absent', keys } : { reason: 'team_unknown', value: unknown });
    },
  };
}

/** Tags by folded name; blank values are absent, and of two names that differ in case the first in order counts. */
export function tagsOf(tags: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const name of Object.keys(tags ?? {}).sort()) {
    const value = tags?.[name]?.trim() ?? '';
    if (value !== '' && !folded.has(fold(name))) folded.set(fold(name), value);
  }
  return folded;
}
