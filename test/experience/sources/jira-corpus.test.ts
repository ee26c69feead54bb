/** Real issues, changelogs and statuses of Jira sites, as another tool has recorded them, through the whole source. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { roadmapItems } from '../../../exporters/experience/roadmap/metrics.ts';
import { jiraRoadmapSource } from '../../../exporters/experience/sources/jira/index.ts';
import { changesOf } from '../../../exporters/vendors/jira/changelog.ts';
import { jiraClient } from '../../../exporters/vendors/jira/client.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { type CorpusRow, corpusRows } from '../../dora/corpus.ts';
import { accessToken, send } from '../../dora/vendors/jira.ts';
import { newest, type SourceRun, sourceRun } from '../run.ts';

const folder = 'dora/devlake/jira';
const files = [
  ...['_raw_jira_api_issues', '_raw_jira_api_issue_relationships', '_raw_jira_api_issues_for_due_date'],
  '_raw_jira_external_epics',
];

interface RealSprint {
  readonly state: string;
  readonly startDate?: string;
  readonly endDate?: string;
}
interface RealIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: {
    readonly status: { readonly statusCategory: { readonly key: string } };
    readonly resolutiondate: string | null;
    readonly duedate: string | null;
    readonly labels?: readonly string[];
    readonly summary: string;
    readonly customfield_10020?: readonly RealSprint[] | null;
  };
}

/** Serves recorded issues one page of ten after another, by the API of Data Center. */
async function open(t: TestContext, issues: readonly RealIssue[], statuses: readonly unknown[]): Promise<SourceRun> {
  const { url } = await startLocalServer(t, (request, response, body) => {
    const path = new URL(request.url ?? '/', 'http://api').pathname.replace('/rest/api/2/', '');
    if (path === 'myself') return void send(response, 200, { timeZone: 'Asia/Shanghai' });
    if (path === 'field')
      return void send(response, 200, [
        { id: 'customfield_10020', name: 'Sprint', schema: { custom: 'com.pyxis.greenhopper.jira:gh-sprint' } },
      ]);
    if (path === 'status') return void send(response, 200, statuses);
    if (path === 'search') {
      const { startAt } = JSON.parse(body.toString()) as { readonly startAt: number };
      const page = issues.slice(startAt, startAt + 10);
      return void send(response, 200, { ...{ startAt, maxResults: 10, total: issues.length }, issues: page });
    }
    const issue = issues.find(({ key, id }) => path === `issue/${key}` || path === `issue/${id}`);
    send(response, issue ? 200 : 404, issue ?? {});
  });
  return sourceRun(t, {
    config: { jira: [{ url, bearer_token: accessToken, jql: 'project = EE', feedback_labels: ['saas'] }] },
    source: ({ jira }, client) => jiraRoadmapSource(jira[0]!, client),
    now: '2023-08-01T00:00:00Z',
    secrets: [accessToken, ...issues.map(({ fields }) => fields.summary).filter(text => text.length > 12)],
  });
}

const parsed = <T>(rows: readonly CorpusRow[]) => rows.map(({ data }) => JSON.parse(data!) as T);

for (const file of files)
  test(`all of ${file} are items, with the counts and days that an independent look finds`, async t => {
    const rows = await corpusRows(t, `${folder}/raw_tables/${file}.csv`);
    const statuses = await corpusRows(t, `${folder}/raw_tables/_raw_jira_api_status.csv`);
    if (!rows || !statuses) return;
    const issues = parsed<RealIssue>(rows);
    const run = await open(t, issues, parsed(statuses));
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    const found = new Map(
      (
        await run.rows(
          `SELECT key, status, due_on AS due, cycle_until AS sprint, is_feedback AS feedback, epoch_ms(ended_at)::VARCHAR AS ended
           FROM roadmap_items QUALIFY row_number() OVER (PARTITION BY item ORDER BY version DESC) = 1`,
        )
      ).map(row => [row.key, row]),
    );
    assert.equal(found.size, issues.length);
    const categories: Record<string, number> = {};
    for (const { key, fields } of issues) {
      const category = fields.status.statusCategory.key;
      categories[category] = (categories[category] ?? 0) + 1;
      const item = found.get(key);
      assert.equal(item?.status === 'done' || item?.status === 'cancelled', category === 'done', key);
      assert.equal(item?.due, fields.duedate, key);
      assert.equal(item?.feedback, (fields.labels ?? []).includes('Saas'), key);
      const ends = (fields.customfield_10020 ?? [])
        .filter(({ startDate }) => startDate)
        .map(({ endDate = '' }) => new Date(endDate).toISOString().slice(0, 10))
        .sort();
      const isClosed = (fields.customfield_10020 ?? []).every(({ state }) => state === 'closed');
      if (isClosed) assert.equal(item?.sprint, ends.at(-1) ?? null, key);
      if (category !== 'done' || !fields.resolutiondate) continue;
      // The changelog and the date of the resolution are some moments apart.
      const resolved = Date.parse(fields.resolutiondate.replace(/(\d\d)$/, ':$1'));
      assert.ok(Math.abs(Number(item?.ended) - resolved) < 1_000, `${key} ${item?.ended} ${resolved}`);
    }
    const total = (await run.lines(roadmapItems, '2023-08-01T00:00:00Z')).reduce(
      (sum, line) => sum + Number(line.split(' = ')[1]),
      0,
    );
    assert.equal(total, issues.length);
    assert.equal(
      Object.values(categories).reduce((a, b) => a + b, 0),
      total,
    );
    const before = await run.rows(newest);
    assert.equal((await run.refresh()).changed, 0);
    assert.deepEqual(await run.rows(newest), before);
  });

test('all recorded changelogs are read in the pages of Cloud, with as many changes as they hold', async t => {
  const rows = await corpusRows(t, `${folder}/raw_tables/_raw_jira_api_issue_changelogs.csv`);
  if (!rows) return;
  const byIssue = new Map<string, { readonly items: readonly { readonly field: string }[] }[]>();
  for (const { data, input } of rows) {
    const id = String((JSON.parse(input!) as { readonly issue_id: number }).issue_id);
    byIssue.set(id, [...(byIssue.get(id) ?? []), JSON.parse(data!)]);
  }
  const { url } = await startLocalServer(t, (request, response) => {
    const at = new URL(request.url ?? '/', 'http://api');
    const all = byIssue.get(/issue\/(\d+)\/changelog/.exec(at.pathname)?.[1] ?? '') ?? [];
    const startAt = Number(at.searchParams.get('startAt'));
    const values = all.slice(startAt, startAt + 20);
    send(response, 200, { startAt, maxResults: 20, total: all.length, isLast: startAt + 20 >= all.length, values });
  });
  const connection = {
    ...{ url, deployment: 'cloud' as const, email: 'bot@acme.example', api_token: 'token' },
    timeout: 10,
  } as const;
  const client = jiraClient(connection, { log: pino({ level: 'silent' }), signal: new AbortController().signal });
  const found: Record<string, number> = {};
  for (const id of byIssue.keys())
    for (const { field } of await changesOf(client, id)) found[field] = (found[field] ?? 0) + 1;
  const counted: Record<string, number> = {};
  for (const { items } of [...byIssue.values()].flat())
    for (const { field } of items) counted[field] = (counted[field] ?? 0) + 1;
  assert.deepEqual(found, counted);
  assert.ok(Object.values(found).reduce((a, b) => a + b, 0) >= rows.length);
});
