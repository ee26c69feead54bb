/** Who owns what, of a catalog that is written by hand. */
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import { buildOwnership, type Ownership } from '../../exporters/catalog/ownership.ts';

/** Teams and the services that each owns, with their repositories. */
export function ownershipOf(
  teams: Readonly<Record<string, Readonly<Record<string, string>>>>,
  rules: unknown = {},
): Ownership {
  const documents = Object.entries(teams).flatMap(([team, services]) => [
    entity('Group', team, 'type: team'),
    ...Object.entries(services).map(([service, repository]) =>
      entity('Component', service, `owner: ${team}`, `github.com/project-slug: ${repository}`),
    ),
  ]);
  return buildOwnership(
    buildCatalog(parseEntities('catalog.yaml', documents.join('---\n')).entities),
    ownershipSchema.parse(rules),
  );
}

const entity = (kind: string, name: string, spec: string, annotation?: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}${
    annotation === undefined ? '' : `, annotations: { ${annotation} }`
  } }\nspec: { ${spec} }\n`;
