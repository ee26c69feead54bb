/** A real Open Policy Agent posts to the real server. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startLocalServer } from '../../core/local-server.ts';
import { freePort } from '../../tools/ports.ts';
import { type Question, startOpa, until } from '../opa-program.ts';
import { type OpaRun, opaRun, temporary } from '../opa-run.ts';

const base = '/ingest/policy/opa';
const total = async (run: OpaRun) =>
  Number((await run.rows('SELECT sum(decisions) AS n FROM opa_decisions'))[0]?.n ?? 0);
const byPath = async (run: OpaRun) =>
  Object.fromEntries(
    (
      await run.rows('SELECT path, outcome, sum(decisions)::BIGINT AS n FROM opa_decisions GROUP BY ALL ORDER BY ALL')
    ).map(({ path, outcome, n }) => [`${path} ${outcome}`, Number(n)]),
  );
/** What the instances' own counters and ours have, once a status has settled all requests. */
const settled = async (run: OpaRun, requests: number) =>
  Number((await run.rows('SELECT sum(requests) AS n FROM opa_exports'))[0]?.n ?? 0) >= requests;

const budget = (count: number): Question[] =>
  Array.from({ length: count }, (_, index) => ({
    path: 'platform/budget/allow',
    input: { cost: index % 2 === 0 ? 10 : 500 },
  }));

test("an OPA's decisions, status and bundle arrive, and all of its decisions are here", async t => {
  const run = await opaRun(t);
  run.runtime.start();
  const opa = await startOpa(t, { postTo: `${run.url}${base}` });
  if (!opa) return;
  await opa.ask([
    ...budget(200),
    ...Array.from({ length: 30 }, (_, index) => ({
      path: 'platform/budget/deny',
      input: { cost: index < 10 ? 2000 : 1 },
    })),
    ...Array.from({ length: 20 }, (_, index) => ({
      path: 'platform/budget/mode',
      input: { cost: index < 5 ? 600 : 1 },
    })),
    ...Array.from({ length: 4 }, () => ({ path: 'platform/budget/owner', input: { owner: 'both' } })),
    ...Array.from({ length: 3 }, () => ({ path: 'platform/nothing/here' })),
    ...Array.from({ length: 2 }, () => ({ path: 'platform/budget', input: { cost: 2000 } })),
  ]);
  await until(() => settled(run, 259), 'a status after the last upload');
  assert.deepEqual(await byPath(run), {
    ...{ 'platform/budget deny': 2, 'platform/budget/allow allow': 100, 'platform/budget/allow undefined': 100 },
    ...{ 'platform/budget/deny allow': 20, 'platform/budget/deny deny': 10 },
    ...{ 'platform/budget/mode allow': 15, 'platform/budget/mode deny': 5 },
    ...{ 'platform/budget/owner error': 4, 'platform/nothing/here undefined': 3 },
  });
  const page = await run.page();
  const own = 'team="shop",service="admission",environment="test"';
  assert.ok(page.includes(`policy_decisions_total{${own},path="platform/budget/deny",outcome="deny"} 10\n`), page);
  assert.ok(page.includes(`policy_opa_completeness_ratio{${own}} 1\n`));
  assert.ok(page.includes(`policy_opa_instances{${own},state="ok"} 1\n`));
  assert.match(page, /policy_opa_bundle_activation_timestamp_seconds\{[^}]*bundle="platform"\} 1\d{9}/);
  assert.deepEqual(await run.rows('FROM rejects'), []);
});

/** Stands between an OPA and us, and does to uploads what `fault` says. */
async function faulty(t: TestContext, to: string, fault: () => 'pass' | 500 | 429 | 'swallow') {
  const faults = { 500: 0, 429: 0, swallow: 0, pass: 0 };
  const { url } = await startLocalServer(t, (request, response, body) => {
    const what = request.url?.includes('/logs') ? fault() : 'pass';
    faults[what] += 1;
    if (what === 500 || what === 429) {
      response.writeHead(what, { 'retry-after': '1' }).end();
      return;
    }
    const { host: _, ...headers } = request.headers;
    const onward = httpRequest(`${to}${request.url}`, { method: request.method, headers }, answer => {
      answer.resume();
      // We have taken all of it, and the OPA hears nothing.
      if (what === 'swallow') request.socket.destroy();
      else response.writeHead(answer.statusCode ?? 500).end();
    });
    onward.on('error', () => response.writeHead(502).end());
    onward.end(body);
  });
  return { url, faults };
}

for (const buffer of ['size', 'event'] as const)
  test(`what an OPA with a ${buffer} buffer sends again after 500, 429 and no answer at all is counted once`, async t => {
    const run = await opaRun(t);
    run.runtime.start();
    let turn = 0;
    let well = false;
    const { url, faults } = await faulty(t, run.url, () => {
      if (well) return 'pass';
      turn += 1;
      return (['swallow', 500, 'swallow', 429, 'pass'] as const)[turn % 5]!;
    });
    const opa = await startOpa(t, { postTo: `${url}${base}`, reporting: { buffer_type: buffer } });
    if (!opa) return;
    let asked = 0;
    // An upload takes all there is: how many there are goes by how fast both are.
    const isEnough = () => asked >= 1500 && faults.swallow >= 2 && faults[500] >= 1 && faults[429] >= 1;
    for (const end = Date.now() + 120_000; !isEnough(); await sleep(600)) {
      assert.ok(Date.now() < end, `not every fault: ${JSON.stringify(faults)}`);
      await opa.ask(budget(300));
      asked += 300;
    }
    well = true;
    await until(async () => (await total(run)) >= asked && (await settled(run, asked)), 'all decisions');
    assert.deepEqual(await byPath(run), {
      ...{ 'platform/budget/allow allow': asked / 2, 'platform/budget/allow undefined': asked / 2 },
    });
    assert.match(await run.page(), /policy_opa_completeness_ratio\{[^}]*\} 1\n/);
  });

/** Large inputs that don't compress, so that a chunk is soon above the limit; some requests end in an error. */
const withErrors = (count: number): Question[] =>
  Array.from({ length: count }, (_, index) => ({
    path: 'platform/budget/owner',
    input: { owner: index % 100 === 50 ? 'both' : 'ann', note: randomBytes(400).toString('base64') },
  }));

test('decisions that an OPA loses without a word are told, with the setting that mends it', async t => {
  const lossy = await opaRun(t);
  lossy.runtime.start();
  const opa = await startOpa(t, { postTo: `${lossy.url}${base}` });
  if (!opa) return;
  const asked = 4000;
  await opa.ask(withErrors(asked));
  await until(() => settled(lossy, asked), 'a status after the last upload');
  const came = await total(lossy);
  assert.ok(came < asked * 0.9, `${came} of ${asked} have come: this OPA loses none any more`);
  const ratio = Number(/policy_opa_completeness_ratio\{[^}]*\} (\S+)/.exec(await lossy.page())?.[1]);
  assert.ok(Math.abs(ratio - came / asked) < 0.02, `${ratio} for ${came} of ${asked}`);
  const notices = JSON.stringify(await lossy.runtime.exporter.check?.(lossy.runtime.ledger));
  assert.match(notices, /OPA of shop, admission, test.*upload_size_limit_bytes to 4194304/);
  await opa.stop();

  const whole = await opaRun(t);
  whole.runtime.start();
  const mended = await startOpa(t, {
    postTo: `${whole.url}${base}`,
    reporting: { upload_size_limit_bytes: 4_194_304 },
  });
  await mended!.ask(withErrors(asked));
  await until(() => settled(whole, asked), 'a status after the last upload');
  assert.equal(await total(whole), asked);
  assert.match(await whole.page(), /policy_opa_completeness_ratio\{[^}]*\} 1\n/);
  assert.doesNotMatch(JSON.stringify(await whole.runtime.exporter.check?.(whole.runtime.ledger)), /upload_size_limit/);
});

test('a process that is killed between uploads loses and doubles nothing while its OPA goes on', async t => {
  const dataDir = await temporary(t);
  const port = await freePort();
  const serve = async (): Promise<ChildProcess> => {
    const program = fileURLToPath(new URL('../opa-serving.ts', import.meta.url));
    const child = fork(program, [dataDir, String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(child, 'message');
    return child;
  };
  let child = await serve();
  t.after(() => child.kill('SIGKILL'));
  const opa = await startOpa(t, {
    postTo: `http://127.0.0.1:${port}${base}`,
    // Small uploads, so that many are under way.
    reporting: { upload_size_limit_bytes: 8_000 },
  });
  if (!opa) return;
  let asked = 0;
  for (let kill = 0; kill < 6; kill += 1) {
    await opa.ask(budget(400));
    asked += 400;
    await sleep(300 + Math.random() * 1200);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await opa.ask(budget(50));
    asked += 50;
    child = await serve();
  }
  // The OPA may wait for longer after each failure.
  await sleep(4000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const run = await opaRun(t, { dataDir, port });
  run.runtime.start();
  await until(async () => (await total(run)) >= asked, 'all decisions');
  await until(() => settled(run, asked), 'a status after the last upload');
  assert.equal(await total(run), asked);
  const [own] = await run.rows(
    'SELECT sum(requests)::BIGINT AS requests, sum(received)::BIGINT AS received FROM opa_exports',
  );
  assert.deepEqual(own, { requests: String(asked), received: String(asked) });
});
