import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplesOf, written } from './samples.ts';

test('the samples of promtool’s notation are counted as promtool counts them', () => {
  assert.deepEqual(samplesOf('1x2 _x2 0+2x2 stale 7'), ['1', '1', '1', '_', '_', '0', '2', '4', 'stale', '7']);
  assert.deepEqual(samplesOf('10-1x1 1.5x1'), ['10', '9', '1.5', '1.5']);
  assert.equal(written(['1', '1', '1', '_', '_', '0', 'stale', 'stale']), '1x2 _x2 0 stale stale');
});
