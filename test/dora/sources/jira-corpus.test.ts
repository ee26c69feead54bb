/** Real issues, changelogs and statuses of a Jira site, as another tool has recorded them, through the whole source. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { jiraSource } from '../../../exporters/dora/sources/jira/index.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { type CorpusRow, corpusRows } from '../corpus.ts';
import { accessToken, send } from '../vendors/jira.ts';
import { type DoraRun, doraRun } from './runs.ts';

const folder = 'dora/devlake/jira';

interface RealIssue {
  readonly key: string;
  readonly fields: Record<string, unknown>;
}

/** Serves recorded issues one page of ten after another, by the API of Data Center. */
async function open(t: TestContext, issues: readonly RealIssue[], statuses: readonly unknown[]): Promise<DoraRun> {
  const { url } = await startLocalServer(t, (request, response, body) => {
    const path = new URL(request.url ?? '/', 'http://api').pathname.replace('/rest/api/2/', '');
    if (path === 'myself') return void send(response, 200, { timeZone: 'Asia/Shanghai' });
    if (path === 'field') return void send(response, 200, []);
    if (path === 'status') return void send(response, 200, statuses);
    if (path === 'search') {
      const { startAt } = JSON.parse(body.toString()) as { readonly startAt: number };
      const page = issues.slice(startAt, startAt + 10);
      return void send(response, 200, { ...{ startAt, maxResults: 10, total: issues.length }, issues: page });
    }
    const issue = issues.find(({ key }) => path === `issue/${key}`);
    send(response, issue ? 200 : 404, issue ?? {});
  });
  return doraRun(t, {
    config: { jira: [{ url, bearer_token: accessToken, jql: 'project = EE' }] },
    sources: ({ jira }, client) => [jiraSource(jira[0]!, client)],
    now: '2022-08-01T00:00:00Z',
  });
}

const parsed = (rows: readonly CorpusRow[]) => rows.map(({ data }) => JSON.parse(data!) as unknown);

test('real issues are incidents with the times, titles and priorities that another tool has found in them', async t => {
  const rows = await corpusRows(t, `${folder}/raw_tables/_raw_jira_api_issues.csv`);
  const told = await corpusRows(t, `${folder}/snapshot_tables/_tool_jira_issues.csv`);
  if (!rows || !told) return;
  const run = await open(t, parsed(rows) as RealIssue[], []);
  const result = await run.refresh();
  assert.deepEqual([result.error, result.rejected], [undefined, {}]);
  const found = new Map(
    (
      await run.rows(
        `SELECT incident, title, severity, status, epoch_ms(started_at)::VARCHAR AS started, url,
           epoch_ms(resolved_at)::VARCHAR AS resolved, epoch_ms(updated_at)::VARCHAR AS updated FROM incidents`,
      )
    ).map(row => [row.incident, row]),
  );
  assert.equal(found.size, rows.length);
  let resolved = 0;
  for (const row of told) {
    const incident = found.get(row.issue_key!);
    assert.equal(incident?.title, row.summary?.trim());
    assert.equal(incident?.severity, row.priority_name);
    assert.equal(Number(incident?.started), Date.parse(row.created!));
    assert.equal(Number(incident?.updated), Date.parse(row.updated!));
    // A few are said to be done by a status that isn't of the category Done.
    assert.equal(incident?.status, row.status_key === 'done' ? 'resolved' : 'open');
    if (row.status_key !== 'done') continue;
    resolved += 1;
    assert.equal(Number(incident?.resolved), Date.parse(row.resolution_date!));
  }
  assert.ok(resolved > 20, String(resolved));
});

test('without any date of resolution the real changelogs give the same', async t => {
  const rows = await corpusRows(t, `${folder}/raw_tables/_raw_jira_api_issues.csv`);
  const statuses = await corpusRows(t, `${folder}/raw_tables/_raw_jira_api_status.csv`);
  if (!rows || !statuses) return;
  const dated = new Map<string, number>();
  const issues = (parsed(rows) as RealIssue[]).map(issue => {
    const { resolutiondate, statuscategorychangedate: _, ...fields } = issue.fields;
    if (typeof resolutiondate === 'string') dated.set(issue.key, Date.parse(resolutiondate.replace(/(\d\d)$/, ':$1')));
    return { ...issue, fields };
  });
  const run = await open(t, issues, parsed(statuses));
  assert.equal((await run.refresh()).error, undefined);
  const found = await run.rows(
    "SELECT incident, epoch_ms(resolved_at)::VARCHAR AS at FROM incidents WHERE status = 'resolved'",
  );
  assert.ok(found.length > 20, String(found.length));
  const differing = found.filter(({ incident, at }) => Math.abs(Number(at) - dated.get(String(incident))!) > 1000);
  assert.deepEqual(differing, []);
});
