/** The workspaces that are read, and whose they are. */
import { ownerText } from '../../../catalog/keys.ts';
import { fold } from '../../../catalog/refs.ts';
import { type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { PlumblineError } from '../../errors.ts';
import type { TerraformClient } from './client.ts';
import type { HcpTerraformConfig } from './config.ts';
import { workspaceScope } from './terms.ts';

export interface Workspace {
  readonly id: string;
  readonly organization: string;
  readonly name: string;
  readonly scope: string;
  readonly owner: string;
  /** Its newest run, where it had one. */
  readonly currentRun: string | undefined;
}

/** Errors: TERRAFORM_NOT_FOUND where there is no such organization, or the token sees nothing of it. */
export async function workspacesOf(
  client: TerraformClient,
  organization: string,
  config: HcpTerraformConfig,
): Promise<readonly Workspace[]> {
  const { search, tags, exclude_tags: excluded, projects } = config;
  const found: Workspace[] = [];
  for (const project of projects.length === 0 ? [undefined] : projects) {
    let isThere = false;
    const query = {
      include: 'project',
      ...(search === undefined
        ? {}
        : search.includes('*')
          ? { 'search[wildcard-name]': search }
          : { 'search[name]': search }),
      'search[tags]': tags.length === 0 ? undefined : tags.join(','),
      'search[exclude-tags]': excluded.length === 0 ? undefined : excluded.join(','),
      'filter[project][id]': project,
    };
    for await (const { data, included } of client.pages(
      `organizations/${encodeURIComponent(organization)}/workspaces`,
      query,
    )) {
      isThere = true;
      const names = projectNames(included);
      found.push(...data.map(one => workspaceOf(one, { organization, names, environment: config.environment })));
    }
    if (!isThere) throw new PlumblineError('TERRAFORM_NOT_FOUND', { organization, url: config.url });
  }
  return found.filter(({ id, name }) => id !== '' && name !== '');
}

const projectNames = (included: readonly JsonObject[]): ReadonlyMap<string, string> =>
  new Map(
    included
      .filter(({ type }) => type === 'projects')
      .map(({ id, attributes }) => [wordOf(id) ?? '', wordOf(objectOf(attributes).name, 200) ?? '']),
  );

export const related = (resource: JsonObject, relation: string): JsonObject =>
  objectOf(objectOf(objectOf(resource.relationships)[relation]).data);

interface Naming {
  readonly organization: string;
  readonly names: ReadonlyMap<string, string>;
  readonly environment: string | undefined;
}

function workspaceOf(one: JsonObject, { organization, names, environment }: Naming): Workspace {
  const attributes = objectOf(one.attributes);
  const name = wordOf(attributes.name, 200) ?? '';
  const scope = workspaceScope(organization, name);
  const repository =
    wordOf(objectOf(attributes['vcs-repo']).identifier, 300) ?? wordOf(attributes['vcs-repo-identifier'], 300);
  const project = names.get(wordOf(related(one, 'project').id) ?? '') ?? '';
  const tags = { ...(project === '' ? {} : { project }), ...tagsOf(attributes['tag-names']) };
  return {
    ...{ organization, name, scope, id: wordOf(one.id, 200) ?? '' },
    currentRun: wordOf(related(one, 'current-run').id, 200) ?? wordOf(related(one, 'latest-run').id, 200),
    owner: ownerText({
      ...(repository === undefined ? {} : { repository: fold(repository) }),
      ...(environment === undefined ? {} : { environment }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
      resource: scope,
    }),
  };
}

/** `team:shop` is the tag team, `critical` the tag critical that says true. */
const tagsOf = (names: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listOf(names)
      .flatMap(name => wordOf(name, 300) ?? [])
      .map(name => {
        const [key = '', ...value] = name.split(':');
        return [key, value.length === 0 ? 'true' : value.join(':')];
      }),
  );
