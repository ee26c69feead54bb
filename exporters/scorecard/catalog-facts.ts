/** What the catalog itself says of its services: whose they are, what is missing in their entries, who is called. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Entity } from '../catalog/entity.ts';
import { unowned } from '../catalog/ownership.ts';
import { fold, kindOf, labelOf } from '../catalog/refs.ts';
import { repositoryPath } from '../catalog/repository.ts';
import { wildcard } from '../catalog/wildcard.ts';
import type { CatalogCheck } from './checks.ts';
import { serviceRow, type ToldCheck } from './store.ts';

/** A service as the golden path sees it. */
export interface CatalogService {
  readonly ref: string;
  readonly service: string;
  readonly team: string;
  readonly type: string;
  readonly lifecycle: string;
  readonly tier: string;
  readonly system: string;
  readonly tags: readonly string[];
  readonly repository: string;
}

/** An objective that a service has. */
export interface SloKnown {
  readonly service: string;
  readonly name: string;
}

/** Annotations by which the tools of a Backstage portal find who is called. */
const onCallAnnotations = [
  ...['pagerduty.com/service-id', 'pagerduty.com/integration-key', 'pagerduty.com/account'],
  ...['opsgenie.com/component-selector', 'opsgenie.com/team'],
  ...['victorops.com/team', 'splunk.com/on-call-team', 'incident.io/service-id', 'rootly.com/service-slug'],
  ...[
    'rootly.com/service-id',
    'firehydrant.com/service-name',
    'grafana.com/oncall-integration',
    'ilert.com/integration-key',
  ],
];
/** What alerts/routes/catalog.ts reads of a Group: someone is told. */
const receiverAnnotations = [
  ...['slack-channel', 'email', 'webhook-url-file', 'msteams-webhook-url-file', 'pagerduty-routing-key-file'],
].map(name => `plumbline.dev/${name}`);
const sourceAnnotations = [
  ...['github.com/project-slug', 'gitlab.com/project-slug', 'bitbucket.org/project-slug', 'dev.azure.com/project-repo'],
  ...['backstage.io/source-location', 'backstage.io/view-url'],
];
const techdocsAnnotations = ['backstage.io/techdocs-ref', 'backstage.io/techdocs-entity'];

const said = (text: string | undefined) => (text ?? '').trim() !== '';
const hasAny = (entity: Entity | undefined, names: readonly string[]) =>
  names.find(name => said(entity?.annotations[name]));
const linkOf = ({ links }: Entity, words: RegExp) =>
  links.find(({ title, type }) => words.test(title) || words.test(type));

/** Of `types` alone where some are given. */
export function componentsOf(catalog: Catalog, types: readonly string[]): readonly Entity[] {
  const wanted = new Set(types.map(fold));
  return [...catalog.entities.values()]
    .filter(({ ref, type }) => kindOf(ref) === 'component' && (wanted.size === 0 || wanted.has(fold(type ?? ''))))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

export const serviceOf = (catalog: Catalog, entity: Entity): CatalogService => ({
  ref: entity.ref,
  service: labelOf(entity.namespace, entity.name),
  team: catalog.teamOf(entity.ref) ?? unowned,
  type: fold(entity.type ?? ''),
  lifecycle: fold(entity.lifecycle ?? ''),
  tier: fold(
    entity.annotations['plumbline.dev/tier'] ?? entity.tags.map(tag => /^tier-?(.+)$/i.exec(tag)?.[1]).find(said) ?? '',
  ),
  system: fold(entity.system === undefined ? '' : entity.system.slice(entity.system.lastIndexOf('/') + 1)),
  tags: entity.tags.map(fold).sort(),
  repository:
    sourceAnnotations.map(name => repositoryPath(entity.annotations[name] ?? '')).find(path => path !== undefined) ??
    '',
});

type Verdict = { readonly isPassed: boolean; readonly detail?: string };

interface Judging {
  readonly catalog: Catalog;
  /** Teams that `alerts.receivers` names. */
  readonly receivers: readonly string[];
}

const judges: Readonly<Record<CatalogCheck, (entity: Entity, judging: Judging) => Verdict>> = {
  owner: (entity, { catalog }) => {
    const team = catalog.teamOf(entity.ref);
    if (team !== undefined) return { isPassed: true };
    return {
      isPassed: false,
      detail: entity.owner === undefined ? 'no owner' : `${entity.owner} is no Group of the catalog`,
    };
  },
  entry: entity => {
    const missing = [
      ...(said(entity.description) ? [] : ['description']),
      ...(said(entity.type) ? [] : ['type']),
      ...(said(entity.lifecycle) ? [] : ['lifecycle']),
      ...(entity.system === undefined ? ['system'] : []),
      ...(hasAny(entity, sourceAnnotations) === undefined ? ['source'] : []),
    ];
    return {
      isPassed: missing.length === 0,
      ...(missing.length === 0 ? {} : { detail: `no ${missing.join(', no ')}` }),
    };
  },
  'on-call': (entity, { catalog, receivers }) => {
    const group = entity.owner === undefined ? undefined : catalog.entities.get(entity.owner);
    const by =
      hasAny(entity, onCallAnnotations) ??
      hasAny(entity, receiverAnnotations) ??
      hasAny(group, onCallAnnotations) ??
      hasAny(group, receiverAnnotations) ??
      (receivers.includes(catalog.teamOf(entity.ref) ?? '') ? 'alerts.receivers' : undefined);
    return { isPassed: by !== undefined, detail: by === undefined ? 'nobody is known to be called' : `by ${by}` };
  },
  runbook: entity => {
    const found = said(entity.annotations['plumbline.dev/runbook'])
      ? entity.annotations['plumbline.dev/runbook']
      : linkOf(entity, /run-?\s?book|playbook/i)?.url;
    return { isPassed: found !== undefined, detail: found ?? 'no runbook' };
  },
  documentation: entity => {
    const found = hasAny(entity, techdocsAnnotations) ?? linkOf(entity, /\bdoc(s|umentation)?\b/i)?.url;
    return { isPassed: found !== undefined, detail: found ?? 'no documentation' };
  },
};

/** A check of an annotation, by the id that its facts have. */
export interface AnnotationCheck {
  readonly check: string;
  readonly name: string;
  readonly matches?: readonly string[] | undefined;
}

/** What the catalog's checks say of every service now. */
export function catalogFacts(
  components: readonly Entity[],
  { annotations, ...judging }: Judging & { readonly annotations: readonly AnnotationCheck[] },
  now: Date,
): readonly ToldCheck[] {
  const told = (check: string, judge: (entity: Entity) => Verdict): ToldCheck => ({
    ...{ exporter: 'catalog', check, holdsBefore: true },
    rows: components.map(entity => {
      const { isPassed, detail = '' } = judge(entity);
      const { service, team } = serviceOf(judging.catalog, entity);
      return serviceRow(now, { service, team, state: isPassed ? 'pass' : 'fail', detail: detail.slice(0, 200) });
    }),
  });
  return [
    ...Object.entries(judges).map(([check, judge]) => told(check, entity => judge(entity, judging))),
    ...annotations.map(({ check, name, matches }) => {
      const passes = wildcard(matches ?? ['*'], true);
      return told(check, entity => {
        const value = entity.annotations[name]?.trim() ?? '';
        if (value === '') return { isPassed: false, detail: `no ${name}` };
        return { isPassed: passes(value), detail: `${name}: ${value}` };
      });
    }),
  ];
}

/** Which services have an objective. */
export function sloFacts(
  components: readonly Entity[],
  catalog: Catalog,
  slos: readonly SloKnown[],
  now: Date,
): ToldCheck {
  const names = Map.groupBy(slos, ({ service }) => fold(service));
  return {
    ...{ exporter: 'slos', check: 'defined', holdsBefore: true },
    rows: components.map(entity => {
      const { service, team } = serviceOf(catalog, entity);
      const own = [...new Set((names.get(fold(service)) ?? []).map(({ name }) => name))].sort();
      const isDefined = own.length > 0;
      return serviceRow(now, {
        ...{ service, team, state: isDefined ? 'pass' : 'fail' },
        detail: isDefined ? own.join(', ').slice(0, 200) : 'no objective',
      });
    }),
  };
}
