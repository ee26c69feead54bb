/** Of which moment an export speaks, and which day a promise is for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodEnd, zonedDay } from '../../../exporters/experience/sources/roadmap-exports/days.ts';
import { exportsOf } from '../../../exporters/experience/sources/roadmap-exports/moment.ts';

interface Options {
  readonly modified?: string;
  readonly moment?: 'name' | 'modified';
}

const momentsOf = (names: readonly string[], { modified = '2026-11-20T10:00:00Z', moment }: Options = {}) => {
  const { exports, undated } = exportsOf(
    names.map(name => ({ path: `/exports/${name}`, size: 1, mtimeMs: Date.parse(modified) })),
    { moment, timeZone: 'Europe/Berlin', now: new Date('2026-11-27T00:00:00Z') },
  );
  return [
    ...exports.map(({ at, files }) => `${at.toISOString().slice(0, 19)} ${files.length}`),
    ...undated.map(() => '-'),
  ];
};

for (const [name, expected] of [
  ['jira-2026-01-05.csv', '2026-01-05T23:59:59 1'],
  ['PLAT-20260105-part1.csv.gz', '2026-01-05T23:59:59 1'],
  ['Export Mon Jan 05 2026.csv', '2026-01-05T23:59:59 1'],
  ['Roadmap 5 Jan 2026.tsv', '2026-01-05T23:59:59 1'],
  ['Jira 2026-01-05T09_30_00+0100.csv', '2026-01-05T08:30:00 1'],
  ['Jira Export 20260705093000.csv', '2026-07-05T07:30:00 1'],
  ['Roadmap - Q1 2026.tsv', '2026-11-20T10:00:00 1'],
  ['issue-120260105.csv', '2026-11-20T10:00:00 1'],
  ['jira-2026-02-31.csv', '2026-11-20T10:00:00 1'],
  ['jira-2027-02-01.csv', '2026-11-27T00:00:00 1'],
] as const)
  test(`the moment of ${name}`, () => assert.deepEqual(momentsOf([name]), [expected]));

test('a file that was written on the day of its name was exported then', () => {
  assert.deepEqual(momentsOf(['jira-2026-01-05.csv'], { modified: '2026-01-05T13:00:00Z' }), ['2026-01-05T13:00:00 1']);
});

test('files of one date are parts of one export, and exports come in the order of their dates', () => {
  assert.deepEqual(momentsOf(['a-2026-01-12.csv', 'b-2026-01-05.csv', 'a-2026-01-05.csv']), [
    '2026-01-05T23:59:59 2',
    '2026-01-12T23:59:59 1',
  ]);
});

test('where the name or the time of writing is asked for, it alone counts', () => {
  assert.deepEqual(momentsOf(['jira.csv'], { moment: 'name' }), ['-']);
  assert.deepEqual(momentsOf(['jira-2026-01-05.csv'], { moment: 'modified' }), ['2026-11-20T10:00:00 1']);
});

test('a quarter, a half and a month end on their last day', () => {
  const texts = ['Q1 2026', '2026-Q2', 'Q3 26', 'Q1 2026 – Jan-Mar', 'H1 2026', 'Feb 2028', '2026-03', 'März 2026'];
  assert.deepEqual(texts.map(periodEnd), [
    ...['2026-03-31', '2026-06-30', '2026-09-30', '2026-03-31', '2026-06-30', '2028-02-29', '2026-03-31', '2026-03-31'],
  ]);
  assert.deepEqual(['H3 2026', 'Q1', '31/Mar/26', '2026-03-31', 'next'].map(periodEnd), Array(5).fill(undefined));
});

test('a day that was written as a midnight of another zone is that day', () => {
  assert.deepEqual(
    [
      '2026-06-25T23:00:00.000Z',
      '2026-06-26T00:00:00.000Z',
      '2026-06-26T07:00:00.000Z',
      '2026-06-25T15:00:00.000Z',
    ].map(zonedDay),
    Array(4).fill('2026-06-26'),
  );
});
