/** Which looks are applied one after the other, and which together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Look, roundsOf } from '../../exporters/findings/rounds.ts';
import { seededRandom } from '../core/random.ts';

const look = (at: number, ...parts: readonly string[]): Look => ({
  whole: 'eu',
  at,
  ...(parts.length > 0 ? { parts } : {}),
});

test('looks at the whole follow one another in the order of their time', () => {
  assert.deepEqual(roundsOf([look(3), look(1), look(2), look(1)]), [2, 0, 1, 0]);
});

test('looks at different parts, or different wholes, are one round, whenever they were', () => {
  assert.deepEqual(roundsOf([look(1, 'p'), look(2, 'q'), look(3, 'r'), { whole: 'us', at: 4 }]), [0, 0, 0, 0]);
});

test('a look at the whole comes after all earlier ones at its parts, and before all later ones', () => {
  assert.deepEqual(roundsOf([look(1, 'p'), look(3, 'q'), look(3), look(3, 'p'), look(4, 'r')]), [0, 1, 1, 1, 2]);
});

test('of two looks that share a part the earlier is never applied later or together', () => {
  const random = seededRandom(2);
  const parts = ['p', 'q', 'r'];
  for (let turn = 0; turn < 200; turn += 1) {
    const looks = Array.from({ length: 8 }, () =>
      look(Math.floor(random() * 5), ...(random() < 0.3 ? [] : parts.filter(() => random() < 0.5))),
    );
    const rounds = roundsOf(looks);
    assert.deepEqual(roundsOf(looks.toReversed()).toReversed(), rounds);
    for (const [a, one] of looks.entries())
      for (const [b, other] of looks.entries()) {
        const share = !one.parts || !other.parts || one.parts.some(part => other.parts!.includes(part));
        if (share && one.at < other.at) assert.ok(rounds[a]! < rounds[b]!, JSON.stringify({ looks, rounds, a, b }));
      }
  }
});
