/** Ranges of versions, by the examples of their specification and by their edges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containsIn, isRangeOf, readRange } from '../../../exporters/supply-chain/versions/vers.ts';

function inRange(range: string, versions: string, type?: string): string {
  const read = readRange(range, type);
  assert.ok(!('fault' in read), 'fault' in read ? `${range}: ${read.fault}` : '');
  const contains = containsIn(read);
  return versions.split(' ').filter(contains).join(' ');
}

const cases: readonly (readonly [range: string, versions: string, within: string])[] = [
  ['vers:maven/<2.17.1', '2.9 2.17.0 2.17.1-rc1 2.17.1 2.17.10 3', '2.9 2.17.0 2.17.1-rc1'],
  ['vers:maven/<2.17.1|>=3.0', '2.9 2.17.1 2.20 3.0 3.1', '2.9 3.0 3.1'],
  ['vers:npm/1.2.3|>=2.0.0|<5.0.0', '1.2.2 1.2.3 1.9 2.0.0 4.99.9 5.0.0-rc.1 5.0.0', '1.2.3 2.0.0 4.99.9 5.0.0-rc.1'],
  ['vers:pypi/0.0.0|0.0.1|0.0.2|1.0|2.0pre1', '0.0 0.0.1 0.0.3 1.0.0 2.0rc1 2.0', '0.0 0.0.1 1.0.0 2.0rc1'],
  ['vers:gem/>=2.2.0|!=2.2.1|<2.3.0', '2.1 2.2.0 2.2.1 2.2.2 2.3.0', '2.2.0 2.2.2'],
  ['vers:deb/>=1:1.0|<1:2.0~rc1', '3.0 1:1.0 1:2.0~beta1 1:2.0~rc1 1:2.0', '1:1.0 1:2.0~beta1'],
  ['vers:rpm/<1:1.1.1k-5.el8', '1.1.1z 1:1.1.1g-15.el8 1:1.1.1k-5.el8 1:1.1.1k-12.el8', '1.1.1z 1:1.1.1g-15.el8'],
  [
    'vers:golang/>v1.2.3|<=v1.3.0',
    '1.2.3 v1.2.4-0.20191109021931-daa7c04131f5 v1.3.0 v1.3.1',
    'v1.2.4-0.20191109021931-daa7c04131f5 v1.3.0',
  ],
  ['vers:npm/*', '1.0.0 latest', '1.0.0 latest'],
  ['vers:all/*', '1 2', '1 2'],
  ['vers:none/*', '1 2', ''],
  ['vers:npm/!=1.2.3', '1.2.2 1.2.3 1.2.4', '1.2.2 1.2.4'],
  // Bounds that others make needless.
  ['vers:npm/<2.0.0|<3.0.0', '1.0.0 2.0.0 2.5.0 3.0.0', '1.0.0 2.0.0 2.5.0'],
  ['vers:npm/>1.0.0|>2.0.0|<3.0.0', '1.0.0 1.5.0 2.0.0 3.0.0', '1.5.0 2.0.0'],
  ['vers:npm/<1.0.0|>=2.0.0|<3.0.0|>=4.0.0', '0.1.0 1.0.0 2.0.0 3.0.0 4.0.0', '0.1.0 2.0.0 4.0.0'],
  // Order and blanks don't matter, and a sign may be encoded.
  ['vers:npm/ <5.0.0 | >= 2.0.0 ', '1.0.0 3.0.0', '3.0.0'],
  ['vers:deb/<1%3A2.0', '9 1:1.9 1:2.0', '9 1:1.9'],
];

for (const [range, versions, within] of cases)
  test(`${range} has ${within || 'none'} of ${versions}`, () => assert.equal(inRange(range, versions), within));

test('a range without vers: is of the package URL', () => {
  assert.equal(inRange('<2.17.1', '2.9 2.17.1', 'maven'), '2.9');
});

for (const [range, reason] of [
  ['vers:npm', /is not vers:/],
  ['vers:npm/', /is not vers:/],
  ['<1.0', /names no scheme/],
  ['vers:npm/*|<1', /every version/],
  ['vers:npm/<', /has no version/],
  ['vers:npm/^1.2', /no comparator/],
  ['vers:npm/1.0.0|<1.0.0', /twice/],
  ['vers:npm/%E0%A4%A', /no version/],
] as const)
  test(`${range} is refused: ${reason.source}`, () => {
    const read = readRange(range);
    assert.match('fault' in read ? read.fault : 'read', reason);
  });

test('a range is for packages whose versions have its order', () => {
  const range = { scheme: 'alpine' };
  assert.ok(isRangeOf(range, 'apk'));
  assert.ok(!isRangeOf(range, 'deb'));
  assert.ok(isRangeOf({ scheme: 'all' }, 'deb'));
  assert.ok(isRangeOf({ scheme: 'maven' }, ''));
});
