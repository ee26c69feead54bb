/** What messages of commits name, as read from APIs and events, and by git's own SQL alike. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DuckDBBlobValue } from '@duckdb/node-api';
import { openLedger } from '../../exporters/core/ledger.ts';
import { messageOf } from '../../exporters/dora/message.ts';

const hex = '0123456789abcdef0123456789abcdef01234567';
const other = 'fedcba9876543210fedcba9876543210fedcba98';

const messages: readonly (readonly [string, { reverts?: string; pickedFrom?: string; pullRequest?: number }])[] = [
  ['Add login (#12)', { pullRequest: 12 }],
  ['Revert "Add login (#12)" (#13)', { pullRequest: 13 }],
  ['Merge pull request #14 from acme/topic\n\nAdd login', { pullRequest: 14 }],
  ['Merged in topic (pull request #15)', { pullRequest: 15 }],
  ['Add login (pull request #16)', { pullRequest: 16 }],
  ["Merge pull request 'Add login' (#17) from topic into main", { pullRequest: 17 }],
  ['Merged PR 18: Add login', { pullRequest: 18 }],
  ["Merge branch 'topic' into 'main'\n\nAdd login\n\nSee merge request acme/shop!19", { pullRequest: 19 }],
  ['Add login, see #20', {}],
  [`Revert "x"\n\nThis reverts commit ${hex}.`, { reverts: hex }],
  [`Revert "x"\n\nThis reverts commit ${hex}, reversing\nchanges made to ${other}.`, { reverts: hex }],
  ['Revert "x"\n\nThis reverts commit 0123456.', { reverts: '0123456' }],
  [`Two\n\nThis reverts commit ${other}.\nThis reverts commit ${hex}.`, { reverts: `${hex} ${other}` }],
  ['Revert "x" (#21)\n\nReverts acme/shop#12', { reverts: '#12', pullRequest: 21 }],
  ['Revert "x"\n\nThis reverts merge request !22', { reverts: '#22' }],
  ['Revert "x"\n\nThis reverts merge request acme/shop!23', { reverts: '#23' }],
  [`Fix\n\n(cherry picked from commit ${hex})`, { pickedFrom: hex }],
  ['Nothing', {}],
];

test('a message names pull requests, reverts and cherry-picks as each host writes them', () => {
  for (const [message, expected] of messages) {
    const { subject, reverts, pickedFrom, pullRequest } = messageOf(message);
    assert.equal(subject, message.split('\n')[0]);
    assert.deepEqual(
      { reverts: reverts?.join(' '), pickedFrom: pickedFrom?.join(' '), pullRequest },
      { reverts: undefined, pickedFrom: undefined, pullRequest: undefined, ...expected },
      message,
    );
  }
});

test('where # is an issue only merge requests are named', () => {
  const read = (message: string) => messageOf(message, { isHashAnIssue: true });
  assert.equal(read('Fix login (#12)').pullRequest, undefined);
  assert.equal(read('Merge\n\nSee merge request acme/shop!19').pullRequest, 19);
  assert.equal(read('x\n\nReverts acme/shop#12').reverts, undefined);
  assert.deepEqual(read('x\n\nThis reverts merge request !22').reverts, ['#22']);
});

test('git reads the same of them', async t => {
  const ledger = await openLedger({ path: ':memory:', tables: [] });
  t.after(() => ledger.close());
  const sql = readFileSync(new URL('../../exporters/dora/sources/git/commits.sql', import.meta.url), 'utf8');
  for (const [message, expected] of messages) {
    const [subject = '', , ...body] = message.split('\n');
    const record = [hex, '', '1700000000', '1700000000', 'Ada', 'ada@acme.example', subject, '', ...body].join('\n');
    const [row] = await ledger.read(reader => reader.all(sql, { text: new DuckDBBlobValue(Buffer.from(record)) }));
    assert.deepEqual(
      [row?.reverts, row?.picked_from, row?.pull_request === null ? undefined : Number(row?.pull_request)],
      [expected.reverts ?? '', expected.pickedFrom ?? '', expected.pullRequest],
      message,
    );
  }
});
