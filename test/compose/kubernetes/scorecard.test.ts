/** The scorecard in a pod of its own asks the others: the parts of the configuration, run as they are in their pods. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { folders } from '../../../compose/kubernetes/part.ts';
import { workplace } from '../../cli/command.ts';
import { freePort } from '../../tools/ports.ts';
import { type Any, configuration, documentsIn, place, secrets, writeRecentBill } from './given.ts';

const partOf = (files: Readonly<Record<string, string>>, exporter: string): string =>
  documentsIn(files[`plumbline-${exporter}.yaml`] ?? '').find(({ kind }) => kind === 'ConfigMap')?.data[
    'plumbline.yaml'
  ];

test('the scorecard has the Services of the others, one token with them, and no secret of theirs', async t => {
  const made = await place(t).render();
  const part = parse(partOf(made.files, 'scorecard')) as Any;
  assert.deepEqual(
    part.scorecard.exporters.map(({ exporter, url }: Any) => `${exporter} ${url}`),
    ['cost', 'dora', 'policy', 'supply-chain', 'experience'].map(name => `${name} http://plumbline-${name}:9464`),
  );
  for (const { token } of part.scorecard.exporters) assert.equal(token, `\${PLUMBLINE_SCORECARD_TOKEN}`);
  for (const name of ['cost', 'dora', 'policy', 'supply-chain', 'experience'])
    assert.deepEqual((parse(partOf(made.files, name)) as Any).server.tokens.at(-1), {
      ...{ name: 'plumbline-scorecard', role: 'reader', token: `\${PLUMBLINE_SCORECARD_TOKEN}` },
    });
  for (const { name, variables } of made.secrets)
    assert.equal(variables.has('PLUMBLINE_SCORECARD_TOKEN'), name !== 'plumbline-alertmanager', name);
  const own = made.secrets.find(({ name }) => name === 'plumbline-scorecard');
  assert.deepEqual([...(own?.files.keys() ?? [])], []);
  assert.deepEqual(
    part.alerts.receivers.map(({ team }: Any) => team),
    ['platform', 'shop', 'ml', 'say "hi"'],
  );
  assert.match(made.files['NOTES.md'] ?? '', /export PLUMBLINE_SCORECARD_TOKEN=/);
});

test('one that the configuration has already is asked as it says, and without a scorecard nobody has a token', async t => {
  const remote = `{exporter: cost, url: 'https://cost.example', token_file: ./secrets/ghcr.token}`;
  const named = await place(t, `${configuration}scorecard: {exporters: [${remote}]}\n`).render();
  const { exporters } = (parse(partOf(named.files, 'scorecard')) as Any).scorecard;
  assert.equal(exporters.length, 5);
  assert.equal(exporters[0].url, 'https://cost.example');
  assert.ok(!partOf(named.files, 'cost').includes('PLUMBLINE_SCORECARD_TOKEN'));
  assert.ok(!JSON.stringify(named.files).includes(secrets.file));
  const without = await place(t, `${configuration}scorecard: {enabled: false}\n`).render();
  assert.equal(without.files['plumbline-scorecard.yaml'], undefined);
  assert.ok(!Object.values(without.files).some(text => text.includes('PLUMBLINE_SCORECARD_TOKEN')));
});

test('objectives reach its pod, and so do OpenSLO documents', async t => {
  const short = '{service: checkout, objective: 99, availability: {bad: "x{code=~\'5..\'}", total: x}}';
  const at = workplace(t);
  at.write('slos/basket.yaml', openSlo);
  at.write(
    'plumbline.yaml',
    `catalog: {files: [catalog/*.yaml]}\nslos: {objectives: [${short}], files: [slos/*.yaml]}\ndora: {git: []}\n`,
  );
  const { code, stderr } = await at.run('render', 'kubernetes', '--out', 'out');
  assert.equal(code, 0, stderr);
  const read = (name: string) => readFileSync(path.join(at.folder, 'out', name), 'utf8');
  const part = parse(partOf({ 'plumbline-scorecard.yaml': read('plumbline-scorecard.yaml') }, 'scorecard')) as Any;
  assert.deepEqual(part.slos.files, ['/etc/plumbline-slos/slos-basket.yaml']);
  assert.equal(part.slos.objectives[0].service, 'checkout');
  assert.equal(documentsIn(read('slos.yaml'))[0]?.data['slos-basket.yaml'], openSlo);
  const [set] = documentsIn(read('plumbline-scorecard.yaml')).filter(({ kind }) => kind === 'StatefulSet');
  const { containers, volumes } = (set as Any).spec.template.spec;
  assert.ok(containers[0].volumeMounts.some(({ mountPath }: Any) => mountPath === folders.slos));
  assert.ok(volumes.some(({ configMap }: Any) => configMap?.name === 'plumbline-slos'));
  assert.ok(!read('plumbline-dora.yaml').includes('plumbline-slos'));
});

test('what it shows of a service is what the other pod says', async t => {
  const at = workplace(t);
  writeRecentBill(at);
  at.write(
    'plumbline.yaml',
    `catalog: {files: [catalog/*.yaml]}
kubernetes: {volumes: [{path: bills, claim: bills}]}
ownership: {rules: [{name: checkout, resource: '*checkout*', service: checkout}, {name: owner, tag: {keys: [Owner], gives: team}}]}
cost: {focus: [{name: bill, path: 'bills/*.csv'}]}
`,
  );
  const rendered = await at.run('render', 'kubernetes', '--out', 'out');
  assert.equal(rendered.code, 0, rendered.stderr);
  const port = await freePort();
  for (const exporter of ['cost', 'scorecard']) {
    const name = `plumbline-${exporter}.yaml`;
    const part = partOf({ [name]: readFileSync(path.join(at.folder, 'out', name), 'utf8') }, exporter);
    const here = part
      .replaceAll(`${folders.catalog}/catalog-`, path.join(at.folder, 'catalog/'))
      .replaceAll(folders.files, at.folder)
      .replaceAll('http://plumbline-cost:9464', `http://127.0.0.1:${port}`)
      .replace('host: 0.0.0.0', `host: 127.0.0.1\n  port: ${exporter === 'cost' ? port : 0}`);
    at.write(`${exporter}/plumbline.yaml`, here);
  }
  process.env.PLUMBLINE_SCORECARD_TOKEN = 'a-token-of-the-scorecard';
  t.after(() => delete process.env.PLUMBLINE_SCORECARD_TOKEN);
  at.begin('serve', 'cost', '--config', 'cost/plumbline.yaml');
  const hasRead = async () => {
    const url = `http://127.0.0.1:${port}/api/cost/subject-facts?check=tags`;
    const headers = { authorization: `Bearer ${process.env.PLUMBLINE_SCORECARD_TOKEN}` };
    const answer = await fetch(url, { headers }).catch(() => undefined);
    return answer?.ok === true && ((await answer.json()) as Any).total > 0;
  };
  for (const until = Date.now() + 300_000; !(await hasRead()); await sleep(500))
    assert.ok(Date.now() < until, 'the cost exporter says nothing');
  const { stdout, stderr } = await at.run('scrape', 'scorecard', '--config', 'scorecard/plumbline.yaml');
  assert.match(stderr, /^cost: [1-9]\d* records?, /m);
  assert.match(stdout, /^platform_checks\{[^}]*service="checkout",check="cost-tags",state="(pass|fail)"\} 1$/m);
});

const openSlo = `apiVersion: openslo/v1
kind: SLO
metadata: {name: basket}
spec:
  service: basket
  budgetingMethod: Occurrences
  timeWindow: [{duration: 30d, isRolling: true}]
  objectives: [{target: 0.99}]
  indicator:
    metadata: {name: basket-ok}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: 'basket_total{code!~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'basket_total'}}}
`;
