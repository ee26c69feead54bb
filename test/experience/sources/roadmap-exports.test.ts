/** Exports of trackers in files, as the runtime reads them: fields, moments, promises, what is refused, what is counted once. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { itemsOpened, promises, roadmapItems } from '../../../exporters/experience/roadmap/metrics.ts';
import { storeRoadmap } from '../../../exporters/experience/roadmap/store.ts';
import { roadmapExportSource } from '../../../exporters/experience/sources/roadmap-exports/index.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { item } from '../roadmap/books.ts';
import { linesOf, newest } from '../run.ts';
import { experienceRun } from '../runtime.ts';

const ownership = ownershipOf({ platform: {}, data: {} });
/** Who stands in an export, and what people wrote. */
const secrets = ['Canary', 'canary@example.org', 'A secret title'];

const csv = (rows: readonly (readonly string[])[], separator = ',') =>
  rows
    .map(row => row.map(cell => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator))
    .join('\n');

const jiraColumns = [
  ...['Summary', 'Issue key', 'Issue id', 'Status', 'Assignee', 'Reporter', 'Created', 'Updated', 'Resolved'],
  ...['Due date', 'Components', 'Components', 'Labels', 'Labels', 'Sprint', 'Sprint', 'Resolution'],
  ...['Custom field (Target end)', 'Status Category', 'Status Category Changed', 'Comment'],
];

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Rows by the names of columns; a list fills the columns of one name. */
function tableOf(columns: readonly string[], rows: readonly Fields[]): readonly (readonly string[])[] {
  return [
    columns,
    ...rows.map(row => {
      const taken = new Map<string, number>();
      return columns.map(column => {
        const at = taken.get(column) ?? 0;
        taken.set(column, at + 1);
        return [row[column] ?? ''].flat()[at] ?? '';
      });
    }),
  ];
}

const jiraIssue = (number: number, status: string, more: Fields = {}): Fields => ({
  Summary: 'A secret title',
  'Issue key': `PLAT-${number}`,
  'Issue id': String(10_000 + number),
  Status: status,
  ...{ Assignee: 'Ann Canary', Reporter: 'Bob Canary', Comment: '05/Dec/25 9:00 AM;canary@example.org;text' },
  'Status Category': { 'To Do': 'To Do', Backlog: 'To Do', Done: 'Done', Rejected: 'Done' }[status] ?? 'In Progress',
  ...{ Created: '01/Dec/25 9:00 AM', Updated: '02/Dec/25 9:00 AM' },
  ...more,
});

const jira = (...rows: readonly Fields[]) => csv(tableOf(jiraColumns, rows));

interface Opening {
  readonly files: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further keys of `experience`. */
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly now?: string;
}

async function open(t: TestContext, { files, config = {}, beside = {}, now = '2026-10-01T00:00:00Z' }: Opening) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-exports-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let modified = Date.parse('2026-09-01T00:00:00Z');
  const write = (name: string, content: string, at?: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    modified = at === undefined ? modified + 60_000 : Date.parse(at);
    utimesSync(file, modified / 1000, modified / 1000);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const run = await experienceRun(t, {
    config: {
      ...beside,
      roadmap: { minimum_samples: 1 },
      roadmap_exports: [{ name: 'plat', path: folder, time_zone: 'Europe/Berlin', ...config }],
    },
    sources: section => section.roadmap_exports.map(roadmapExportSource),
    ...{ ownership, now, secrets },
  });
  const where = async () =>
    (
      await run.rows(
        `SELECT concat_ws(' ', parse_filename(file), line, reason, nullif(field, '')) AS line FROM rejects ORDER BY ALL`,
      )
    ).map(({ line }) => line);
  const notices = async () => {
    const exporter = experienceExporter(
      experienceSchema.parse({ ...beside, roadmap_exports: [{ name: 'plat', path: folder }] }),
      ownership,
    );
    return (await exporter.check!(run.runtime.ledger)).map(({ text }) => text);
  };
  return { ...run, folder, write, where, notices };
}

const weeks = {
  'jira-2025-12-29.csv': jira(
    jiraIssue(1, 'Doing', { 'Due date': '31/Mar/26 12:00 AM' }),
    jiraIssue(2, 'To Do', { 'Due date': '28/Feb/26 12:00 AM' }),
    jiraIssue(3, 'Backlog', { 'Due date': '15/Feb/26 12:00 AM' }),
    jiraIssue(5, 'To Do', { 'Due date': '15/Feb/26 12:00 AM' }),
  ),
  'jira-2026-01-05.csv': jira(
    jiraIssue(1, 'Doing', { 'Due date': '31/Mar/26 12:00 AM' }),
    jiraIssue(2, 'To Do', { 'Due date': '30/Jun/26 12:00 AM', Updated: '03/Jan/26 9:00 AM' }),
    jiraIssue(4, 'To Do', { 'Due date': '15/Feb/26 12:00 AM', Created: '03/Jan/26 9:00 AM' }),
    jiraIssue(5, 'To Do', { 'Due date': '15/Feb/26 12:00 AM' }),
  ),
  'jira-2026-04-06.csv': jira(
    jiraIssue(1, 'Done', { Resolved: '20/Mar/26 3:04 PM', Updated: '20/Mar/26 3:04 PM', Resolution: 'Done' }),
    jiraIssue(2, 'To Do', { 'Due date': '30/Jun/26 12:00 AM', Updated: '03/Jan/26 9:00 AM' }),
    jiraIssue(5, 'Done', { Resolved: '02/Apr/26 3:04 PM', Updated: '02/Apr/26 3:04 PM', Resolution: 'Done' }),
  ),
};

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

describe('the moments of exports', () => {
  test('a folder of weekly exports, read long after, has the past of promises', async t => {
    const run = await open(t, { files: weeks });
    assert.deepEqual((await run.refresh()).rejected, {});
    const promised = (at: string) => run.lines(promises, at);
    assert.deepEqual(await promised('2026-02-01T00:00:00Z'), [
      'platform 2026-Q1 dropped = 1',
      'platform 2026-Q1 open = 3',
    ]);
    assert.deepEqual(await promised('2026-07-02T00:00:00Z'), [
      'platform 2026-Q1 dropped = 1',
      'platform 2026-Q1 kept = 1',
      'platform 2026-Q1 late = 1',
      'platform 2026-Q1 missed = 1',
      'platform 2026-Q2 missed = 1',
    ]);
    assert.deepEqual(await run.lines(roadmapItems, '2026-01-04T00:00:00Z'), [
      'platform none backlog = 1',
      'platform none in_progress = 1',
      'platform none todo = 3',
    ]);
    assert.deepEqual(
      (await run.notices())[0],
      '3 exports of jira from 2025-12-29 23:59 to 2026-04-06 23:59 UTC; the last has 3 items',
    );
  });

  test('read week by week or all at once, the roadmap is the same', async t => {
    const content = 'SELECT item, status, due_on, is_deleted, occurred_at, told_at FROM roadmap_items ORDER BY version';
    const atOnce = await open(t, { files: weeks });
    await atOnce.refresh();
    const [first, ...rest] = Object.entries(weeks);
    const weekly = await open(t, { files: Object.fromEntries([first!]), now: '2025-12-30T00:00:00Z' });
    await weekly.refresh();
    for (const [name, text] of rest) {
      weekly.write(name, text);
      weekly.clock.now = new Date(`${name.slice(5, 15)}T23:59:59Z`);
      await weekly.refresh();
    }
    const rows = await weekly.rows(content);
    assert.ok(rows.length > 6);
    assert.deepEqual(rows, await atOnce.rows(content));
  });

  test('an export from before what is known changes nothing, and is told', async t => {
    const { 'jira-2025-12-29.csv': oldest, ...later } = weeks;
    const run = await open(t, { files: later });
    await run.refresh();
    const before = await run.rows('FROM roadmap_items ORDER BY version');
    run.write('jira-2025-12-29.csv', oldest);
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.rows('FROM roadmap_items ORDER BY version'), before);
    assert.match(
      (await run.notices()).join('\n'),
      /1 file speaks of a time before what was known .*jira-2025-12-29\.csv/,
    );
  });

  test('a file that is written over is a past from now on; what it lacks is gone, and comes again', async t => {
    const run = await open(t, { files: {}, config: {} });
    const both = jira(jiraIssue(1, 'To Do'), jiraIssue(2, 'To Do'));
    run.write('jira.csv', both, '2026-01-05T10:00:00Z');
    await run.refresh();
    run.write('jira.csv', jira(jiraIssue(2, 'To Do')), '2026-01-12T10:00:00Z');
    await run.refresh();
    run.write('jira.csv', both, '2026-01-19T10:00:00Z');
    await run.refresh();
    const count = async (at: string) => (await run.lines(roadmapItems, at))[0];
    assert.equal(await count('2026-01-12T09:00:00Z'), 'platform none todo = 2');
    assert.equal(await count('2026-01-12T11:00:00Z'), 'platform none todo = 1');
    assert.equal(await count('2026-01-19T11:00:00Z'), 'platform none todo = 2');
    assert.deepEqual(await run.lines(itemsOpened, '2026-02-01T00:00:00Z'), ['platform = 2']);
  });

  test('files with one date in their names are parts of one export', async t => {
    const run = await open(t, {
      files: {
        'a-2026-01-05.csv': jira(jiraIssue(1, 'To Do')),
        'b-2026-01-05.csv': jira(jiraIssue(2, 'To Do')),
        'a-2026-01-12.csv': jira(jiraIssue(1, 'To Do')),
        'b-2026-01-12.csv': jira(jiraIssue(3, 'To Do')),
      },
    });
    await run.refresh();
    assert.deepEqual(await linesOf(run), [
      'PLAT-1 todo - - - - -',
      'PLAT-2 todo - - - - - deleted',
      'PLAT-3 todo - - - - -',
    ]);
  });

  test('where another meaning is configured the newest export is read anew', async t => {
    const run = await open(t, { files: { 'jira-2026-01-05.csv': jira(jiraIssue(1, 'Parked')) } });
    await run.refresh();
    assert.deepEqual(await linesOf(run), ['PLAT-1 in_progress - 12-02T08 - - -']);
    const section = experienceSchema.parse({
      roadmap_exports: [{ name: 'plat', path: run.folder, time_zone: 'Europe/Berlin', statuses: { parked: 'todo' } }],
    });
    const again = roadmapExportSource(section.roadmap_exports[0]!);
    const context = {
      ...{ ledger: run.runtime.ledger, now: () => run.clock.now, signal: new AbortController().signal },
      ...{ log: undefined as never, progress: () => undefined },
    };
    const cursor = JSON.parse(String((await run.rows('SELECT cursor::VARCHAR AS c FROM cursors'))[0]!.c));
    for await (const batch of again.batches(context, cursor)) await run.runtime.ledger.write(batch.write);
    assert.deepEqual(await linesOf(run), ['PLAT-1 todo - 12-02T08 - - -']);
  });
});

describe('what is refused', () => {
  const refused = async (t: TestContext, text: string, config: Readonly<Record<string, unknown>> = {}) => {
    const run = await open(t, { files: { 'x.csv': text }, config });
    await run.refresh();
    assert.deepEqual(await run.rows('FROM roadmap_items'), []);
    return run.where();
  };

  test('a table that is no export of a tracker says which columns it lacks to be one', async t => {
    assert.deepEqual(await refused(t, 'Key,Title,Team\nPLAT-1,x,y\n'), [
      'x.csv file_unknown_export jira: Status; linear: ID, Status; linear_projects: Name, Status, Target Date; github_projects: URL, Status',
    ]);
  });

  test('an export of the kind that is named says which columns it lacks', async t => {
    assert.deepEqual(await refused(t, 'Title,Team\nx,y\n', { kind: 'jira' }), [
      'x.csv file_missing_column Issue key, Status',
    ]);
    const due = { columns: { due: 'Zieltermin' } };
    assert.deepEqual(await refused(t, jira(jiraIssue(1, 'To Do')), due), ['x.csv file_missing_column Zieltermin']);
  });

  test('times without a zone need one', async t => {
    assert.deepEqual(await refused(t, jira(jiraIssue(1, 'To Do')), { time_zone: undefined }), [
      'x.csv file_no_time_zone Created',
    ]);
  });

  test('a localized export is read by the names of its columns', async t => {
    const run = await open(t, {
      files: {
        'jira.csv': csv([
          ['Vorgangsschlüssel', 'Zustand', 'Erstellt', 'Fällig', 'Statuskategorie'],
          ['PLAT-1', 'Offen', '12.01.2026 15:04', '31.03.2026 00:00', 'Zu erledigen'],
        ]),
      },
      config: {
        columns: {
          key: 'vorgangsschlüssel',
          status: 'Zustand',
          created: 'Erstellt',
          due: 'Fällig',
          category: 'Statuskategorie',
        },
        kind: 'jira',
      },
    });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await linesOf(run), ['PLAT-1 todo - - - 03-31 -']);
  });

  test('an export of another kind needs a source of its own', async t => {
    const run = await open(t, { files: { 'a-2026-01-05.csv': jira(jiraIssue(1, 'To Do')) } });
    await run.refresh();
    run.write('b-2026-01-12.tsv', 'Title\tURL\tStatus\nx\thttps://github.com/acme/p/issues/1\tTodo\n');
    await run.refresh();
    assert.deepEqual(await run.where(), ['b-2026-01-12.tsv file_other_export github_projects, and not jira']);
    assert.deepEqual(await linesOf(run), ['PLAT-1 todo - - - - -']);
  });

  test('a column of people is not read, whoever asks for it', () => {
    const parse = (area: string) =>
      experienceSchema.safeParse({ roadmap_exports: [{ path: 'x', columns: { area } }] }).success;
    assert.deepEqual(['Assignee', 'Custom field (Owner)', 'Reporter', 'Team'].map(parse), [false, false, false, true]);
  });

  test('a path that means nothing fails the refresh; a folder may be empty yet', async t => {
    const nowhere = await open(t, { files: {}, config: { path: '/nowhere/*.csv' } });
    assert.match(String((await nowhere.refresh()).error), /found no export of a tracker .* at \/nowhere\/\*\.csv/);
    const empty = await open(t, { files: {} });
    assert.equal((await empty.refresh()).error, undefined);
  });
});

describe('bad rows', () => {
  test('are told by file and line, and what stands in them is not gone', async t => {
    const run = await open(t, {
      files: {
        'a-2026-01-05.csv': jira(jiraIssue(1, 'To Do'), jiraIssue(2, 'To Do'), jiraIssue(3, 'To Do')),
        'b-2026-01-12.csv': jira(
          jiraIssue(1, 'Done', { Updated: 'Ann Canary' }),
          jiraIssue(2, 'Done', { 'Due date': 'soon' }),
          jiraIssue(4, ''),
        ).replace(/$/, ',,,a canary\n'),
      },
    });
    const { rejected } = await run.refresh();
    assert.deepEqual(await run.where(), [
      'b-2026-01-12.csv 2 bad_time Updated',
      'b-2026-01-12.csv 3 bad_date Due date',
      'b-2026-01-12.csv 4 too_many_fields',
    ]);
    assert.deepEqual(rejected, { bad_time: 1, bad_date: 1, too_many_fields: 1 });
  });

  test('while a row does not say which item it is, nothing is gone', async t => {
    const run = await open(t, {
      files: {
        'a-2026-01-05.csv': jira(jiraIssue(1, 'To Do'), jiraIssue(2, 'To Do')),
        'b-2026-01-12.csv': jira(jiraIssue(1, 'To Do'), { Summary: 'A secret title', Status: 'To Do' }),
      },
    });
    await run.refresh();
    assert.deepEqual(await run.where(), ['b-2026-01-12.csv 3 no_id']);
    assert.deepEqual(await linesOf(run), ['PLAT-1 todo - - - - -', 'PLAT-2 todo - - - - -']);
    run.write('c-2026-01-19.csv', jira(jiraIssue(1, 'To Do')));
    await run.refresh();
    assert.deepEqual(await linesOf(run), ['PLAT-1 todo - - - - -', 'PLAT-2 todo - - - - - deleted']);
  });

  test('as many rows as Jira exports at once may not be all: nothing is gone, and no promises are known', async t => {
    const many = Array.from({ length: 1_000 }, (_, index) => jiraIssue(index + 2, 'To Do'));
    const run = await open(t, { files: { 'a-2025-12-29.csv': jira(...many) } });
    assert.deepEqual((await run.refresh()).rejected, { row_limit: 1 });
    assert.deepEqual(await run.rows('FROM roadmap_snapshots'), []);
    assert.match((await run.notices()).join('\n'), /none of its exports was whole/);
    run.write('b-2025-12-29.csv', jira(jiraIssue(1, 'To Do')));
    await run.refresh();
    assert.equal((await run.rows('FROM roadmap_snapshots')).length, 1);
  });

  test('an export of nothing is no deleted roadmap', async t => {
    const run = await open(t, { files: { 'a-2026-01-05.csv': jira(jiraIssue(1, 'To Do')) } });
    await run.refresh();
    run.write('b-2026-01-12.csv', `${jira()}\n`);
    run.write('c-2026-01-19.csv', jira(jiraIssue(1, 'Done')));
    await run.refresh();
    assert.deepEqual(await run.where(), ['b-2026-01-12.csv file_empty']);
    assert.deepEqual(await linesOf(run), ['PLAT-1 done - - 01-19T23 - -']);
  });
});

describe('an item that an API tells of too', () => {
  const api = {
    jira: [
      {
        name: 'site',
        url: 'https://acme.atlassian.net',
        email: 'a@example.org',
        api_token: 'x',
        jql: 'project = PLAT',
      },
    ],
  };
  const told = (status: 'todo' | 'done', changedAt: string, id = '10001') =>
    item(id, status, changedAt, { key: 'PLAT-1', ...(status === 'done' ? { endedAt: changedAt } : {}) });
  const counts = async (run: Awaited<ReturnType<typeof open>>) => [
    ...(await run.lines(roadmapItems)),
    ...(await run.lines(itemsOpened)),
  ];

  test('before the export is left to it', async t => {
    const run = await open(t, {
      files: { 'a-2026-01-05.csv': jira(jiraIssue(1, 'Doing'), jiraIssue(2, 'Doing')) },
      beside: api,
    });
    await run.runtime.ledger.write(tx =>
      storeRoadmap(
        tx,
        'site',
        { items: [told('todo', '2026-01-04T00:00:00Z')], isWhole: true },
        { now: new Date('2026-01-04T01:00:00Z'), team: 'platform' },
      ),
    );
    await run.refresh();
    assert.deepEqual(await counts(run), ['platform none in_progress = 1', 'platform none todo = 1', 'platform = 2']);
    assert.match((await run.notices()).join('\n'), /the last has 1 item, and 1 more that another source tells of/);
  });

  test('after the export goes on as its own: one item, with its versions, its events and its promises', async t => {
    const run = await open(t, {
      files: {
        'a-2025-12-29.csv': jira(jiraIssue(1, 'To Do', { 'Due date': '31/Mar/26 12:00 AM' }), jiraIssue(2, 'To Do')),
      },
      beside: api,
    });
    await run.refresh();
    // A site that was moved has other ids: its keys tell.
    await run.runtime.ledger.write(tx =>
      storeRoadmap(
        tx,
        'site',
        { items: [told('done', '2026-03-20T00:00:00Z', '777')], isWhole: true },
        { now: new Date('2026-09-01T00:00:00Z'), team: 'platform' },
      ),
    );
    assert.deepEqual(await counts(run), ['platform none done = 1', 'platform none todo = 1', 'platform = 2']);
    assert.deepEqual(await run.lines(promises, '2026-09-02T00:00:00Z'), ['platform 2026-Q1 kept = 1']);
    assert.deepEqual(await linesOf(run, newest), ['PLAT-1 done - - 03-20T00 - -', 'PLAT-2 todo - - - - -']);
    run.write('b-2026-09-07.csv', jira(jiraIssue(1, 'Doing'), jiraIssue(2, 'To Do')));
    await run.refresh();
    assert.deepEqual(await counts(run), ['platform none done = 1', 'platform none todo = 1', 'platform = 2']);
  });

  test('before, by a source of the same name, goes on with the exports since', async t => {
    const run = await open(t, {
      files: {
        'a-2026-01-05.csv': jira(jiraIssue(1, 'Doing'), jiraIssue(2, 'Doing')),
        'b-2026-03-02.csv': jira(jiraIssue(1, 'Done', { Updated: '27/Feb/26 9:00 AM' })),
      },
    });
    await run.runtime.ledger.write(tx =>
      storeRoadmap(
        tx,
        'plat',
        { items: [told('todo', '2026-02-01T00:00:00Z', 'of-the-api')], isWhole: true },
        { now: new Date('2026-02-02T00:00:00Z'), team: 'platform' },
      ),
    );
    await run.refresh();
    assert.deepEqual(await linesOf(run), ['PLAT-1 done - - 02-27T08 - -']);
    assert.deepEqual(await run.rows('SELECT DISTINCT item FROM roadmap_items'), [{ item: 'of-the-api' }]);
    assert.match((await run.notices()).join('\n'), /1 file speaks of a time before what was known .*a-2026-01-05\.csv/);
  });
});
