/** Which moment an export speaks of, and the past that a folder of them tells. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { experienceSchema } from '../../../../exporters/experience/config.ts';
import { itemsOpened, promises, roadmapItems } from '../../../../exporters/experience/roadmap/metrics.ts';
import { roadmapExportSource } from '../../../../exporters/experience/sources/roadmap-exports/index.ts';
import { linesOf } from '../../run.ts';
import { jira, jiraIssue, open, weeks } from './exports.ts';

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
