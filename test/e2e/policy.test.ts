/** Policy on its whole way, on real servers: reports in files, kills to counters, facts to PromQL. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { policyFiles } from '../../exporters/demo/policy/index.ts';
import { monthOf } from '../../exporters/demo/policy/story.ts';
import { freePort } from '../tools/ports.ts';
import { pageOf, samplesOf, takenAfterFirstRead } from './lib/delivery.ts';
import { eventually } from './lib/eventually.ts';
import { temporary, writeConfig } from './lib/plumbline.ts';

const dayMs = 86_400_000;
const until = new Date(Math.floor(Date.now() / dayMs) * dayMs);
const span = { from: new Date(until.getTime() - 200 * dayMs), until };

/** The demo's reports of half a year, each as old as what it tells; returns how many decisions and requests refused there are. */
function writeReports(directory: string) {
  let decisions = 0;
  const refused = new Set<string>();
  for (const [name, { at, text }] of policyFiles(span, monthOf(until))) {
    const file = path.join(directory, 'policy', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, at, at);
    if (name.startsWith('decisions/')) decisions += text.trim().split('\n').length;
    if (name.startsWith('kyverno/'))
      for (const [id, times] of eventsIn(text)) for (let n = 1; n <= times; n++) refused.add(`${id} ${n}`);
    for (const [index, line] of text.split('\n').entries())
      if (line.includes('"event_type":"violation"')) refused.add(`${name}:${index}`);
  }
  return { decisions, refused: refused.size };
}

function eventsIn(text: string): readonly (readonly [id: string, times: number])[] {
  const { items } = JSON.parse(text) as { items: { kind: string; count?: number; metadata: { uid?: string } }[] };
  return items.flatMap(({ kind, count = 1, metadata: { uid = '' } }) =>
    kind === 'Event' ? [[uid, count] as const] : [],
  );
}

const counters = [
  ...['policy_violations_opened_total', 'policy_violations_reopened_total', 'policy_violations_resolved_total'],
  ...['policy_blocked_total', 'policy_decisions_total'],
];
const sources = ['policyreport-files', 'gatekeeper-files', 'checkov-files', 'opa-files'];

async function configured(directory: string) {
  const port = await freePort();
  const facts = writeReports(directory);
  const files = [
    { kind: 'policyreport', path: 'policy/kyverno/{cluster}/*.json' },
    { kind: 'gatekeeper', path: 'policy/gatekeeper/{cluster}/*' },
    { kind: 'checkov', path: 'policy/checkov/{repository}/*.json' },
  ];
  writeConfig(directory, {
    ...{ data_dir: 'data', server: { port } },
    ownership: { rules: [{ name: 'team', tag: { keys: ['team'], gives: 'team' } }] },
    policy: {
      files: files.map(item => ({ ...item, every: 1, stale: 720 })),
      opa: [{ files: [{ path: 'policy/decisions/*.jsonl', every: 1 }], owner: { service: ['labels.app'] } }],
    },
  });
  return { url: `http://127.0.0.1:${port}`, ...facts };
}

function serve(t: TestContext, directory: string) {
  const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');
  const { PLUMBLINE_CONFIG: _, ...env } = process.env;
  const child = spawn(process.execPath, [cli, 'serve'], { cwd: directory, env, stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  return { child, exited: once(child, 'exit') };
}

const finished = (url: string) => {
  const isAfter = takenAfterFirstRead();
  return eventually(async () => {
    const page = await pageOf({ url });
    const read = samplesOf(page, 'plumbline_source_last_success_timestamp_seconds');
    for (const source of sources)
      assert.ok(
        [...read].some(([labels, at]) => labels.includes(`source="${source}"`) && at > 0),
        `${source} has been read`,
      );
    assert.ok(isAfter(page), 'what is told was told before that');
    const found = Object.fromEntries(counters.map(name => [name, [...samplesOf(page, name)].sort()]));
    for (const [name, samples] of Object.entries(found)) assert.ok(samples.length > 0, `the page has ${name}`);
    return found;
  }, 300_000);
};

test('killed in the middle of reading and started again, counters of policy are those of one that never was', {
  timeout: 1_800_000,
}, async t => {
  const [broken, whole] = [temporary(t), temporary(t)];
  const { url, decisions, refused } = await configured(broken);
  let early = 0;
  for (let n = 0; n < 5; n += 1) {
    const { child, exited } = serve(t, broken);
    // From its first answer on it reads; each time it is let live a little longer.
    await eventually(async () => assert.ok((await fetch(`${url}/-/healthy`)).ok), 300_000);
    const page = await pageOf({ url }).catch(() => '');
    if (samplesOf(page, 'policy_violations_opened_total').size === 0) early += 1;
    await sleep(400 * n);
    child.kill('SIGKILL');
    await exited;
  }
  assert.ok(early >= 1, 'at least once it was killed before it had read anything');
  const again = serve(t, broken);
  const found = await finished(url);
  again.child.kill('SIGKILL');
  await again.exited;
  // And once more when all is read: nothing is counted anew.
  const later = serve(t, broken);
  assert.deepEqual(await finished(url), found);
  later.child.kill('SIGKILL');
  await later.exited;
  const { url: wholeUrl } = await configured(whole);
  const never = serve(t, whole);
  assert.deepEqual(found, await finished(wholeUrl));
  never.child.kill('SIGKILL');
  await never.exited;
  const total = (name: string) => found[name]?.reduce((sum, [, value]) => sum + value, 0);
  assert.equal(total('policy_decisions_total'), decisions, 'each decision is counted once');
  assert.equal(total('policy_blocked_total'), refused, 'each refused request is counted once');
});
