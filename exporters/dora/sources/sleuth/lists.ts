/** Sleuth's lists of projects and teams: Relay connections of 50 a page, a team's subteams among them. */
import { z } from 'zod';
import { type SleuthClient, unexpected } from './client.ts';

const pageSize = 50;

const nodeSchema = z.looseObject({ slug: z.string(), name: z.string().nullish() });
/** A page of any list; a node is read by its own schema. */
const pageSchema = z.object({
  organization: z.record(
    z.string(),
    z.object({ totalCount: z.number(), edges: z.array(z.object({ cursor: z.string(), node: z.unknown() })) }),
  ),
});

const projectsQuery = `query Projects($organization: ID!, $first: Int!, $after: String!) {
  organization(orgSlug: $organization) {
    projects(first: $first, after: $after) { totalCount edges { cursor node { slug name } } }
  }
}`;

const teamsQuery = `query Teams($organization: ID!, $first: Int!, $after: String!) {
  organization(orgSlug: $organization) {
    teams(first: $first, after: $after) {
      totalCount
      edges { cursor node { slug name subteams(first: ${pageSize}) { edges { node { slug name } } } } }
    }
  }
}`;

const teamSchema = nodeSchema.extend({
  subteams: z.object({ edges: z.array(z.object({ node: nodeSchema })) }).nullish(),
});

/** Slugs of all projects, as they are listed. */
export async function projectsOf(api: SleuthClient, organization: string): Promise<readonly string[]> {
  const slugs: string[] = [];
  for await (const { slug } of nodesOf(api, { what: 'projects', query: projectsQuery, organization }, nodeSchema))
    slugs.push(slug);
  return slugs;
}

/** Slugs of all teams, and of the teams below them. */
export async function teamsOf(api: SleuthClient, organization: string): Promise<readonly string[]> {
  const slugs = new Set<string>();
  for await (const { slug, subteams } of nodesOf(api, { what: 'teams', query: teamsQuery, organization }, teamSchema)) {
    slugs.add(slug);
    for (const { node } of subteams?.edges ?? []) slugs.add(node.slug);
  }
  return [...slugs];
}

interface List {
  readonly what: 'projects' | 'teams';
  readonly query: string;
  readonly organization: string;
}

async function* nodesOf<Node>(
  api: SleuthClient,
  { what, query, organization }: List,
  nodeOf: z.ZodType<Node>,
): AsyncGenerator<Node> {
  const list = `the list of ${what}`;
  const seen = new Set<string>();
  for (let after = ''; ; ) {
    const said = pageSchema.safeParse(await api.query(list, query, { organization, first: pageSize, after }));
    if (!said.success) throw unexpected(list, said.error);
    const { totalCount, edges } = said.data.organization[what] ?? { totalCount: 0, edges: [] };
    const fresh = edges.filter(({ cursor }) => !seen.has(cursor));
    for (const { cursor, node } of fresh) {
      seen.add(cursor);
      const read = nodeOf.safeParse(node);
      if (!read.success) throw unexpected(list, read.error);
      yield read.data;
    }
    const last = fresh.at(-1);
    if (last === undefined || seen.size >= totalCount) return;
    after = last.cursor;
  }
}
