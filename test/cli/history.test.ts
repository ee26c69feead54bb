import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { workplace } from './command.ts';

const init = ['init', '--catalog', 'catalog', '--bill', 'bill.csv'] as const;

describe('plumbline history', () => {
  it('begins at the first fact where an earlier day was asked for, and says so', async t => {
    const place = workplace(t);
    await place.run(...init);
    const asked = ['--to', '2026-05-10', '--openmetrics'] as const;
    const early = await place.run('history', '--from', '0001-01-01', ...asked, 'early.om');
    assert.equal(early.code, 0, early.stderr);
    assert.match(early.stdout, /^begins on 2026-05-01: there is no fact before$/m);
    const late = await place.run('history', '--from', '2026-05-01', ...asked, 'late.om');
    assert.doesNotMatch(late.stdout, /begins on/);
    const read = (name: string) => readFileSync(path.join(place.folder, name), 'utf8');
    assert.match(read('early.om'), /^finops_cost_daily\{.*\} 60 /m);
    // What the time before adds is samples of nothing alone.
    const samples = (text: string) => text.split('\n').filter(line => !line.startsWith('#') && !/ 0 \d+$/.test(line));
    assert.deepEqual(samples(read('early.om')), samples(read('late.om')));
  });

  it('tells before the work that a file cannot be written, and leaves nothing behind', async t => {
    const place = workplace(t);
    await place.run(...init);
    const { code, stdout, stderr } = await place.run('history', '--from', '2026-05-01', '--openmetrics', 'none/h.om');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^plumbline: could not write \S*none\/h\.om: ENOENT\n.*\(FILE_UNWRITABLE\)/);
    assert.doesNotMatch(stderr, /refreshing/);
    assert.ok(!existsSync(path.join(place.folder, 'none')));
  });
});
