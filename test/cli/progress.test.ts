import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createProgress, progressText } from '../../exporters/cli/progress.ts';

describe('progress', () => {
  it('tells rate and time left; bytes are megabytes', () => {
    assert.equal(progressText(1200, 5000, 'rows', 3), '1,200 of 5,000 rows, 400 rows/s, 10 s left');
    assert.equal(progressText(60_000_000, 189_000_000, 'bytes', 2), '60 of 189 MB, 30 MB/s, 5 s left');
    assert.equal(progressText(1_500_000, undefined, 'bytes', 1), '1.5 MB, 1.5 MB/s');
  });

  it('is whole on a terminal that does not say how wide it is', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 0 });
    let now = 0;
    const progress = createProgress({ stream, now: () => now });
    progress.stage('reading');
    now = 1000;
    progress.report(10, 20, 'rows');
    assert.match(String(stream.read()), /reading: 10 of 20 rows, 10 rows\/s, 1 s left$/);
  });
});
