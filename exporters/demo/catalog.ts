/** The demo company's Backstage catalog, as one multi-document YAML text. */
import { stringify } from 'yaml';
import { people } from './experience/people.ts';
import { repositoryOf } from './infracost.ts';
import { services, teams } from './world.ts';

const entity = (
  kind: string,
  name: string,
  spec: object,
  description: string,
  { annotations = {}, ...metadata }: { readonly annotations?: object; readonly links?: readonly object[] } = {},
) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, description, ...metadata, annotations: { 'plumbline.dev/demo': 'true', ...annotations } },
  spec,
});

export function demoCatalog(): string {
  const systems = [...new Set(services.map(service => service.system))];
  const entities = [
    entity('Domain', 'shop', { owner: 'group:platform' }, 'The demo shop.'),
    ...teams.map(team => entity('Group', team, { type: 'team', children: [] }, `Team ${team} of the demo company.`)),
    ...people.map(({ name, team }) => entity('User', name, { memberOf: [team] }, 'Nobody; made up.')),
    ...systems.map(system =>
      entity(
        'System',
        system,
        { owner: `group:${system.replace(/-system$/, '')}`, domain: 'shop' },
        `Services of ${system}.`,
      ),
    ),
    ...services.map(service =>
      entity(
        'Component',
        service.name,
        { type: 'service', lifecycle: 'production', owner: `group:${service.team}`, system: service.system },
        `The demo service ${service.name}.`,
        goldenPathOf(service.name),
      ),
    ),
  ];
  return entities.map(document => stringify(document)).join('---\n');
}

/** Services whose entry lacks something: who is called, a runbook, documentation. Young ones have the least. */
const withoutOnCall = ['notebooks', 'labelling', 'query-logs', 'risk-reports', 'lineage'];
const withoutRunbook = [...withoutOnCall, 'exports', 'geo-index', 'push-notifications', 'training', 'pricing'];
const withoutDocumentation = ['labelling', 'query-logs', 'data-quality', 'cart', 'indexer', 'feature-store'];

function goldenPathOf(service: string) {
  return {
    annotations: {
      'github.com/project-slug': repositoryOf(service),
      ...(withoutOnCall.includes(service)
        ? {}
        : { 'pagerduty.com/service-id': `P${service.toUpperCase().replaceAll('-', '')}` }),
      ...(withoutDocumentation.includes(service) ? {} : { 'backstage.io/techdocs-ref': 'dir:.' }),
    },
    ...(withoutRunbook.includes(service)
      ? {}
      : { links: [{ url: `https://wiki.acme.example/runbooks/${service}`, title: 'Runbook', icon: 'docs' }] }),
  };
}
