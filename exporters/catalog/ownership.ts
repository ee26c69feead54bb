/** Who owns what: the ordered rules over the catalog, for one version of both. */
import { createHash } from 'node:crypto';
import type { Catalog } from './catalog.ts';
import { givenAttributes, type OwnershipConfig } from './config.ts';
import { type Directory, directoryOf } from './directory.ts';
import { PlumblineError } from './errors.ts';
import { buildNames, type Names } from './names.ts';
import type { OwnershipProblem } from './ownership-problem.ts';
import { fold } from './refs.ts';
import {
  compileRule,
  type Given,
  type GivenAttribute,
  type Miss,
  type OwnerAttributes,
  type Rule,
  tagsOf,
  type Verdict,
} from './rules.ts';
import { resolveSplits, type Split } from './splits.ts';

export interface Owner {
  readonly team: string;
  readonly service: string;
  readonly environment: string;
  /** The split that shares it out. */
  readonly split?: string;
  /** The rule that gave each attribute. */
  readonly rules: { readonly [attribute in GivenAttribute]?: string };
}

/** One rule's part in an explanation: what it gave, and what of that was not given by an earlier one. */
export type Step = { readonly rule: string } & (
  | (Extract<Verdict, { matched: true }> & { readonly taken: readonly GivenAttribute[] })
  | { readonly matched: false; readonly miss: Miss }
);

export interface Ownership {
  /** The owner on a UTC day, today unless given. */
  readonly resolve: (attributes: OwnerAttributes, day?: string) => Owner;
  /** The whole way through the rules. */
  readonly explainOwner: (
    attributes: OwnerAttributes,
    day?: string,
  ) => { readonly owner: Owner; readonly steps: readonly Step[] };
  /** Tag names (lower case) and attributes that rules read; what they don't read need not be kept. */
  readonly reads: { readonly tags: readonly string[]; readonly attributes: readonly (keyof OwnerAttributes)[] };
  /** All Groups of the catalog; without any, the teams that the configuration names. Sorted. */
  readonly teams: readonly string[];
  readonly splits: readonly Split[];
  /** Which team or service a word names, for facts that bring them as words of their own. */
  readonly names: Names;
  /** Days, ascending, on which a rule begins or ends to hold. */
  readonly boundaries: readonly string[];
  readonly problems: readonly OwnershipProblem[];
  /** All that is needed to build it again, as JSON. */
  readonly document: OwnershipDocument;
  /** SHA-256 of the document; equal exactly where catalog, rules and splits are. */
  readonly digest: string;
}

export interface OwnershipDocument {
  readonly format: 1;
  readonly directory: Directory;
  readonly config: OwnershipConfig;
}

export const unowned = 'unowned';
export const unassigned = 'unassigned';

/** Stands as the rule where no rule says it, and the catalog or the fact's own words do. */
export const byCatalog = 'the catalog';

export const buildOwnership = (catalog: Catalog, config: OwnershipConfig): Ownership =>
  ownershipOf({ format: 1, directory: directoryOf(catalog), config });

/** Reads a version's document. Errors: OWNERSHIP_VERSION_UNREADABLE where a newer Plumbline wrote it. */
export function ownershipFromDocument(text: string, version: number): Ownership {
  const document = JSON.parse(text) as OwnershipDocument;
  if (document.format !== 1)
    throw new PlumblineError('OWNERSHIP_VERSION_UNREADABLE', { version, format: String(document.format) });
  return ownershipOf(document);
}

function ownershipOf(document: OwnershipDocument): Ownership {
  const { directory, config } = document;
  const names = buildNames(directory, config.aliases);
  const rules = config.rules.map(rule => compileRule(rule, names));
  const named = [...Object.keys(config.aliases), ...rules.flatMap(rule => rule.teams)].flatMap(
    team => names.teamOf(team) ?? [],
  );
  const known = directory.teams.length > 0 ? directory.teams.map(({ team }) => team) : named;
  const sharing =
    directory.teams.length > 0 ? directory.teams.flatMap(({ team, shares }) => (shares ? team : [])) : named;
  const { splits, problems: splitProblems } = resolveSplits(config.splits, names, sorted(sharing));
  const unknown = (reason: OwnershipProblem['reason'], name: string, teams: readonly string[]): OwnershipProblem[] =>
    teams.filter(team => names.teamOf(team) === undefined).map(value => ({ reason, name, value }));
  const boundaries = sorted(rules.flatMap(({ from, to }) => [from, to].flatMap(day => day ?? [])));
  const activeOn = byDay(rules, boundaries);
  const digest = createHash('sha256').update(canonicalJson(document)).digest('hex');

  const walk = (
    attributes: OwnerAttributes,
    day: string,
    onVerdict?: (rule: Rule, verdict: Verdict, taken: GivenAttribute[]) => void,
    onCatalog?: (gives: Given, taken: GivenAttribute[]) => void,
  ) => {
    const subject = { attributes, tags: tagsOf(attributes.tags) };
    const given: { [attribute in GivenAttribute]?: string } = {};
    const by: { [attribute in GivenAttribute]?: string } = {};
    for (const rule of onVerdict ? rules : activeOn(day)) {
      const verdict = holdsOn(rule, day) ? rule.judge(subject) : notValid(rule);
      const taken: GivenAttribute[] = [];
      if (verdict.matched)
        for (const attribute of givenAttributes) {
          const value = verdict.gives[attribute];
          // Team and split both say who bears it: the first rule that gives either decides, one that gives both splits.
          const isBorne = attribute === 'split' && by.team !== undefined && by.team !== rule.name;
          if (value === undefined || given[attribute] !== undefined || isBorne) continue;
          given[attribute] = value;
          by[attribute] = rule.name;
          taken.push(attribute);
        }
      onVerdict?.(rule, verdict, taken);
    }
    const said = ofCatalog(attributes, names, given.service);
    const taken: GivenAttribute[] = [];
    for (const attribute of ['team', 'service', 'environment'] as const) {
      const isBorne = attribute === 'team' && given.split !== undefined;
      if (said[attribute] === undefined || given[attribute] !== undefined || isBorne) continue;
      given[attribute] = said[attribute];
      by[attribute] = byCatalog;
      taken.push(attribute);
    }
    if (taken.length > 0) onCatalog?.(said, taken);
    const { team = unowned, service = unassigned, environment = unassigned, split } = given;
    return { team, service, environment, ...(split === undefined ? {} : { split }), rules: by };
  };

  return {
    resolve: (attributes, day = today()) => walk(attributes, day),
    explainOwner: (attributes, day = today()) => {
      const steps: Step[] = [];
      const owner = walk(
        attributes,
        day,
        ({ name: rule }, verdict, taken) => {
          steps.push(verdict.matched ? { rule, ...verdict, taken } : { rule, ...verdict });
        },
        (gives, taken) => {
          steps.push({ rule: byCatalog, matched: true, gives, taken });
        },
      );
      return { owner, steps };
    },
    reads: {
      tags: sorted(rules.flatMap(rule => rule.reads.tags)),
      attributes: sorted(rules.flatMap(rule => rule.reads.attributes)),
    },
    teams: sorted(known),
    splits,
    names,
    boundaries,
    problems: [
      ...rules.flatMap(rule => unknown('rule_team_unknown', rule.name, rule.teams)),
      ...Object.keys(config.aliases).flatMap(team => unknown('alias_team_unknown', team, [team])),
      ...splitProblems,
    ],
    document,
    digest,
  };
}

/** What the words of a fact, or the Component of its repository, say where no rule does. */
function ofCatalog(attributes: OwnerAttributes, names: Names, service: string | undefined): Given {
  const { service: word, repository } = attributes;
  const component =
    service !== undefined
      ? names.serviceOf(service)
      : word
        ? names.serviceOf(word)
        : repository
          ? names.serviceOfRepository(repository)
          : undefined;
  const team =
    (attributes.team ? names.teamOf(attributes.team) : undefined) ??
    component?.team ??
    (repository ? names.teamOfRepository(repository) : undefined);
  return {
    ...(team === undefined ? {} : { team }),
    ...(component === undefined ? {} : { service: component.service }),
    ...(attributes.environment ? { environment: fold(attributes.environment) } : {}),
  };
}

const today = () => new Date().toISOString().slice(0, 10);
const sorted = <T extends string>(list: readonly T[]): T[] => [...new Set(list)].sort();
const holdsOn = ({ from, to }: Rule, day: string) =>
  (from === undefined || from <= day) && (to === undefined || day < to);
const notValid = ({ from, to }: Rule): Verdict => ({ matched: false, miss: { reason: 'not_valid', from, to } });

/** The rules in force on a day, worked out once for each stretch between two boundaries. */
function byDay(rules: readonly Rule[], boundaries: readonly string[]): (day: string) => readonly Rule[] {
  if (boundaries.length === 0) return () => rules;
  const stretches = ['', ...boundaries].map(from => ({ from, rules: rules.filter(rule => holdsOn(rule, from)) }));
  return day => stretches.findLast(({ from }) => from <= day)?.rules ?? [];
}

/** JSON with sorted names, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
