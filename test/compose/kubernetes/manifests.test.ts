/** Manifests for Kubernetes: no secret in them, each exporter's own part, no right too many, and what is refused. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { inUtc } from '../../../compose/kubernetes/hours.ts';
import { folders } from '../../../compose/kubernetes/part.ts';
import { definitionsOf, withWords } from '../../../compose/kubernetes/words.ts';
import { loadConfig } from '../../../exporters/config.ts';
import { bill, workplace } from '../../cli/command.ts';
import { type Any, configuration, documentsIn, lay, manifestsOf, place, secrets } from './given.ts';

const named = (all: readonly Any[], kind: string, name: string) =>
  all.find(each => each.kind === kind && each.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

test('no secret stands in any file, and every one that is needed is named', async t => {
  const made = await place(t).render();
  const all = Object.values(made.files).join('\n');
  for (const secret of Object.values(secrets)) assert.ok(!all.includes(secret), secret);
  assert.ok(!manifestsOf(made).some(({ kind }) => kind === 'Secret'));
  const keys = Object.fromEntries(
    made.secrets.map(({ name, files, variables }) => [name, [...files.keys(), ...variables.keys()]]),
  );
  assert.deepEqual(keys['plumbline-supply-chain'], [
    ...['secrets-ghcr.token', 'CI_TOKEN', 'TENANT', 'PLUMBLINE_SCORECARD_TOKEN'],
  ]);
  assert.deepEqual(keys['plumbline-cost'], ['CI_TOKEN', 'TENANT', 'PLUMBLINE_SCORECARD_TOKEN']);
  assert.deepEqual(keys['plumbline-alertmanager']?.sort(), [
    ...['jsm', 'mail.password', 'outside', 'pager', 'secrets-platform', 'secrets-slack', 'teams'],
  ]);
  assert.match(made.files['NOTES.md'] ?? '', /--from-file=secrets-ghcr\.token=\.\/secrets\/ghcr\.token/);
});

test('each exporter gets its own part of the configuration, which it takes', async t => {
  const made = await place(t).render();
  for (const exporter of ['cost', 'dora', 'policy', 'supply-chain', 'experience']) {
    const manifests = documentsIn(made.files[`plumbline-${exporter}.yaml`] ?? '');
    const text = named(manifests, 'ConfigMap', `plumbline-${exporter}`).data['plumbline.yaml'] as string;
    const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-part-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(path.join(folder, 'secrets'));
    lay(path.join(folder, 'secrets'), { 'secrets-ghcr.token': 'in the pod, a secret' });
    // What is mounted in the pod lies below a folder here.
    lay(folder, { 'plumbline.yaml': text.replaceAll(folders.secrets, path.join(folder, 'secrets')) });
    const env = { CI_TOKEN: 'x'.repeat(20), PLUMBLINE_SCORECARD_TOKEN: 'y'.repeat(20) };
    const config = await loadConfig(path.join(folder, 'plumbline.yaml'), { env });
    assert.equal(config.scrape.instance, `plumbline-${exporter}`, 'history is written as it is scraped');
    assert.equal(config.scrape.job, 'plumbline');
    const sections = ['cost', 'dora', 'policy', 'supply_chain', 'experience'].filter(
      key => (config as unknown as Record<string, unknown>)[key] !== undefined,
    );
    assert.deepEqual(sections, [exporter.replaceAll('-', '_')]);
    assert.deepEqual(config.catalog.files, [`${folders.catalog}/catalog-all.yaml`]);
    assert.deepEqual(Object.keys((config.ownership.rules[0] as Any).account), ['012345678901']);
    if (exporter === 'cost') assert.equal((config.cost as Any).focus[0].path, `${folders.files}/bills/*.csv`);
  }
});

test('a pod may read what its sources read of the cluster, and nothing else has a token', async t => {
  const all = manifestsOf(await place(t).render());
  const token = (exporter: string) =>
    named(all, 'StatefulSet', `plumbline-${exporter}`).spec.template.spec.automountServiceAccountToken;
  assert.deepEqual(['cost', 'dora', 'experience', 'policy', 'supply-chain'].map(token), [
    false,
    false,
    false,
    true,
    true,
  ]);
  const roles = all.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const rules = roles.map(({ kind, metadata, rules: of }) => [
    kind,
    metadata.namespace ?? '',
    ...of.map((rule: Any) => `${rule.apiGroups}/${rule.resources}`),
  ]);
  assert.deepEqual(rules, [
    [
      ...['ClusterRole', '', 'kyverno.io/clusterpolicies,policies', 'policies.kyverno.io/*'],
      ...['admissionregistration.k8s.io/validatingadmissionpolicybindings'],
      ...['wgpolicyk8s.io/policyreports,clusterpolicyreports', 'openreports.io/reports,clusterreports'],
      'reports.x-k8s.io/policyreports,clusterpolicyreports',
    ],
    ['ClusterRole', '', '/namespaces'],
    ['Role', 'shop', '/pods'],
    ['Role', 'pay', '/pods'],
  ]);
  for (const { rules: of } of roles) for (const { verbs } of of) assert.deepEqual(verbs, ['get', 'list', 'watch']);
});

test('one replica with a volume, reached by those who may, reaching the ports it is configured for', async t => {
  const all = manifestsOf(await place(t).render());
  const { spec } = named(all, 'StatefulSet', 'plumbline-cost');
  assert.equal(spec.replicas, 1);
  assert.equal(spec.volumeClaimTemplates[0].spec.resources.requests.storage, '10Gi');
  const [container] = spec.template.spec.containers;
  assert.deepEqual(container.args, ['serve', 'cost', '--config', '/etc/plumbline/plumbline.yaml']);
  assert.deepEqual(
    Object.keys(container).filter(key => key.endsWith('Probe')),
    ['startupProbe', 'livenessProbe', 'readinessProbe'],
  );
  const bills = container.volumeMounts.find(({ mountPath }: Any) => mountPath === '/srv/plumbline/bills');
  assert.equal(bills.readOnly, true);
  const policy = named(all, 'NetworkPolicy', 'plumbline-cost').spec;
  const from = policy.ingress[0].from.map(
    (each: Any) => each.namespaceSelector?.matchLabels['kubernetes.io/metadata.name'],
  );
  assert.deepEqual(from, ['monitoring', 'ingress', undefined]);
  assert.deepEqual(
    policy.egress.at(-1).ports.map(({ port }: Any) => port),
    [443, 9090],
  );
  const registries = named(all, 'NetworkPolicy', 'plumbline-supply-chain').spec;
  assert.deepEqual(
    registries.egress.at(-1).ports.map(({ port }: Any) => port),
    [443, 5000, 9090, 6443],
  );
});

test('a change of the configuration starts the pod anew, and nothing else does', async t => {
  const digest = async (text: string) => {
    const all = manifestsOf(await place(t, text).render());
    return ['cost', 'policy'].map(
      exporter =>
        named(all, 'StatefulSet', `plumbline-${exporter}`).spec.template.metadata.annotations[
          'plumbline/configuration'
        ],
    );
  };
  const [cost, policy] = await digest(configuration);
  const [changed, same] = await digest(configuration.replace('bills/*.csv', 'bills/**/*.csv'));
  assert.notEqual(changed, cost);
  assert.equal(same, policy);
});

test('dashboards are found by the sidecar and fit into a ConfigMap', async t => {
  const made = await place(t).render();
  const pages = documentsIn(made.files['dashboards.yaml'] ?? '');
  assert.ok(pages.length >= 11);
  for (const { metadata, data } of pages) {
    assert.equal(metadata.labels.grafana_dashboard, '1');
    assert.equal(metadata.annotations.grafana_folder, 'Plumbline');
    const [text] = Object.values(data as Record<string, string>);
    assert.ok(JSON.parse(text!).uid.startsWith('plumbline-'));
    assert.ok(Buffer.byteLength(text!) < 1_048_576);
  }
});

const refused: Readonly<Record<string, readonly [from: string, to: string, code: string, says: RegExp]>> = {
  'a token in the file': [
    `"\${CI_TOKEN}"`,
    'literal-token-0123456789',
    'KUBERNETES_SECRET_INLINE',
    /server\.tokens\.0\.token/,
  ],
  'a default that is a secret': [
    `"\${CI_TOKEN}"`,
    `"\${CI_TOKEN:-literal-token-0123456789}"`,
    'KUBERNETES_SECRET_INLINE',
    /server\.tokens\.0\.token/,
  ],
  'a password in an address': [
    'http://prometheus.monitoring:9090/api',
    'http://u:pa55word@prometheus.monitoring:9090/api',
    'KUBERNETES_SECRET_INLINE',
    /remote_write\.0\.url/,
  ],
  'bills that no pod has': [
    'volumes: [{path: bills, claim: bills}]',
    'volumes: []',
    'KUBERNETES_FILES_UNMOUNTED',
    /cost\.focus\.0\.path \(bills\/\*\.csv\)/,
  ],
};
test('an address of the machine itself is told, as in a pod it is the pod', async t => {
  const local = configuration.replaceAll('http://prometheus.monitoring:9090', 'http://127.0.0.1:9090');
  const { notes, files } = await place(t, local).render();
  const note =
    'in a pod these addresses are the pod itself, so name the Services that are meant: remote_write.0.url (http://127.0.0.1:9090), cost.usage.0.url (http://127.0.0.1:9090)';
  assert.ok(notes.includes(note), notes.join('\n'));
  assert.ok(files['NOTES.md']?.includes(note));
  const { notes: others } = await place(t).render();
  assert.doesNotMatch(others.join('\n'), /the pod itself/);
});

test('files that no pod has are told at once, of every exporter', async t => {
  const text = configuration
    .replace('volumes: [{path: bills, claim: bills}]', 'volumes: []')
    .replace('  kyverno:', '  files: [{kind: trivy, path: scans, repository: shop}]\n  kyverno:');
  await assert.rejects(place(t, text).render(), (error: Error & { readonly code?: string }) => {
    assert.equal(error.code, 'KUBERNETES_FILES_UNMOUNTED', error.message);
    assert.match(error.message, /: cost\.focus\.0\.path \(bills\/\*\.csv\), policy\.files\.0\.path \(scans\)$/);
    return true;
  });
});

for (const [name, [from, to, code, says]] of Object.entries(refused))
  test(`${name} is refused`, async t => {
    const text = configuration.replace(from, to);
    assert.notEqual(text, configuration);
    await assert.rejects(place(t, text).render(), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /literal-token|pa55word/);
      return true;
    });
  });

test('what an AlertmanagerConfig cannot tell goes to the platform team, and is said', async t => {
  const made = await place(t).render();
  assert.ok(
    made.notes.some(note => /no jira_configs: the receiver team-ml\/jira tells the platform team instead/.test(note)),
  );
  const [routes] = documentsIn(made.files['alertmanagerconfig.yaml'] ?? '');
  const receiver = (name: string) => routes.spec.receivers.find((each: Any) => each.name === name);
  assert.deepEqual(Object.keys(receiver('team-ml/jira')), ['name', 'webhookConfigs', 'pagerdutyConfigs']);
  assert.match(
    made.notes.join('\n'),
    /"office-hours [^"]*Asia\/Tokyo" is written as the hours of Asia\/Tokyo in winter$/m,
  );
});

test('hours of a place are written in UTC, on the day that they fall on there', () => {
  const hours = { weekdays: ['monday:friday'], from: '08:00', to: '10:00' };
  const zurich = inUtc({ ...hours, location: 'Europe/Zurich' });
  assert.deepEqual(zurich, [
    {
      times: [{ startTime: '07:00', endTime: '09:00' }],
      weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    },
  ]);
  const tokyo = inUtc({ ...hours, location: 'Asia/Tokyo' });
  assert.deepEqual(tokyo, [
    {
      times: [{ startTime: '23:00', endTime: '24:00' }],
      weekdays: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday'],
    },
    {
      times: [{ startTime: '00:00', endTime: '01:00' }],
      weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    },
  ]);
  assert.deepEqual(inUtc({ weekdays: ['saturday'], from: '20:00', to: '24:00', location: 'America/New_York' }), [
    { times: [{ startTime: '01:00', endTime: '05:00' }], weekdays: ['sunday'] },
  ]);
});

test('a text carries the definitions that it calls, and those that they call', () => {
  const found = definitionsOf(
    '{{/* note */}}\n{{ define "a" }}{{ if .x }}{{ template "b" . }}{{ end }}{{ end }}\n{{ define "b" }}{{ range . }}b{{ end }}{{ end }}',
  );
  assert.deepEqual([...found.keys()], ['a', 'b']);
  assert.equal(found.get('a'), '{{ define "a" }}{{ if .x }}{{ template "b" . }}{{ end }}{{ end }}');
  const whole = withWords('{{ template "plumbline.slack.text" . }}');
  for (const name of ['slack.text', 'slack.alert', 'slack.list', 'slack.escape', 'url'])
    assert.equal(whole.split(`{{ define "plumbline.${name}" }}`).length, 2, name);
  assert.ok(!whole.includes('plumbline.email'));
});

test('links of pages lead to the Service that answers them, or to where readers reach Plumbline', async t => {
  const at = place(t, configuration.replace(/, runbooks: '[^']*'/, ''));
  const inside = await at.render();
  const pages = inside.files['dashboards.yaml'] ?? '';
  for (const address of [
    'plumbline-policy.plumbline.svc:9464/api/policy/findings',
    'plumbline-supply-chain.plumbline.svc:9464/api/components',
    'plumbline-scorecard.plumbline.svc:9464/explain',
    'plumbline-cost.plumbline.svc:9464/runbooks',
  ])
    assert.ok(pages.includes(`http://${address}`), address);
  assert.ok(!Object.values(inside.files).join('').includes('localhost:9464'));
  assert.match(inside.notes.join('\n'), /links of the pages lead to the Services .*: --plumbline URL says/);
  const outside = await at.render('https://readers.example/');
  assert.ok(outside.files['dashboards.yaml']?.includes('"https://readers.example/api/policy/findings"'));
  assert.ok(!outside.files['dashboards.yaml']?.includes('.svc:9464'));
  assert.match(
    outside.notes.join('\n'),
    /has to send \/api\/policy\/ to plumbline-policy, .*\/runbooks to plumbline-cost/,
  );
  assert.match(outside.files['rules.yaml'] ?? '', /https:\/\/readers\.example\/runbooks\/BudgetExceeded/);
});

test('the command writes the folder, and says on stderr which Secrets have to be there', async t => {
  const at = workplace(t);
  at.write('bills/bill.csv', bill);
  at.write(
    'plumbline.yaml',
    'catalog: {files: [catalog/*.yaml]}\nkubernetes: {volumes: [{path: bills, nfs: {server: nas, path: /bills}}]}\ncost: {focus: [{name: bill, path: "bills/*.csv"}]}\n',
  );
  const { code, stdout, stderr } = await at.run(
    'render',
    'kubernetes',
    '--out',
    'out',
    '--plumbline',
    'https://p.example',
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /links of the pages lead to https:\/\/p\.example; /);
  assert.ok(stdout.includes(path.join(at.folder, 'out', 'kustomization.yaml')));
  assert.match(stderr, /make the Secret plumbline-alertmanager with secrets-webhook-url; NOTES\.md has the command/);
  const none = await at.run('render', 'kubernetes', '--out', 'out', '--config', 'nowhere.yaml');
  assert.match(none.stderr, /CONFIG_MISSING/);
});
