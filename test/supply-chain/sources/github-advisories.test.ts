/** GitHub's advisories: which ids are one vulnerability's. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { corpusFolder } from '../documents.ts';
import { readScans } from '../scans.ts';

const advisory = (ghsa_id: string, cve_id: string | null, more: object = {}) => ({
  ...{ ghsa_id, cve_id, summary: 'Of a parser', vulnerabilities: [], withdrawn_at: null, ...more },
});

test('ids of each advisory, its own first; one that was withdrawn says nothing', async () => {
  const identifiers = [
    { type: 'GHSA', value: 'GHSA-aaaa-bbbb-cccc' },
    { type: 'CVE', value: 'CVE-2026-1' },
  ];
  const list = [
    advisory('GHSA-aaaa-bbbb-cccc', 'CVE-2026-1', { identifiers }),
    advisory('GHSA-dddd-eeee-ffff', null),
    advisory('GHSA-gggg-hhhh-jjjj', 'CVE-2026-2', { withdrawn_at: '2026-02-01T00:00:00Z' }),
    'text',
  ];
  const { heard, records, rejections } = await readScans('github-advisories', list);
  assert.deepEqual([heard, records], [{ aliases: [['GHSA-aaaa-bbbb-cccc', 'CVE-2026-1']] }, 4]);
  assert.deepEqual(
    rejections.map(({ line, reason }) => [line, reason]),
    [[4, 'not_an_advisory']],
  );
  const webhook = { action: 'published', security_advisory: advisory('GHSA-k', 'CVE-2026-3') };
  assert.deepEqual((await readScans('github-advisories', webhook)).heard.aliases, [['GHSA-k', 'CVE-2026-3']]);
});

test("GitHub's own examples", async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const files = globSync('github-{openapi,webhooks}/**/*advisor*{,/*}.json', { cwd: folder }).filter(
    file => !/dependabot|schema/.test(file),
  );
  assert.equal(files.length, 8);
  for (const file of files) {
    const bytes: Buffer = readFileSync(path.join(folder, file));
    const { fault, records, rejections } = await readScans('github-advisories', bytes);
    const expected = bytes.toString().match(/"ghsa_id"\s*:/g)?.length;
    assert.deepEqual([fault, records, rejections], [undefined, expected, []], file);
  }
});
