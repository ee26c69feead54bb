/** The catalog: entities by reference, the team that owns each, and the tree of Groups. */
import type { CatalogReject, Entity } from './entity.ts';
import { kindOf, labelOf } from './refs.ts';

export interface Catalog {
  readonly entities: ReadonlyMap<string, Entity>;
  /** What could not be read or followed: broken documents, duplicates, dangling owners, cycles. */
  readonly rejects: readonly CatalogReject[];
  /** False where no Group is known, so that any team name is taken. */
  readonly hasGroups: boolean;
  /** The team, as a label value, that an owner reference (a Group's, or a User's by its first Group that is known) leads to. */
  readonly teamOfOwner: (ref: string) => string | undefined;
  /** The team that owns an entity: its own owner, else its System's, else its Domain's. */
  readonly teamOf: (ref: string) => string | undefined;
  /** The Group above a Group; the link that would close a cycle is left out. */
  readonly parentOf: (ref: string) => string | undefined;
  readonly childrenOf: (ref: string) => readonly string[];
}

/** Builds the catalog. Of two entities with one reference the first counts and the second is rejected. */
export function buildCatalog(found: readonly Entity[], readRejects: readonly CatalogReject[] = []): Catalog {
  const rejects = [...readRejects];
  const reject = (entity: Entity, reason: string, field: string, value: string) =>
    rejects.push({
      source: 'catalog',
      file: entity.file,
      line: entity.line,
      reason,
      field,
      value: value.slice(0, 200),
    });
  const entities = new Map<string, Entity>();
  for (const entity of found) {
    const first = entities.get(entity.ref);
    if (first)
      reject(entity, 'duplicate_entity', 'metadata.name', `${entity.ref}, first in ${first.file}:${first.line}`);
    else entities.set(entity.ref, entity);
  }
  const ofKind = (kind: string) => [...entities.values()].filter(entity => kindOf(entity.ref) === kind);
  const groups = ofKind('group');
  const groupOfMember = new Map<string, string>();
  for (const group of groups)
    for (const member of group.members) if (!groupOfMember.has(member)) groupOfMember.set(member, group.ref);

  const teamOfOwner = (ref: string): string | undefined => {
    const entity = entities.get(ref);
    if (kindOf(ref) === 'group') return entity ? labelOf(entity.namespace, entity.name) : groupless(ref);
    if (kindOf(ref) !== 'user') return undefined;
    const listed = groupOfMember.get(ref);
    for (const group of [...(entity?.memberOf ?? []), ...(listed === undefined ? [] : [listed])]) {
      // A Group that is known to nobody is passed over, as one of a directory that is read only in part may be.
      const team = kindOf(group) === 'group' ? teamOfOwner(group) : undefined;
      if (team !== undefined) return team;
    }
    return undefined;
  };
  // An organisation may keep its Groups in a directory that isn't read; then the owner's own words are the team.
  const groupless = (ref: string) => {
    const [namespace = '', name = ''] = ref.slice(ref.indexOf(':') + 1).split('/');
    return groups.length === 0 && name !== '' ? labelOf(namespace, name) : undefined;
  };

  const domainUp = upwards(
    entities,
    ofKind('domain'),
    entity => entity.subdomainOf,
    (entity, cycle) => reject(entity, 'domain_cycle', 'spec.subdomainOf', cycle),
  );
  const above = (entity: Entity): string | undefined => {
    const kind = kindOf(entity.ref);
    if (kind === 'domain') return domainUp.get(entity.ref);
    const [up, upKind] = kind === 'system' ? [entity.domain, 'domain'] : [entity.system, 'system'];
    return up !== undefined && kindOf(up) === upKind ? up : undefined;
  };
  const teamOf = (ref: string): string | undefined => {
    const entity = entities.get(ref);
    if (!entity) return undefined;
    // A stated owner that leads nowhere is not replaced by another: it is reported, and nobody's until corrected.
    if (entity.owner !== undefined) return teamOfOwner(entity.owner);
    const up = above(entity);
    return up === undefined ? undefined : teamOf(up);
  };

  const listedBy = new Map<string, string>();
  for (const group of groups)
    for (const child of group.children) if (!listedBy.has(child)) listedBy.set(child, group.ref);
  const parents = upwards(
    entities,
    groups,
    group => group.parent ?? listedBy.get(group.ref),
    (group, cycle) => reject(group, 'group_cycle', 'spec.parent', cycle),
  );
  const children = Map.groupBy(parents.keys(), ref => parents.get(ref) ?? '');

  for (const entity of entities.values())
    if (entity.owner !== undefined && teamOfOwner(entity.owner) === undefined)
      reject(entity, 'owner_unknown', 'spec.owner', entity.owner);

  return {
    entities,
    rejects,
    hasGroups: groups.length > 0,
    teamOfOwner,
    teamOf,
    parentOf: ref => parents.get(ref),
    childrenOf: ref => children.get(ref) ?? [],
  };
}

/** Links upwards among entities of one kind, without those that would close a cycle; each cycle is told once. */
function upwards(
  entities: ReadonlyMap<string, Entity>,
  members: readonly Entity[],
  up: (entity: Entity) => string | undefined,
  onCycle: (entity: Entity, cycle: string) => void,
): Map<string, string> {
  const links = new Map<string, string>();
  for (const entity of members) {
    const target = up(entity);
    if (target === undefined || !entities.has(target)) continue;
    const way = [entity.ref, target];
    for (let next = links.get(target); next !== undefined && target !== entity.ref; next = links.get(next)) {
      way.push(next);
      if (next === entity.ref) break;
    }
    if (way.at(-1) === entity.ref) onCycle(entity, way.join(' → '));
    else links.set(entity.ref, target);
  }
  return links;
}
