/**
 * What the rules need of the catalog, and nothing more: it is kept with each version of ownership, so that a
 * description or a link that changes makes no new version.
 */
import type { Catalog } from './catalog.ts';
import type { Entity } from './entity.ts';
import { fold, kindOf, labelOf } from './refs.ts';
import { repositorySlug } from './repository.ts';

/** Other words for a team or a service, separated by commas; for tags that say them otherwise. */
export const aliasesAnnotation = 'plumbline.dev/aliases';

/** Annotations that name a Component's repository, as Backstage's integrations read them. */
const repositoryAnnotations = [
  'github.com/project-slug',
  'gitlab.com/project-slug',
  'bitbucket.org/project-slug',
  'dev.azure.com/project-repo',
  'backstage.io/source-location',
] as const;

export interface Directory {
  /** Every Group. `shares`: takes part in splits that name no teams. */
  readonly teams: readonly {
    readonly ref: string;
    readonly team: string;
    readonly parent?: string;
    readonly shares: boolean;
    readonly aliases: readonly string[];
    /** The item of catalog.backstage that told it; absent where a file did. */
    readonly api?: string;
  }[];
  /** Every Component, and the team that owns it. */
  readonly services: readonly {
    readonly ref: string;
    readonly service: string;
    readonly team?: string;
    readonly aliases: readonly string[];
    /** Folded, such as `acme/checkout`; absent where no annotation names one. */
    readonly repositories?: readonly string[];
    readonly api?: string;
  }[];
  /** Every User whose Group is known. */
  readonly users: readonly { readonly ref: string; readonly team: string }[];
}

/** Projects the catalog; sorted by reference, so that equal catalogs give equal documents. */
export function directoryOf(catalog: Catalog): Directory {
  const ofKind = (kind: string) =>
    [...catalog.entities.values()]
      .filter(entity => kindOf(entity.ref) === kind)
      .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  const groups = ofKind('group');
  // A department is no bearer of cost beside its own teams.
  const typed = groups.some(group => group.type === 'team');
  const teams = groups.map(group => {
    const parent = catalog.parentOf(group.ref);
    return {
      ref: group.ref,
      team: labelOf(group.namespace, group.name),
      ...(parent === undefined ? {} : { parent }),
      shares: typed ? group.type === 'team' : catalog.childrenOf(group.ref).length === 0,
      aliases: aliasesOf(group),
      ...apiOf(group),
    };
  });
  const services = ofKind('component').map(component => {
    const team = catalog.teamOf(component.ref);
    const repositories = repositoriesOf(component);
    return {
      ref: component.ref,
      service: labelOf(component.namespace, component.name),
      ...(team === undefined ? {} : { team }),
      aliases: aliasesOf(component),
      ...(repositories.length === 0 ? {} : { repositories }),
      ...apiOf(component),
    };
  });
  const users = ofKind('user').flatMap(user => {
    const team = catalog.teamOfOwner(user.ref);
    return team === undefined ? [] : [{ ref: user.ref, team }];
  });
  return { teams, services, users };
}

const apiOf = ({ api }: Entity) => (api === undefined ? {} : { api });

const aliasesOf = (entity: Entity) =>
  (entity.annotations[aliasesAnnotation] ?? '').split(',').map(fold).filter(Boolean).sort();

function repositoriesOf(entity: Entity): readonly string[] {
  const slugs = repositoryAnnotations.flatMap(name => {
    const said = (entity.annotations[name] ?? '').trim();
    // A location that is a folder of a repository names a part of it, which other Components may share.
    const slug = repositorySlug(said);
    return slug === undefined ? [] : [slug];
  });
  return [...new Set(slugs)].sort();
}
