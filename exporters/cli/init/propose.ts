/** Which tags, accounts and resources tell the owner: by overlap with the catalog, and by their names. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { Entity } from '../../catalog/entity.ts';
import { fold, labelOf } from '../../catalog/refs.ts';
import type { Account, BillLook, Share, TagKey } from './look.ts';

export type Given = 'team' | 'service' | 'environment';

export interface TagProposal {
  readonly gives: Given;
  /** Best first. */
  readonly keys: readonly string[];
  /** Spellings of environments, by the usual word. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface AccountProposal extends Account {
  readonly team: string | undefined;
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

export interface Proposal {
  readonly tags: readonly TagProposal[];
  /** Tag keys that say none of the three. */
  readonly otherTags: readonly TagKey[];
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly accounts: readonly AccountProposal[];
  /** Components whose names stand in the ids of resources without those tags. */
  readonly resources: readonly Share[];
}

const keyNames: Readonly<Record<Given, readonly string[]>> = {
  team: ['team', 'owner', 'squad', 'owningteam', 'teamname', 'ownerteam', 'costowner', 'costcenter', 'costcentre'],
  service: [
    'service',
    'servicename',
    'application',
    'app',
    'appname',
    'applicationname',
    'component',
    'workload',
    'product',
  ],
  environment: ['environment', 'env', 'stage', 'environmenttype', 'deploymentenvironment', 'tier'],
};

const environments: Readonly<Record<string, readonly string[]>> = {
  production: ['production', 'prod', 'prd', 'live'],
  staging: ['staging', 'stage', 'stg', 'preprod', 'pre-prod', 'preproduction', 'uat'],
  development: ['development', 'dev', 'develop'],
  test: ['test', 'testing', 'tst', 'qa'],
  sandbox: ['sandbox', 'sbx'],
};
const environmentOf = new Map(
  Object.entries(environments).flatMap(([name, words]) => words.map(word => [word, name] as const)),
);

/** Below this part of a tag's cost, that its values are teams is chance. */
const overlapNeeded = 0.3;
const resourceShareNeeded = 0.01;
const mostResources = 20;

const plain = (key: string) => fold(key.slice(key.lastIndexOf('/') + 1)).replace(/[^a-z0-9]/g, '');

export async function propose(catalog: Catalog, look: BillLook): Promise<Proposal> {
  const entities = [...catalog.entities.values()];
  const teams = namesOf(entities, 'group');
  const services = namesOf(entities, 'component');
  const known: Readonly<Record<Given, (value: string) => boolean>> = {
    team: value => teamWord(value, teams) !== undefined,
    service: value => services.has(fold(value)),
    environment: value => environmentOf.has(fold(value)),
  };
  const meant: Readonly<Record<Given, (value: string) => string | undefined>> = {
    // Other words for teams are aliases, which all rules know.
    team: () => undefined,
    service: value => services.get(value),
    environment: value => environmentOf.get(value),
  };
  const taken = new Map<string, { readonly gives: Given; readonly score: number }>();
  for (const tag of look.tags) {
    const scored = (Object.keys(keyNames) as Given[])
      .map(gives => ({ gives, score: scoreOf(tag, gives, known[gives], gives === 'team' && teams.size > 0) }))
      .toSorted((a, b) => b.score - a.score)[0];
    if (scored !== undefined && scored.score > 0) taken.set(tag.key, scored);
  }
  const tags = (Object.keys(keyNames) as Given[]).flatMap((gives): TagProposal[] => {
    const chosen = look.tags.filter(tag => taken.get(tag.key)?.gives === gives);
    if (chosen.length === 0) return [];
    const keys = chosen.toSorted((a, b) => taken.get(b.key)!.score - taken.get(a.key)!.score).map(({ key }) => key);
    return [{ gives, keys, values: spellings(chosen, meant[gives]) }];
  });
  const resources = await look.resourcesWithout(
    [...taken.keys()],
    [...new Set(services.values())].filter(name => name.length >= 4 && !name.includes('/')),
  );
  return {
    tags,
    otherTags: look.tags.filter(tag => !taken.has(tag.key)),
    aliases: aliasesOf(
      look.tags.filter(tag => taken.get(tag.key)?.gives === 'team'),
      teams,
    ),
    accounts: look.accounts.map(account => ({ ...account, ...guess(account, teams, services) })),
    resources: resources.filter(({ share }) => share >= resourceShareNeeded).slice(0, mostResources),
  };
}

/** Of a configuration without bills. */
export const nothingProposed: Proposal = { tags: [], otherTags: [], aliases: {}, accounts: [], resources: [] };

/** The Component of that name; undefined where there is none. */
export const componentNamed = (catalog: Catalog, name: string): string | undefined =>
  namesOf([...catalog.entities.values()], 'component').get(fold(name));

/**
 * Label names by folded name, and by themselves; a name that several namespaces have, and `default` has not, is left to
 * people.
 */
function namesOf(entities: readonly Entity[], kind: string): Map<string, string> {
  const own = entities.filter(entity => entity.kind.toLowerCase() === kind);
  const meant = [...Map.groupBy(own, ({ name }) => fold(name))].flatMap(([word, same]) => {
    const one =
      same.find(({ namespace }) => fold(namespace) === 'default') ?? (same.length === 1 ? same[0] : undefined);
    return one === undefined ? [] : [[word, labelOf(one.namespace, one.name)] as const];
  });
  const labels = own.map(({ namespace, name }) => labelOf(namespace, name));
  return new Map([...labels.map(label => [fold(label), label] as const), ...meant]);
}

/** The Group that a tag's value means: its name, or its name with the word team around it. */
function teamWord(value: string, teams: ReadonlyMap<string, string>): string | undefined {
  const word = fold(value)
    .replace(/^group:/, '')
    .replace(/^default\//, '');
  const bare = word.replace(/^(team|squad)[-_ ]+|[-_ ]+(team|squad)$/g, '').replace(/[_ ]+/g, '-');
  return teams.get(word) ?? teams.get(bare) ?? teams.get(`team-${bare}`);
}

function scoreOf(tag: TagKey, gives: Given, known: (value: string) => boolean, mustOverlap: boolean): number {
  const total = tag.values.reduce((sum, { share }) => sum + share, 0);
  const matched = tag.values.filter(({ value }) => known(value)).reduce((sum, { share }) => sum + share, 0);
  const overlap = total > 0 ? matched / total : 0;
  const rank = keyNames[gives].indexOf(plain(tag.key));
  // Where teams are known, a tag that names none of them gives none.
  if (mustOverlap && overlap === 0) return 0;
  const byName = rank < 0 ? 0 : 1 - rank / 100;
  return overlap >= overlapNeeded ? 1 + overlap + byName : byName;
}

function spellings(tags: readonly TagKey[], meant: (value: string) => string | undefined): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { value } of tags.flatMap(tag => tag.values)) {
    const name = meant(fold(value));
    if (name === undefined || fold(value) === fold(name)) continue;
    found[name] ??= [];
    if (!found[name].includes(fold(value))) found[name].push(fold(value));
  }
  return found;
}

function aliasesOf(tags: readonly TagKey[], teams: ReadonlyMap<string, string>): Record<string, string[]> {
  const aliases: Record<string, string[]> = {};
  for (const { value } of tags.flatMap(tag => tag.values)) {
    const team = teamWord(value, teams);
    const word = fold(value);
    if (team === undefined || fold(team) === word.replace(/^group:/, '').replace(/^default\//, '')) continue;
    aliases[team] ??= [];
    if (!aliases[team].includes(word)) aliases[team].push(word);
  }
  return aliases;
}

/** What the words of an account's name say. */
function guess(account: Account, teams: ReadonlyMap<string, string>, services: ReadonlyMap<string, string>) {
  const words = fold(account.name)
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
  const phrases = words.flatMap((_, from) =>
    words.slice(from).map((_, length) => words.slice(from, from + length + 1).join('-')),
  );
  const longest = phrases.toSorted((a, b) => b.length - a.length);
  return {
    team: longest.flatMap(phrase => teams.get(phrase) ?? teams.get(`team-${phrase}`) ?? [])[0],
    service: longest.flatMap(phrase => services.get(phrase) ?? [])[0],
    environment: words.flatMap(word => environmentOf.get(word) ?? [])[0],
  };
}
