/** The page about the roadmap: what is 0 and what is absent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusWords } from '../../dashboards/roadmap/words.ts';
import { roadmapDashboard } from '../../dashboards/roadmap.ts';
import { itemStatuses } from '../../exporters/experience/roadmap/told.ts';
import { exprsOf, labelled, proved } from './proved.ts';

const page = roadmapDashboard();
const queriesOf = (panel: string) => exprsOf(page, panel, { team: '.*', area: '.*', window: '30d' });

test('statuses are called what the exporter calls them', () => {
  for (const status of Object.keys(statusWords))
    assert.ok(
      itemStatuses.some(each => each === status),
      status,
    );
});

test('what is read is of the chosen period, and of 7, 30 or 90 days in no other place', async t => {
  const of = (window: string, values: string) => ({
    series: `devex_roadmap_throughput_items${labelled({ team: 'platform', area: 'ci', window })}`,
    values,
  });
  const [done = ''] = queriesOf('Done in the period');
  await proved(
    t,
    [of('7d', '1x3'), of('30d', '4x3'), of('90d', '9x3')],
    [{ expr: done, at: '2h', finds: [['{}', 4]] }],
  );
  assert.doesNotMatch(JSON.stringify(page.panels), /window=\\"\d/);
});

test('nothing in progress is 0 where there is a roadmap, and nothing where there is none', async t => {
  const item = (status: string, area: string) => ({
    series: `devex_roadmap_items${labelled({ team: 'platform', area, status })}`,
    values: '4x3',
  });
  const [progress = ''] = queriesOf('In progress');
  const [open = ''] = queriesOf('Open items');
  const inProgress = queriesOf('Areas and their items')[0] ?? '';
  await proved(
    t,
    [item('done', 'ci'), item('todo', 'ci'), item('todo', 'portal'), item('in_progress', 'portal')],
    [
      { expr: open, at: '2h', finds: [['{}', 12]] },
      {
        expr: inProgress,
        at: '2h',
        finds: [
          ['{area="portal"}', 4],
          ['{area="ci"}', 0],
        ],
      },
    ],
  );
  await proved(t, [item('done', 'ci')], [{ expr: progress, at: '2h', finds: [['{}', 0]] }]);
  await proved(t, [{ series: 'other', values: '1x3' }], [{ expr: progress, at: '2h', finds: [] }]);
});

test('promises stand by quarter, with 0 for what none became', async t => {
  const of = (quarter: string, outcome: string, values: string) => ({
    series: `devex_roadmap_promised_items${labelled({ team: 'platform', quarter, outcome })}`,
    values,
  });
  const [promised = '', kept = '', late = ''] = queriesOf('Promises by quarter');
  await proved(
    t,
    [of('2026-Q2', 'kept', '6x3'), of('2026-Q2', 'missed', '2x3'), of('2026-Q3', 'open', '5x3')],
    [
      {
        expr: promised,
        at: '2h',
        finds: [
          ['{quarter="2026-Q2"}', 8],
          ['{quarter="2026-Q3"}', 5],
        ],
      },
      {
        expr: kept,
        at: '2h',
        finds: [
          ['{quarter="2026-Q2"}', 6],
          ['{quarter="2026-Q3"}', 0],
        ],
      },
      {
        expr: late,
        at: '2h',
        finds: [
          ['{quarter="2026-Q2"}', 0],
          ['{quarter="2026-Q3"}', 0],
        ],
      },
    ],
  );
});

test('unanswered feedback is 0 where feedback is open and all of it answered, and absent where there is none', async t => {
  const [waits = ''] = queriesOf('Feedback waiting');
  const of = (state: string) => ({
    series: `devex_feedback_open_items${labelled({ team: 'platform', state })}`,
    values: '3x3',
  });
  await proved(t, [of('answered')], [{ expr: waits, at: '2h', finds: [['{}', 0]] }]);
  await proved(t, [of('answered'), of('unanswered')], [{ expr: waits, at: '2h', finds: [['{}', 3]] }]);
  await proved(t, [{ series: 'other', values: '1x3' }], [{ expr: waits, at: '2h', finds: [] }]);
});

test('what was 30 days ago is told where a roadmap was known then, and is 0 only there', async t => {
  const item = (status: string, values: string) => ({
    series: `devex_roadmap_items${labelled({ team: 'platform', area: 'ci', status })}`,
    values,
  });
  const done = (values: string) => ({
    series: `devex_roadmap_throughput_items${labelled({ team: 'platform', area: 'ci', window: '30d' })}`,
    values,
  });
  const [wasOpen = ''] = queriesOf('30 d ago: open');
  const [wasDone = ''] = queriesOf('30 d ago: done');
  const at = '722h';
  await proved(
    t,
    [item('todo', '7x2 3x800'), item('done', '5x802'), done('_x700 4x102')],
    [
      { expr: wasOpen, at, finds: [['{}', 7]] },
      { expr: wasDone, at, finds: [['{}', 0]] },
    ],
  );
  await proved(
    t,
    [item('todo', '_x700 3x102'), done('_x700 4x102')],
    [
      { expr: wasOpen, at, finds: [] },
      { expr: wasDone, at, finds: [] },
    ],
  );
});
