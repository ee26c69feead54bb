/** Items that exports and an API of the same tracker tell of are counted once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { itemsOpened, promises, roadmapItems } from '../../../../exporters/experience/roadmap/metrics.ts';
import { storeRoadmap } from '../../../../exporters/experience/roadmap/store.ts';
import { item } from '../../roadmap/books.ts';
import { linesOf, newest } from '../../run.ts';
import { jira, jiraIssue, open } from './exports.ts';

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
