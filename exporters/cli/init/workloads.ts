/** Whose the namespaces and workloads are that reports of clusters name: by what the catalog calls so. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { Entity } from '../../catalog/entity.ts';
import { fold, labelOf } from '../../catalog/refs.ts';
import type { Told } from '../../findings/report.ts';
import { comment, quoted } from './yaml.ts';

/** A workload of a cluster as a report names it. */
export interface Workload {
  readonly namespace: string;
  /** '' where the report is of the namespace as a whole. */
  readonly name: string;
}

export interface OwnedWorkloads {
  readonly workloads: readonly { readonly name: string; readonly service: string }[];
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly gives: { readonly service: string } | { readonly team: string } | undefined;
  }[];
}

/** As Backstage's Kubernetes plugin reads them. */
const namespaceAnnotation = 'backstage.io/kubernetes-namespace';
const idAnnotation = 'backstage.io/kubernetes-id';
const mostNamespaces = 30;

/** What the owners of results name. */
export function workloadsIn({ reports = [] }: Told): readonly Workload[] {
  const found = new Map<string, Workload>();
  for (const { results, counts = [] } of reports)
    for (const { owner } of [...results, ...counts]) {
      const { namespace = '', resource = '' } = JSON.parse(owner) as { namespace?: string; resource?: string };
      if (namespace === '') continue;
      found.set(`${namespace} ${resource}`, { namespace, name: resource.slice(resource.lastIndexOf('/') + 1) });
    }
  return [...found.values()];
}

export function ownersOfWorkloads(catalog: Catalog, seen: readonly Workload[]): OwnedWorkloads {
  const entities = [...catalog.entities.values()];
  const ofKind = (kind: string) => entities.filter(entity => entity.kind.toLowerCase() === kind);
  const components = ofKind('component');
  const nameOf = ({ namespace, name }: Entity) => labelOf(namespace, name);
  const named = (words: (entity: Entity) => readonly (string | undefined)[], list: readonly Entity[]) => {
    const byWord = new Map<string, Entity[]>();
    for (const entity of list)
      for (const word of new Set(words(entity).flatMap(each => (each ? fold(each) : []))))
        byWord.set(word, [...(byWord.get(word) ?? []), entity]);
    return (word: string) => byWord.get(fold(word)) ?? [];
  };
  const componentsOf = named(({ name, annotations }) => [annotations[idAnnotation], name], components);
  const inNamespace = named(({ annotations }) => [annotations[namespaceAnnotation]], components);
  const groupsOf = named(({ name }) => [name], ofKind('group'));
  const givesOf = (namespace: string) => {
    const own = inNamespace(namespace);
    const said = own.length > 0 ? own : componentsOf(namespace);
    if (said.length === 1) return { service: nameOf(said[0]!) };
    const teams = new Set(said.map(({ ref }) => catalog.teamOf(ref)));
    const [team] = said.length > 0 ? teams : groupsOf(namespace).map(nameOf);
    return teams.size > 1 || team === undefined ? undefined : { team };
  };
  const names = [...new Set(seen.map(({ name }) => name))].filter(name => name !== '').sort();
  return {
    workloads: names.flatMap(name => {
      const said = componentsOf(name);
      return said.length === 1 ? [{ name, service: nameOf(said[0]!) }] : [];
    }),
    namespaces: [...new Set(seen.map(({ namespace }) => namespace))]
      .sort()
      .map(namespace => ({ namespace, gives: givesOf(namespace) })),
  };
}

export function workloadRuleLines({ workloads, namespaces }: OwnedWorkloads): string[] {
  const known = namespaces.filter(({ gives }) => gives !== undefined);
  const others = namespaces.filter(({ gives }) => gives === undefined);
  const further = others.length - mostNamespaces;
  return [
    ...(workloads.length === 0 ? [] : ['    # Components that are called as a workload of a cluster is.']),
    ...workloads.map(
      ({ name, service }) =>
        `    - { name: ${quoted(`workload ${name}`)}, cluster: "*", resource: ${JSON.stringify(`*/${name}`)}, service: ${quoted(service)} }`,
    ),
    ...(known.length === 0
      ? []
      : ['    # Namespaces that a Component is annotated with, or that are called as one or as a team is.']),
    ...known.map(({ namespace, gives }) => {
      const [[key = '', value = ''] = []] = Object.entries(gives ?? {});
      return `    - { name: ${quoted(`namespace ${namespace}`)}, namespace: ${quoted(namespace)}, ${key}: ${quoted(value)} }`;
    }),
    ...(others.length === 0 ? [] : ['    # Namespaces that nothing gives to anyone yet; a * is any text.']),
    ...others
      .slice(0, mostNamespaces)
      .map(({ namespace }) =>
        comment(`    # - { name: ${quoted(`namespace ${namespace}`)}, namespace: ${quoted(namespace)}, team: … }`),
      ),
    ...(further > 0 ? [`    # and ${further} more`] : []),
  ];
}
