/** Times as survey tools write them, in zones with summer time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DateOrder, readTimes } from '../../../exporters/experience/sheet/local-time.ts';

const read = (texts: readonly string[], timeZone?: string, order?: DateOrder) =>
  readTimes(texts, { timeZone, order }).map(time => ('at' in time ? time.at.replace('.000Z', 'Z') : time.fault));

describe('a time as a tool writes it', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Google Sheets, American', '12/13/2024 9:12:35', '2024-12-13T09:12:35Z'],
    ['Google Forms, with its zone', '2024/03/21 12:05:19 PM AST', '2024-03-21T16:05:19Z'],
    ['Google Forms, after midnight', '2024/03/21 12:05:19 AM GMT+1', '2024-03-20T23:05:19Z'],
    ['Qualtrics and LimeSurvey', '2024-03-21 17:05:19', '2024-03-21T17:05:19Z'],
    ['Microsoft Forms', '3/21/24 8:05:19', '2024-03-21T08:05:19Z'],
    ['a German sheet', '21.03.2024 08:05:19', '2024-03-21T08:05:19Z'],
    ['a Korean form', '2024/03/21 5:34:13 오후 GMT+9', '2024-03-21T08:34:13Z'],
    ['a Korean sheet', '2024. 3. 21 오전 12:34:13', '2024-03-21T00:34:13Z'],
    ['a Chinese form', '2024/03/21 2:20:57 下午 [GMT+8]', '2024-03-21T06:20:57Z'],
    ['a Chinese sheet', '2024/3/21 上午 9:12:35', '2024-03-21T09:12:35Z'],
    ['a Japanese form', '2024/03/21 1:41:57 午後 JST', '2024-03-21T04:41:57Z'],
    ['a Spanish form, whose spaces do not break', '2024/03/21 9:40:00 p.\u00a0m. GMT-3', '2024-03-22T00:40:00Z'],
    ['a Mexican form', '2024/03/21 12:10:24 a.m. CST', '2024-03-21T06:10:24Z'],
    ['a German form', '2024/07/21 1:41:57 nachm. MESZ', '2024-07-21T11:41:57Z'],
    ['a Finnish sheet', '21.3.2024 klo 14.05.19', '2024-03-21T14:05:19Z'],
    ['a Hungarian sheet', '2024. 03. 21. 14:05:19', '2024-03-21T14:05:19Z'],
    ['Australian summer time', '2024/01/15 9:30:00 AM AEDT', '2024-01-14T22:30:00Z'],
    ['ISO 8601', '2024-03-21T08:05:19.250+02:00', '2024-03-21T06:05:19Z'],
    ['a day alone', '2024-03-21', '2024-03-21T00:00:00Z'],
    ['Jira', '21/Mar/24 3:04 PM', '2024-03-21T15:04:00Z'],
    ['Jira in French', '21/févr./24 3:04 PM', '2024-02-21T15:04:00Z'],
    ['Jira in Polish', '21/lut/24 12:04 AM', '2024-02-21T00:04:00Z'],
    ['an American month', 'Mar 21, 2024, 3:04 PM', '2024-03-21T15:04:00Z'],
    ['JavaScript', 'Thu Mar 21 2024 10:00:00 GMT+0100 (Central European Standard Time)', '2024-03-21T09:00:00Z'],
  ];
  for (const [what, text, expected] of cases) test(what, () => assert.deepEqual(read([text], 'UTC'), [expected]));

  test('that is none is a fault', () => {
    assert.deepEqual(
      read(['', 'yesterday', '2/31/2026 9:00:00', '13/13/2026 9:00', '1/1/2026 25:00:00', '31/Feb/26'], 'UTC'),
      [...Array.from({ length: 6 }, () => 'bad_time')],
    );
  });

  test('of no zone is a fault where none is configured', () => {
    assert.deepEqual(read(['1/2/2026 9:00:00', '2026-01-02T09:00:00Z']), ['no_time_zone', '2026-01-02T09:00:00Z']);
  });
});

describe('day or month first', () => {
  test('is what all times of the column allow', () => {
    assert.deepEqual(read(['4/3/2026 9:00:00', '25/3/2026 9:00:00'], 'UTC'), [
      '2026-03-04T09:00:00Z',
      '2026-03-25T09:00:00Z',
    ]);
    assert.deepEqual(read(['4/3/2026 9:00:00', '3/25/2026 9:00:00'], 'UTC')[0], '2026-04-03T09:00:00Z');
  });
  test('is the month with slashes and the day with dots where all allow both', () => {
    assert.deepEqual(read(['4/3/2026 9:00:00'], 'UTC'), ['2026-04-03T09:00:00Z']);
    assert.deepEqual(read(['4.3.2026 9:00:00'], 'UTC'), ['2026-03-04T09:00:00Z']);
  });
  test('is what is configured', () => {
    assert.deepEqual(read(['4/3/2026 9:00:00'], 'UTC', 'dmy'), ['2026-03-04T09:00:00Z']);
  });
});

describe('in a zone with summer time', () => {
  test('winter and summer have their own distance from UTC', () => {
    assert.deepEqual(read(['1/15/2026 9:00:00', '7/15/2026 9:00:00'], 'Europe/Berlin'), [
      '2026-01-15T08:00:00Z',
      '2026-07-15T07:00:00Z',
    ]);
  });
  test('an hour that the clock skipped is as if it had not been put forward', () => {
    assert.deepEqual(read(['3/29/2026 1:59:59', '3/29/2026 2:30:00', '3/29/2026 3:00:00'], 'Europe/Berlin'), [
      '2026-03-29T00:59:59Z',
      '2026-03-29T01:30:00Z',
      '2026-03-29T01:00:00Z',
    ]);
    assert.deepEqual(read(['3/8/2026 2:30:00'], 'America/New_York'), ['2026-03-08T07:30:00Z']);
  });
  test('an hour that the clock had twice is the first of the two', () => {
    assert.deepEqual(read(['10/25/2026 1:59:59', '10/25/2026 2:30:00', '10/25/2026 3:00:00'], 'Europe/Berlin'), [
      '2026-10-24T23:59:59Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T02:00:00Z',
    ]);
  });
});
