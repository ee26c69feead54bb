/** The scorecard at work in a server: it waits for the others, reads them in the same process, and answers. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startService } from '../../exporters/cli/serve/service.ts';
import { loadConfig } from '../../exporters/config.ts';

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: red }
spec: { type: team }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: cart }
spec: { type: service, owner: group:red }
`;

test('a server tells the golden path of its own exporters, and each exporter its subject facts', {
  timeout: 300_000,
}, async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-serve-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(path.join(dir, 'catalog.yaml'), catalog);
  writeFileSync(
    path.join(dir, 'plumbline.yaml'),
    `catalog: { files: [catalog.yaml] }
server: { port: 0, tokens: [{ name: me, token: reader-token, role: reader }] }
policy: {}
scorecard: { history_days: 3, checks: [{ id: owner, link: "https://git.example/{team}/{service}" }] }
`,
  );
  const config = await loadConfig(path.join(dir, 'plumbline.yaml'), { env: {} });
  const service = await startService(config, { log: pino({ level: 'silent' }) });
  t.after(() => service.stop());
  const get = async (where: string) => {
    const response = await fetch(`${service.url}${where}`, { headers: { authorization: 'Bearer reader-token' } });
    return { status: response.status, text: await response.text() };
  };
  const listOf = async (where: string, name: string) =>
    (JSON.parse((await get(where)).text) as Record<string, Record<string, unknown>[]>)[name] ?? [];
  const scorecard = service.session.runtimes.find(({ exporter }) => exporter.name === 'scorecard')!;
  // The catalog's own facts are there at once; the others' once their sources were read.
  for (let tries = 0; tries < 600; tries += 1) {
    const rows = await scorecard.ledger.read(reader =>
      reader.all("SELECT DISTINCT exporter FROM subject_states WHERE exporter = 'policy'"),
    );
    if (rows.length > 0) break;
    await sleep(200);
  }
  await scorecard.takeSnapshot();
  const checks = await listOf('/api/scorecard/checks?service=cart', 'checks');
  const owner = checks.find(({ check }) => check === 'owner');
  assert.deepEqual([owner?.state, owner?.team, owner?.link], ['pass', 'red', 'https://git.example/red/cart']);
  for (const [required, wanted] of [
    ['yes', true],
    ['no', false],
  ] as const) {
    const some = await listOf(`/api/scorecard/checks?service=cart&required=${required}`, 'checks');
    const own = checks.filter(each => each.required === wanted);
    assert.ok(own.length > 0 && own.length < checks.length);
    assert.deepEqual(some, own);
  }
  const enforced = checks.find(({ check }) => check === 'enforced-violations');
  assert.equal(enforced?.state, 'not_measured', 'no engine has looked');
  const facts = await listOf('/api/policy/subject-facts?check=enforced-violations', 'subject-facts');
  assert.deepEqual(
    facts.map(({ subject, state, team }) => [subject, state, team]),
    [['cart', 'unknown', 'red']],
  );
  assert.equal((await fetch(`${service.url}/api/policy/subject-facts?check=owned`)).status, 401);
  const explained = await get('/explain/service/cart');
  assert.match(explained.text, /service cart, owned by red/);
  assert.match(
    (await get('/metrics/scorecard')).text,
    /platform_checks\{team="red",service="cart",check="owner",state="pass"\} 1/,
  );
  assert.match((await get('/metrics/scorecard')).text, /platform_services\{team="red",coverage="partial"\} 1/);
});
