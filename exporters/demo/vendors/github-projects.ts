/** GitHub's GraphQL API below `/github`: the board of the platform team, in pages, as the roadmap asks for it. */
import { dayMs, isoDay } from '../chance.ts';
import {
  areas,
  type Column,
  columns,
  type DemoItem,
  isArchived,
  itemsKnown,
  iterationOf,
  iterationsAround,
} from '../experience/roadmap.ts';
import type { Vendor } from './vendor.ts';

const pageSize = 100;

export const githubProjectsAnswer: Vendor = ({ url, body, until, story }) => {
  if (url.pathname !== '/github/api/graphql') return undefined;
  const { query, variables } = JSON.parse(body) as {
    readonly query: string;
    readonly variables: { readonly after?: string | null; readonly ids?: readonly string[] };
  };
  const project = (projectV2: unknown) => ({ status: 200, body: { data: { userOrOrganization: { projectV2 } } } });
  if (query.includes('RoadmapFields')) return project({ fields: { nodes: fieldsOn(until) } });
  const known = itemsKnown(until, story);
  if (query.includes('RoadmapArchived')) {
    const byId = new Map(known.map(item => [item.id, item]));
    const nodes = (variables.ids ?? []).map(id => byId.get(id)).map(item => (item ? answerOf(item, until) : null));
    return { status: 200, body: { data: { nodes } } };
  }
  const listed = known.filter(item => !isArchived(item, until));
  const from = Number(variables.after ?? 0);
  const nodes = listed.slice(from, from + pageSize).map(item => answerOf(item, until));
  const hasNextPage = from + pageSize < listed.length;
  return project({ items: { pageInfo: { hasNextPage, endCursor: String(from + pageSize) }, nodes } });
};

const options = (names: readonly string[]) => names.map(name => ({ id: `option-${name}`, name }));

function fieldsOn(until: Date) {
  const iterations = iterationsAround(until.getTime()).map(({ id, title, from, days }) => ({
    isOver: from + days * dayMs <= until.getTime(),
    written: { id, title, startDate: isoDay(new Date(from)), duration: days },
  }));
  const those = (isOver: boolean) => iterations.filter(one => one.isOver === isOver).map(({ written }) => written);
  return [
    { id: 'title', name: 'Title', dataType: 'TITLE' },
    { id: 'status', name: 'Status', dataType: 'SINGLE_SELECT', options: options(columns) },
    { id: 'area', name: 'Area', dataType: 'SINGLE_SELECT', options: options(areas) },
    { id: 'due', name: 'Target date', dataType: 'DATE' },
    {
      ...{ id: 'iteration', name: 'Iteration', dataType: 'ITERATION' },
      configuration: { iterations: those(false), completedIterations: those(true) },
    },
  ];
}

const labelOf: Readonly<Record<DemoItem['kind'], readonly string[]>> = {
  ...{ promise: ['planned'], work: [], feedback: ['feedback'], visit: ['office-hours'] },
};

function answerOf(item: DemoItem, until: Date) {
  const now = until.getTime();
  const past = (at: number | undefined) => (at !== undefined && at < now ? at : undefined);
  const [startedAt, answeredAt, endedAt] = [past(item.startedAt), past(item.answeredAt), past(item.endedAt)];
  const due = item.due.findLast(({ since }) => since < now);
  const column: Column = endedAt ? 'Done' : startedAt ? 'In Progress' : item.kind === 'promise' ? 'Todo' : 'Backlog';
  const movedAt = endedAt ?? startedAt ?? item.createdAt;
  const of = (id: string) => ({ field: { id } });
  const select = (id: string, name: string, at: number) => ({
    ...{ __typename: 'ProjectV2ItemFieldSingleSelectValue', optionId: `option-${name}`, updatedAt: iso(at) },
    ...of(id),
  });
  const values: object[] = [select('status', column, movedAt), select('area', item.area, item.createdAt)];
  if (due) values.push({ __typename: 'ProjectV2ItemFieldDateValue', date: due.on, ...of('due') });
  if (startedAt) {
    const { id, title, from, days } = iterationOf(endedAt ?? startedAt);
    const startDate = isoDay(new Date(from));
    values.push({
      ...{ __typename: 'ProjectV2ItemFieldIterationValue', iterationId: id, title, startDate, duration: days },
      ...of('iteration'),
    });
  }
  const updatedAt = iso(Math.max(movedAt, due?.since ?? 0, answeredAt ?? 0));
  return {
    ...{ id: item.id, type: 'ISSUE', isArchived: isArchived(item, until), createdAt: iso(item.createdAt), updatedAt },
    content: {
      ...{ __typename: 'Issue', number: item.number, createdAt: iso(item.createdAt), updatedAt },
      url: `https://github.example/acme/platform/issues/${item.number}`,
      ...{ closed: endedAt !== undefined, closedAt: endedAt === undefined ? null : iso(endedAt) },
      stateReason: endedAt === undefined ? null : item.isGivenUp ? 'NOT_PLANNED' : 'COMPLETED',
      author: { __typename: 'User', login: item.author },
      repository: { nameWithOwner: 'acme/platform' },
      labels: { nodes: labelOf[item.kind].map(name => ({ name })) },
      comments: {
        nodes: answeredAt
          ? [{ createdAt: iso(answeredAt), author: { __typename: 'User', login: 'platform-engineer' } }]
          : [],
      },
    },
    fieldValues: { nodes: values },
  };
}

const iso = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString();
