import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvedByChanges } from '../../../exporters/dora/sources/jira/resolved.ts';
import { wordsIn } from '../../../exporters/vendors/jira/fields.ts';
import { withoutOrder } from '../../../exporters/vendors/jira/search.ts';
import { jqlTime } from '../../../exporters/vendors/jira/time.ts';

const known = new Map([
  ['open', false],
  ['doing', false],
  ['done', true],
  ['closed', true],
]);
const at = (day: number) => `2026-11-0${day}T08:00:00Z`;
const step = (day: number, from: string, to: string) => ({ at: at(day), field: 'status', from, to });
const given = (day: number) => ({ at: at(day), field: 'resolution', from: '', to: '1' });

test('a changelog resolves by the last step from an open status, not by one between resolved ones', () => {
  assert.equal(resolvedByChanges([], known), undefined);
  assert.equal(resolvedByChanges([step(1, 'open', 'doing')], known), undefined);
  assert.equal(resolvedByChanges([step(1, 'open', 'done'), step(2, 'done', 'closed')], known), at(1));
  assert.equal(
    resolvedByChanges([step(1, 'open', 'done'), step(2, 'done', 'open'), step(3, 'open', 'closed')], known),
    at(3),
  );
});

test('a status that was deleted since, and a resolution, are told apart from a step that reopens', () => {
  // Resolved by a status of which nothing is left, and moved to another workflow later.
  const moved = [step(1, 'open', 'gone'), step(2, 'gone', 'closed')];
  assert.equal(resolvedByChanges([...moved, given(1)], known), at(1));
  assert.equal(resolvedByChanges(moved, known), at(2));
  assert.equal(
    resolvedByChanges([given(1), step(1, 'open', 'done'), step(2, 'done', 'doing'), step(3, 'doing', 'done')], known),
    at(3),
  );
});

test('where a status before Done counts, its resolution does not', () => {
  const steps = [step(1, 'open', 'done'), step(2, 'done', 'closed'), given(2)];
  assert.equal(resolvedByChanges(steps, known, true), at(1));
  assert.equal(resolvedByChanges(steps, known), at(2));
  assert.equal(resolvedByChanges([given(2)], known, true), at(2));
});

test('a time of a query is of the zone, to the minute, and never later than the instant', () => {
  const of = (iso: string, zone: string) => jqlTime(new Date(iso), zone);
  assert.equal(of('2026-11-10T12:34:56Z', 'Etc/UTC'), '2026-11-10 12:34');
  assert.equal(of('2026-11-10T00:00:00Z', 'America/New_York'), '2026-11-09 19:00');
  assert.equal(of('2026-11-10T18:45:00Z', 'Asia/Kathmandu'), '2026-11-11 00:30');
  // 02:30 in Berlin was twice on that day: the first one is asked for as the hour before it.
  assert.equal(of('2026-10-25T00:30:00Z', 'Europe/Berlin'), '2026-10-25 01:30');
  assert.equal(of('2026-10-25T01:30:00Z', 'Europe/Berlin'), '2026-10-25 02:30');
  assert.equal(of('2026-10-25T02:30:00Z', 'Europe/Berlin'), '2026-10-25 03:30');
});

test('a query loses its order, and not what is in quotes', () => {
  assert.equal(withoutOrder('project = OPS ORDER BY created DESC'), '(project = OPS)');
  assert.equal(withoutOrder('a = 1 OR b = 2\norder  by x'), '(a = 1 OR b = 2)');
  assert.equal(
    withoutOrder('summary ~ "order by phone" OR x = \'order by\''),
    '(summary ~ "order by phone" OR x = \'order by\')',
  );
});

test('the words of a value are found in whatever form it has', () => {
  assert.deepEqual(wordsIn([{ name: 'A' }, { value: 'B', id: '1' }, 'C', 4, null, { displayName: 'E' }, { id: 'f' }]), [
    ...['A', 'B', 'C', '4', 'E', 'f'],
  ]);
  assert.deepEqual(wordsIn({}), []);
  assert.deepEqual(wordsIn('a\0b '), ['ab']);
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  assert.deepEqual(wordsIn({ type: 'doc', version: 1, content: [paragraph('one'), paragraph('two')] }), ['one two']);
});
