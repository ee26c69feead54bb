/** What statuses, labels, comments and steps of trackers mean. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { trackerShape } from '../../../exporters/experience/roadmap/config.ts';
import { versionsOf, withSteps } from '../../../exporters/experience/roadmap/past.ts';
import { usualStatus, wordsOf } from '../../../exporters/experience/roadmap/words.ts';
import { item } from './books.ts';

const words = (config: unknown) => wordsOf(z.strictObject(trackerShape).parse(config));

test('columns of boards mean what they are usually called for', () => {
  const found = (list: readonly string[]) => list.map(word => usualStatus(word) ?? '-');
  assert.deepEqual(found(['Backlog', ' triage ', '💡 Ideas', 'New', 'No Status']), Array(5).fill('backlog'));
  assert.deepEqual(
    found(['In Progress', '🏗 In progress', 'in review', 'Blocked', 'WIP']),
    Array(5).fill('in_progress'),
  );
  assert.deepEqual(found(['✅ Done', 'Shipped', 'Closed', 'Complete']), Array(4).fill('done'));
  assert.deepEqual(found(["Won't do", 'Cancelled', 'Canceled', 'Duplicate']), Array(4).fill('cancelled'));
  assert.deepEqual(found(['Todo', 'Ready', 'Next up', 'Not done', 'Undone', '']), Array(6).fill('-'));
});

test('labels and statuses are found whatever their case; the first area by name is taken', () => {
  const { ofLabels, statusOf } = words({
    ...{ statuses: { 'On Ice': 'backlog' }, area_label_prefix: 'Area/' },
    ...{ feedback_labels: ['User Feedback'], office_hours_labels: ['office-hours'] },
  });
  assert.equal(statusOf(' on ice'), 'backlog');
  assert.equal(statusOf('ice'), undefined);
  assert.deepEqual(ofLabels(['area/portal', 'AREA/CI ', 'area/', 'user feedback']), {
    ...{ isFeedback: true, isOfficeHours: false, area: 'CI' },
  });
  assert.deepEqual(ofLabels(['Office-Hours', 'feedback']), { isFeedback: false, isOfficeHours: true, area: undefined });
});

test('the first answer is of a responder, or of anybody but the author', () => {
  const comments = [
    { at: '2026-01-05T00:00:00Z', authors: ['ada'] },
    { at: '2026-01-03T00:00:00Z', authors: ['bob', 'id-7'] },
    { at: '2026-01-02T00:00:00Z', authors: ['Mona'] },
    { at: '2026-01-01T00:00:00Z', authors: [] },
  ];
  assert.equal(words({}).firstAnswer(comments, ['mona']), '2026-01-03T00:00:00Z');
  assert.equal(words({ responders: ['ADA'] }).firstAnswer(comments, ['mona']), '2026-01-05T00:00:00Z');
  assert.equal(words({ responders: ['eve'] }).firstAnswer(comments, []), undefined);
});

const day = (text: string) => text.slice(5, 10) || text;
const lines = (versions: ReturnType<typeof withSteps>) =>
  versions.map(({ changedAt, status, startedAt = '-', endedAt = '-' }) =>
    [day(changedAt), status, day(startedAt), day(endedAt)].join(' '),
  );
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
const step = (day: number, status: Parameters<typeof item>[1]) => ({ at: at(day), status });

test('steps give each version its start and its end; an end is where it came to be at it', () => {
  const steps = [
    step(1, 'todo'),
    step(3, 'in_progress'),
    step(5, 'done'),
    step(6, 'done'),
    step(7, 'todo'),
    step(9, 'done'),
  ];
  assert.deepEqual(lines(withSteps(item('1', 'done', at(20)), steps)), [
    '01-01 todo - -',
    '01-03 in_progress 01-03 -',
    '01-05 done 01-03 01-05',
    '01-06 done 01-03 01-05',
    '01-07 todo 01-03 -',
    '01-09 done 01-03 01-09',
    '01-20 done 01-03 01-09',
  ]);
});

test('steps that lead elsewhere than to what an item is are not believed', () => {
  assert.deepEqual(lines(withSteps(item('1', 'done', at(20)), [step(1, 'todo')])), ['01-20 done - -']);
  assert.deepEqual(lines(withSteps(item('1', 'done', at(20)), [])), ['01-20 done - -']);
});

test('what an item says of itself implies its past, and no more', () => {
  const implied = (more: Parameters<typeof item>[3], status: Parameters<typeof item>[1] = 'done') =>
    lines(versionsOf([item('1', status, at(20), more)]));
  assert.deepEqual(implied({ startedAt: at(5), endedAt: at(9) }), [
    '01-01 todo - -',
    '01-05 in_progress 01-05 -',
    '01-09 done 01-05 01-09',
    '01-20 done 01-05 01-09',
  ]);
  // An end before its start is a mistake of its tracker, and no version.
  assert.deepEqual(implied({ startedAt: at(9), endedAt: at(5) }), [
    '01-01 todo - -',
    '01-09 in_progress 01-09 -',
    '01-20 done 01-09 01-05',
  ]);
  assert.deepEqual(implied({ startedAt: at(5) }, 'todo'), ['01-01 todo - -', '01-20 todo 01-05 -']);
});
