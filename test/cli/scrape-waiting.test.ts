import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bill, workplace } from './command.ts';

test('scrape tells what both of its looks read, and how many files wait', async t => {
  const place = workplace(t);
  place.write('plumbline.yaml', 'cost:\n  focus:\n    - { path: bills }\n');
  place.write('bills/whole.csv', bill);
  utimesSync(path.join(place.folder, 'bills/whole.csv'), 1.7e9, 1.7e9);
  place.write('bills/open.csv', bill.trimEnd());
  const { code, stdout, stderr } = await place.run('scrape');
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^focus: 3 records, [1-9]\d* new or changed, 0 rejected; 1 file waits, plumbline check says why$/m,
  );
  assert.match(stdout, /^plumbline_source_waiting_files\{exporter="cost",source="focus"\} 1$/m);
});
