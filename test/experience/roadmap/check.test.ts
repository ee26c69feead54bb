/** What of the configuration of trackers has no effect is told; what is as it should be isn't. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openLedger } from '../../../exporters/core/ledger.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { storeRoadmap } from '../../../exporters/experience/roadmap/store.ts';
import type { RoadmapItem } from '../../../exporters/experience/roadmap/told.ts';
import { item, teams } from './books.ts';

async function noticesOf(t: TestContext, linear: Readonly<Record<string, unknown>>, items: readonly RoadmapItem[]) {
  const exporter = experienceExporter(experienceSchema.parse({ linear: [{ api_key: 'key', ...linear }] }), teams);
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  t.after(() => ledger.close());
  await ledger.write(tx =>
    storeRoadmap(tx, 'linear', { items, isWhole: true }, { now: new Date('2026-03-01T00:00:00Z'), team: 'platform' }),
  );
  return (await exporter.check!(ledger)).map(({ subject, text }) => `${subject}: ${text}`);
}

test('labels, areas, days and starts that no item has are told, and a team that the catalog lacks', async t => {
  const labels = { feedback_labels: ['feedbak'], office_hours_labels: ['office'] };
  const done = item('1', 'done', '2026-02-01T00:00:00Z', { endedAt: '2026-02-01T00:00:00Z' });
  assert.deepEqual(await noticesOf(t, { ...labels, team: 'plattform' }, [done]), [
    'roadmap linear: the team plattform is none of the catalog: its roadmap is of "unowned"',
    'roadmap linear: none of its 1 items has a label of feedback_labels',
    'roadmap linear: none of its 1 items has a label of office_hours_labels',
    'roadmap linear: none of its 1 items has an area: all are told as "none"',
    'roadmap linear: none of its 1 items has a due date or a cycle: no promises are known',
    'roadmap linear: none of its 1 items that are done is known to have been in progress: no cycle times are known',
  ]);
});

test('a roadmap that says all of it, and one that is not read yet, are told nothing of', async t => {
  const whole = item('1', 'done', '2026-02-01T00:00:00Z', {
    ...{
      endedAt: '2026-02-01T00:00:00Z',
      startedAt: '2026-01-05T00:00:00Z',
      area: 'ci',
      dueOn: '2026-03-01',
      isFeedback: true,
    },
  });
  assert.deepEqual(await noticesOf(t, { feedback_labels: ['feedback'] }, [whole]), []);
  assert.deepEqual(await noticesOf(t, { feedback_labels: ['feedback'] }, []), []);
});
