/** What the exporter works out of all that was released, against the attacker's own arithmetic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disclosesFew } from '../../../exporters/experience/surveys/disclosure.ts';
import { fewWorkedOut } from './attacker.ts';

const personOf = (answer: string) => answer.split('.')[0]!;
const sums = (sets: readonly (readonly string[])[]) =>
  sets.map(answers => ({ answers: answers.map(id => ({ id, person: personOf(id) })) }));
const letters = (text: string) => [...text];

test('a difference of few, of several together, and none', () => {
  assert.equal(disclosesFew([letters('abcdef')], [letters('abcdefg')], personOf, 3), true);
  assert.equal(disclosesFew([letters('abcdef')], [letters('abcdefghi')], personOf, 3), false);
  // Neither differs from the one before it by less than three, and yet the third from the first by two.
  assert.equal(disclosesFew([letters('abcdef'), letters('abcdefghi')], [letters('abcdefg')], personOf, 3), true);
  // The sum of two less that of a third.
  assert.equal(
    disclosesFew([letters('abcdx'), letters('efghy')], [letters('abcdefgh')], personOf, 3),
    true,
    'x and y together are two people',
  );
  // An edited answer is one person's, though it is two answers.
  assert.equal(disclosesFew([['a.1', 'b', 'c', 'd']], [['a.2', 'b', 'c', 'd']], personOf, 2), true);
  // What was told before is told no more by telling it again.
  assert.equal(disclosesFew([letters('abcdef'), letters('abcdefg')], [letters('abcdefg')], personOf, 3), false);
});

test('random releases are judged as the attacker finds them', () => {
  let state = 99;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const seen = { told: 0, not: 0 };
  for (let round = 0; round < 400; round += 1) {
    const people = letters('abcdefghij').slice(0, 6 + next(5));
    const parts = 2 + next(3);
    const teams = people.map(() => next(parts));
    // Sets of whole teams, and now and then one or two people more or less.
    const setOf = () => {
      const chosen = new Set([next(parts), next(parts)]);
      const moved = next(3) === 0 ? new Set([next(people.length), next(people.length)]) : new Set<number>();
      return people.filter((_, index) => chosen.has(teams[index]!) !== moved.has(index));
    };
    const before = Array.from({ length: 1 + next(3) }, setOf);
    const after = Array.from({ length: 1 + next(2) }, setOf);
    const minimum = 2 + next(3);
    if (fewWorkedOut(sums(before), minimum) !== undefined) continue;
    const expected = fewWorkedOut(sums([...before, ...after]), minimum) !== undefined;
    assert.equal(disclosesFew(before, after, personOf, minimum), expected, JSON.stringify({ before, after, minimum }));
    seen[expected ? 'told' : 'not'] += 1;
  }
  assert.ok(seen.told > 40 && seen.not > 20, JSON.stringify(seen));
});
