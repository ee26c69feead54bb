/** The fields of a project, and what an item has in them. */
import { z } from 'zod';
import type { GitHubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../errors.ts';
import type { GitHubProjectConfig } from './config.ts';
import { fieldsQuery } from './queries.ts';

const iteration = z.looseObject({
  id: z.string().nullish(),
  title: z.string(),
  startDate: z.iso.date(),
  duration: z.number(),
});
export type Iteration = z.infer<typeof iteration>;

const fieldSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  dataType: z.string(),
  options: z.array(z.looseObject({ id: z.string(), name: z.string() })).nullish(),
  configuration: z.looseObject({ iterations: z.array(iteration), completedIterations: z.array(iteration) }).nullish(),
});
export type ProjectField = z.infer<typeof fieldSchema>;

const answerSchema = z.looseObject({
  userOrOrganization: z
    .looseObject({
      projectV2: z.looseObject({ fields: z.looseObject({ nodes: z.array(z.unknown()) }) }).nullish(),
    })
    .nullish(),
});

/** The fields that the configuration names, those that the project has. */
export interface Fields {
  readonly status: ProjectField | undefined;
  readonly area: ProjectField | undefined;
  readonly due: ProjectField | undefined;
  readonly iteration: ProjectField | undefined;
}

/** Errors: GITHUB_PROJECT, GITHUB_PROJECT_FIELD, and those of the client. */
export async function fieldsOf(client: GitHubClient, config: GitHubProjectConfig): Promise<Fields> {
  const { owner, number } = config;
  const said = answerSchema.safeParse(await client.graphql(fieldsQuery, { owner, number }, { partial: true }));
  const project = said.data?.userOrOrganization?.projectV2;
  if (!project) throw new PlumblineError('GITHUB_PROJECT', { identity: client.identity, owner, number });
  // A kind of field that GitHub has brought since comes as {}.
  const fields = project.fields.nodes.flatMap(node => fieldSchema.safeParse(node).data ?? []);
  const named = (key: 'status_field' | 'area_field' | 'due_field' | 'iteration_field', kinds: readonly string[]) => {
    const name = config[key];
    if (name === undefined) return undefined;
    const found = fields.find(field => field.name.toLowerCase() === name.toLowerCase());
    if (found && kinds.includes(found.dataType)) return found;
    // Every project has a Status unless somebody has deleted it: closed and open are left.
    if (!found && key === 'status_field' && name === 'Status') return undefined;
    const has = fields.filter(({ dataType }) => kinds.includes(dataType)).map(field => field.name);
    throw new PlumblineError('GITHUB_PROJECT_FIELD', {
      ...{ key, field: name, owner, number, kinds: kinds.join(' or ').toLowerCase() },
      names: has.join(', ') || 'none',
    });
  };
  return {
    status: named('status_field', ['SINGLE_SELECT']),
    area: named('area_field', ['SINGLE_SELECT', 'TEXT', 'NUMBER', 'ITERATION']),
    due: named('due_field', ['DATE']),
    iteration: named('iteration_field', ['ITERATION']) ?? fields.find(({ dataType }) => dataType === 'ITERATION'),
  };
}
