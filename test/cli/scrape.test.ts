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

test('scrape and serve warn of a share for a team that the catalog does not know', async t => {
  const place = workplace(t);
  place.write(
    'plumbline.yaml',
    `server: { port: 0 }
catalog: { files: [catalog/*.yaml] }
ownership:
  rules: [{ name: shared, resource: "i-*", split: fix }]
  splits: [{ name: fix, method: fixed, shares: { payments: 1, payment: 1 } }]
cost: { focus: [{ path: bill.csv }] }
`,
  );
  const warning =
    /the split fix names the team payment, which is no Group .*did you mean payments\?; its part goes to the others/;
  const { code, stderr } = await place.run('scrape');
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`^warning: ${warning.source}$`, 'm'));
  let said = '';
  for await (const chunk of place.begin('serve').stderr ?? []) {
    said += String(chunk);
    if (warning.test(said)) return;
  }
  assert.fail(said);
});
