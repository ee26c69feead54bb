/** Real answers of Projects v2 as another tool has recorded them, served page by page through the whole source. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { githubProjectSource } from '../../../exporters/experience/sources/github-projects/index.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { sourceRun } from '../run.ts';
import { send, token } from '../vendors/github-projects.ts';

interface Pair {
  readonly variables: { readonly after?: string };
  readonly response: { readonly data: { readonly data: Recorded } };
}
interface Recorded {
  readonly userOrOrganization: {
    readonly projectV2: {
      readonly fields?: { readonly nodes: readonly RecordedField[] };
      readonly items?: { readonly nodes: readonly RecordedItem[] };
    };
  };
  readonly node?: RecordedItem;
}
interface RecordedField {
  readonly id: string;
  readonly name: string;
  readonly options?: readonly { readonly id: string; readonly name: string }[];
}
interface RecordedItem {
  readonly id: string;
  readonly fieldValues: { readonly nodes: readonly { readonly optionId?: string; readonly date?: string }[] };
}

function recorded(t: TestContext, name: string): readonly Pair[] | undefined {
  const file = path.join(corpus, 'experience/github-projects-v2', name, 'fixtures.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Pair[];
  t.skip(`${file} is not in PLUMBLINE_CORPUS`);
  return undefined;
}

const open = async (
  t: TestContext,
  answer: (name: string, variables: { readonly after?: string | null }) => unknown,
) => {
  const { url } = await startLocalServer(t, (_, response, body) => {
    const { query, variables } = JSON.parse(body.toString()) as { query: string; variables: { after?: string | null } };
    send(response, 200, answer(/query (\w+)/.exec(query)?.[1] ?? '', variables));
  });
  const run = await sourceRun(t, {
    config: {
      github_projects: [
        { url, token, owner: 'github-project-fixtures', number: 2, area_field: 'Single select', due_field: 'Date' },
      ],
    },
    source: ({ github_projects }, { sleep }) => githubProjectSource(github_projects[0]!, { sleep, paced: false }),
    now: '2026-09-01T00:00:00Z',
    secrets: [token, '"text"'],
  });
  return run;
};

test('three recorded pages are as many items as they hold, with their options and days', async t => {
  const pages = recorded(t, 'api.items.list-with-pagination');
  if (!pages) return;
  const first = pages[0]!.response.data.data.userOrOrganization.projectV2;
  const run = await open(t, (name, { after }) =>
    name === 'RoadmapFields'
      ? pages[0]!.response.data
      : pages.find(({ variables }) => (variables.after ?? null) === after)?.response.data,
  );
  const result = await run.refresh();
  assert.deepEqual([result.error, result.rejected], [undefined, {}]);
  const items = pages.flatMap(page => page.response.data.data.userOrOrganization.projectV2.items?.nodes ?? []);
  assert.equal(items.length, 201);
  const options = new Map(
    first.fields!.nodes.flatMap(({ options = [] }) => options.map(({ id, name }) => [id, name] as const)),
  );
  const counted: Record<string, number> = {};
  for (const { fieldValues } of items) {
    const area = options.get(fieldValues.nodes.find(({ optionId }) => optionId !== undefined)?.optionId ?? '') ?? '';
    const due = fieldValues.nodes.find(({ date }) => date !== undefined)?.date ?? '';
    counted[`${area} ${due}`] = (counted[`${area} ${due}`] ?? 0) + 1;
  }
  const found = await run.rows(
    `SELECT concat(area, ' ', due_on) AS line, count(DISTINCT item)::INTEGER AS n FROM roadmap_items GROUP BY line`,
  );
  assert.deepEqual(Object.fromEntries(found.map(({ line, n }) => [line, n])), counted);
});

test('an archived item is found by its id, and a project that is not there is an error', async t => {
  const archived = recorded(t, 'api.items.get-archived');
  const missing = recorded(t, 'api.getProperties-project-not-found');
  const listed = recorded(t, 'api.items.list');
  if (!archived || !missing || !listed) return;
  let isArchived = false;
  let isThere = true;
  const { data } = listed[0]!.response;
  const node = archived[1]!.response.data.data.node!;
  const items = data.data.userOrOrganization.projectV2.items!;
  const run = await open(t, name => {
    if (!isThere) return missing[0]!.response.data;
    if (name === 'RoadmapArchived') return { data: { nodes: [node] } };
    const nodes = items.nodes.filter(({ id }) => !isArchived || id !== node.id);
    return name === 'RoadmapItems'
      ? { data: { userOrOrganization: { projectV2: { items: { ...items, nodes } } } } }
      : data;
  });
  assert.equal((await run.refresh()).error, undefined);
  isArchived = true;
  assert.equal((await run.refresh()).error, undefined);
  const newest = 'FROM roadmap_items QUALIFY row_number() OVER (PARTITION BY item ORDER BY version DESC) = 1';
  assert.deepEqual(await run.rows(`SELECT item, status, is_deleted AS gone ${newest} ORDER BY item`), [
    { item: 'PVTI_1', status: 'cancelled', gone: false },
    { item: 'PVTI_2', status: 'backlog', gone: false },
  ]);
  isThere = false;
  assert.match(String((await run.refresh()).error), /found no project 2 of github-project-fixtures/);
});
