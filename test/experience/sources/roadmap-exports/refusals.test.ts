/** Exports that are refused, and rows that are, each with its place. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { experienceSchema } from '../../../../exporters/experience/config.ts';
import { linesOf } from '../../run.ts';
import { csv, jira, jiraIssue, open } from './exports.ts';

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
