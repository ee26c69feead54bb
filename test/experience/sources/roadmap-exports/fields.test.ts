/** What is read of the exports of trackers, by the fields of each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linesOf } from '../../run.ts';
import { csv, type Fields, jira, jiraIssue, open, tableOf } from './exports.ts';

describe('the fields of exports', () => {
  test('Jira: repeated columns, local times, categories, resolutions and labels; no person and no text', async t => {
    const run = await open(t, {
      files: {
        'jira.csv': jira(
          jiraIssue(1, 'Doing', {
            ...{ Components: ['CI', 'Portal'], Labels: ['asked', 'area:runtime'], Updated: '12/Jan/26 3:04 PM' },
            'Custom field (Target end)': '30/Jun/26 12:00 AM',
          }),
          jiraIssue(2, 'Backlog', { Components: ['', 'Portal'], 'Due date': '31/Mar/26 12:00 AM' }),
          jiraIssue(3, 'Done', { Resolved: '20/Jan/26 3:04 PM', Updated: '21/Jan/26 3:04 PM', Resolution: 'Done' }),
          jiraIssue(4, 'Done', { Resolved: '20/Jan/26 3:04 PM', Resolution: "Won't Do" }),
          jiraIssue(5, 'Rejected', { 'Status Category Changed': '22/Jan/26 10:00 AM' }),
          jiraIssue(6, 'Waiting', { Labels: ['visit'] }),
        ),
      },
      config: {
        columns: { due: ['Due date', 'Custom field (Target end)'] },
        ...{ area_label_prefix: 'area:', feedback_labels: ['Asked'], office_hours_labels: ['visit'] },
        statuses: { Rejected: 'cancelled' },
      },
    });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected, result.records], [undefined, {}, 6]);
    assert.deepEqual(await linesOf(run), [
      'PLAT-1 in_progress runtime 01-12T14 - 06-30 - feedback',
      'PLAT-2 backlog Portal - - 03-31 -',
      'PLAT-3 done - - 01-20T14 - -',
      'PLAT-4 cancelled - - 01-20T14 - -',
      'PLAT-5 cancelled - - 01-22T09 - -',
      'PLAT-6 in_progress - 12-02T08 - - - office',
    ]);
    assert.equal((await run.refresh()).records, 0, 'a file is read once');
  });

  const linearColumns = [
    ...['ID', 'Team', 'Title', 'Status', 'Project', 'Creator', 'Labels', 'Cycle Number', 'Cycle Start', 'Cycle End'],
    ...['Created', 'Updated', 'Started', 'Completed', 'Canceled', 'Archived', 'Due Date', 'UUID', 'SLA Status'],
  ];
  const linearIssue = (number: number, status: string, more: Fields = {}): Fields => ({
    ...{ ID: `ENG-${number}`, UUID: `uuid-${number}`, Team: 'ENG', Title: 'A secret title', Status: status },
    ...{ Creator: 'canary@example.org', Created: 'Wed Nov 12 2025 11:21:41 GMT+0000 (GMT+00:00)' },
    ...more,
  });

  test('Linear: JavaScript times, cycles, days as midnights of another zone, records without their empty end', async t => {
    const rows = tableOf(linearColumns, [
      linearIssue(1, 'Shipping', {
        ...{ Started: '2025-11-13T09:00:00Z', Project: 'Paths', Labels: 'Feature, area:paths' },
        'Due Date': 'Thu Jun 25 2026 23:00:00 GMT+0000 (GMT+00:00)',
        'Cycle Start': '2025-12-22T00:00:00.000Z',
        'Cycle End': '2026-01-05T00:00:00.000Z',
      }),
      linearIssue(2, 'Live!', { Completed: '2025-12-01T10:00:00Z', Project: 'Paths' }),
      linearIssue(3, 'Triage', { Archived: '2025-12-02T10:00:00Z' }),
      linearIssue(4, 'Todo', { 'Due Date': '2026-04-17T04:00:00Z' }),
    ]);
    const short = rows.map(row => row.slice(0, row === rows[0] ? row.length : -1));
    const run = await open(t, {
      files: { 'Export Mon Jan 05 2026.csv': csv(short) },
      config: { time_zone: undefined, area_label_prefix: 'area:' },
    });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await linesOf(run), [
      'ENG-1 in_progress paths 11-13T09 - 06-26 12-22/01-04',
      'ENG-2 done Paths - 12-01T10 - -',
      'ENG-3 cancelled - - 12-02T10 - -',
      'ENG-4 todo - - - 04-17 -',
    ]);
    assert.deepEqual((await run.notices())[0], '1 export of linear of 2026-01-05 23:59 UTC; the last has 4 items');
  });

  test('projects of Linear are due on their target date, and are known by no name', async t => {
    const columns = [
      'Name',
      'Status',
      'Lead',
      'Started At',
      'Target Date',
      'Completed At',
      'Canceled At',
      'Initiatives',
    ];
    const project = (status: string, more: Fields): Fields => ({
      Name: 'A secret title',
      Lead: 'Ann Canary',
      Status: status,
      ...more,
    });
    const run = await open(t, {
      files: {
        'projects 5 Jan 2026.csv': csv(
          tableOf(columns, [
            project('In Progress', { 'Target Date': '2026-03-31', Initiatives: 'Paths' }),
            project('Planned', { 'Target Date': 'Q2 2026', Name: 'Another' }),
          ]),
        ),
      },
    });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual((await linesOf(run)).map(line => line.replace(/^project-[0-9a-f]{16}/, 'project')).sort(), [
      'project in_progress Paths 01-05T23 - 03-31 -',
      'project todo - - - 06-30 -',
    ]);
  });

  const boardColumns = ['Title', 'URL', 'Assignees', 'Status', 'Labels', 'Area', 'Quarter'];
  const card = (url: string, status: string, more: Fields = {}): Fields => ({
    ...{ Title: 'A secret title', URL: url, Assignees: 'Canary', Status: status, Area: 'CI' },
    ...more,
  });

  test('GitHub Projects: issues by their address, drafts, quarters; pull requests only where they are asked for', async t => {
    const at = 'https://github.com/acme/platform';
    const board = csv(
      tableOf(boardColumns, [
        card(`${at}/issues/12`, '🏗 In progress', { Quarter: 'Q1 2026 – Jan-Mar', Labels: 'ci, asked' }),
        card(`${at}/pull/13`, 'Done'),
        card('', ''),
      ]),
      '\t',
    );
    const run = await open(t, {
      files: { 'Platform - View 1.tsv': board },
      config: { columns: { area: 'area' }, feedback_labels: ['asked'], time_zone: undefined },
    });
    assert.deepEqual((await run.refresh()).rejected, {});
    const lines = async () => (await linesOf(run)).map(line => line.replace(/^draft-[0-9a-f]{16}/, 'draft')).sort();
    assert.deepEqual(await lines(), [
      'acme/platform#12 in_progress CI 09-01T00 - 03-31 - feedback',
      'draft backlog CI - - - -',
    ]);
    const created = 'SELECT DISTINCT created_at::VARCHAR AS line FROM roadmap_items';
    const before = await linesOf(run, created);
    run.write('Platform - View 1.tsv', board.replace('🏗 In progress', 'Done'));
    await run.refresh();
    assert.deepEqual((await lines())[0], 'acme/platform#12 done CI 09-01T00 09-01T00 03-31 - feedback');
    assert.deepEqual(await linesOf(run, created), before, 'it was created when it was first seen');
  });
});
