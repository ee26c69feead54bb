/**
 * The manifests before what reads them in a cluster: the API server's validation, Pod Security, the custom resources'
 * schemas, and the configurations that prometheus-operator makes of them, in the servers that run them.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { alertFiles, routedAlerts } from '../../../alerts/index.ts';
import { type RouteValue, reached, routeNode } from '../../../alerts/routes/file.ts';
import { labelsFor } from '../../../alerts/routes/routed.ts';
import { amtoolFor } from '../../alerts/routes/given.ts';
import { eventually, postAlerts, startVendors } from '../../alerts/routes/servers.ts';
import { startAlertmanager, startPrometheus } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { type Any, configuration, documentsIn, lay, operatorCheck, place } from './given.ts';

const manifests = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name.endsWith('.yaml') && name !== 'kustomization.yaml'));

test('everything is valid by its own schema, and pods by the restricted level', async t => {
  const check = await operatorCheck(t);
  if (check === undefined) return;
  const at = place(t);
  const { files } = await at.render();
  const { ok, text } = await check('validate', ...lay(path.join(at.folder, 'out'), manifests(files)));
  assert.ok(ok, text);
  assert.match(text, /^\d\d documents are valid\n$/);
});

test('what is wrong is found: fields, values, expressions, rights of a pod', async t => {
  const check = await operatorCheck(t);
  if (check === undefined) return;
  const at = place(t);
  const { files } = await at.render();
  const wrong: readonly (readonly [file: string, from: string | RegExp, to: string, says: RegExp])[] = [
    ['servicemonitor.yaml', 'honorLabels', 'honourLabels', /unknown field "spec\.endpoints\[0\]\.honourLabels"/],
    ['plumbline-cost.yaml', 'serviceName:', 'servicename:', /unknown field "spec\.servicename"/],
    ['plumbline-cost.yaml', 'readOnlyRootFilesystem: true', 'runAsUser: 0', /restricted: runAsUser=0/],
    [
      'plumbline-cost.yaml',
      '- name: data\n              mountPath',
      '- name: none\n              mountPath',
      /volumeMounts\[0\]\.name: Not found/,
    ],
    [
      'plumbline-supply-chain.yaml',
      /name: plumbline-plumbline-supply-chain\nsubjects/,
      'name: ""\nsubjects',
      /roleRef\.name: Required/,
    ],
    ['alertmanagerconfig.yaml', 'groupWait: 30s', 'groupWait: 30x', /spec\.route\.groupWait/],
    ['alertmanagerconfig.yaml', 'receiver: team-shop\n', 'receiver: nobody\n', /receiver "nobody" not found/],
    ['rules.yaml', /expr: /, 'expr: (', /could not parse expression/],
  ];
  for (const [file, from, to, says] of wrong) {
    const text = files[file]!.replace(from, to);
    assert.notEqual(text, files[file], `${from}`);
    const said = await check('validate', ...lay(path.join(at.folder, 'bad'), { [file]: text }));
    assert.equal(said.ok, false, `${from}`);
    assert.match(said.text, says);
  }
});

test('a pod that is restarted changes no series, and every label of ours is as the page has it', async t => {
  const check = await operatorCheck(t);
  if (check === undefined || !(await requireTool(t, 'prometheus'))) return;
  const at = place(t);
  const { files } = await at.render();
  const made = await check(
    'prometheus',
    ...lay(path.join(at.folder, 'out'), { 'servicemonitor.yaml': files['servicemonitor.yaml']! }),
  );
  assert.ok(made.ok, made.text);
  const page = 'finops_test{team="shop",service="checkout",environment="prd"} 1\n';
  const pages = [0, 1].map(() => {
    let asked = 0;
    const server = http.createServer((_, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page);
    });
    const isListening = once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    t.after(() => server.closeAllConnections());
    return { address: () => `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked, isListening };
  });
  // The operator fills in the shard and the pod; the API server's answers are a file here.
  const config = parse(made.text.replaceAll('$(SHARD)', '0').replaceAll('$(POD_NAME)', 'prometheus-k8s-0')) as Any;
  const [scrape] = config.scrape_configs;
  assert.equal(config.scrape_configs.length, 1);
  assert.deepEqual([scrape.honor_labels, scrape.honor_timestamps], [true, true]);
  assert.deepEqual(scrape.kubernetes_sd_configs[0].namespaces.names, ['plumbline']);
  delete scrape.kubernetes_sd_configs;
  Object.assign(scrape, { scrape_interval: '1s', scrape_timeout: '1s' });
  scrape.file_sd_configs = [{ files: ['targets.json'], refresh_interval: '1s' }];
  const discovered = (pod: string, address: string) => ({
    targets: [address],
    labels: {
      __meta_kubernetes_namespace: 'plumbline',
      __meta_kubernetes_service_name: 'plumbline-cost',
      __meta_kubernetes_service_label_app_kubernetes_io_part_of: 'plumbline',
      __meta_kubernetes_service_labelpresent_app_kubernetes_io_part_of: 'true',
      __meta_kubernetes_endpoint_port_name: 'http',
      __meta_kubernetes_endpoint_address_target_kind: 'Pod',
      __meta_kubernetes_endpoint_address_target_name: pod,
      __meta_kubernetes_pod_name: pod,
      __meta_kubernetes_pod_container_name: 'plumbline',
      __meta_kubernetes_pod_phase: 'Running',
    },
  });
  const targets = (pod: string, index: number) =>
    writeFileSync(path.join(at.folder, 'targets.json'), JSON.stringify([discovered(pod, pages[index]!.address())]));
  for (const { isListening } of pages) await isListening;
  targets('plumbline-cost-0', 0);
  const [configFile] = lay(at.folder, { 'prometheus.yml': stringify(config) });
  const prometheus = await startPrometheus({ t, configFile: configFile! });
  await eventually(() => (pages[0]!.asked() > 1 ? true : undefined), pages[0]!.asked);
  targets('plumbline-cost-moved', 1);
  await eventually(() => (pages[1]!.asked() > 1 ? true : undefined), pages[1]!.asked);
  const series = async (match: string) => {
    const answer = await fetch(`${prometheus.url}/api/v1/series?match[]=${encodeURIComponent(match)}`);
    return ((await answer.json()) as { readonly data: readonly object[] }).data;
  };
  assert.deepEqual(await series('finops_test'), [
    {
      ...{ __name__: 'finops_test', environment: 'prd', instance: 'plumbline-cost', job: 'plumbline' },
      ...{ service: 'checkout', team: 'shop' },
    },
  ]);
  assert.deepEqual(await series('up'), [{ __name__: 'up', instance: 'plumbline-cost', job: 'plumbline' }]);
});

const secretsOf = (keys: readonly string[], value: (key: string) => string) =>
  stringify({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plumbline-alertmanager', namespace: 'plumbline' } },
    stringData: Object.fromEntries(keys.map(key => [key, value(key)])),
  });

test('each alert reaches the receiver that alertmanager.yml sends it to, if its namespace is said or the strategy is None', async t => {
  const check = await operatorCheck(t);
  const amtool = await amtoolFor(t);
  if (check === undefined || amtool === undefined) return;
  const at = place(t);
  const { files, secrets } = await at.render();
  const keys = [...(secrets.find(({ name }) => name === 'plumbline-alertmanager')?.files.keys() ?? [])];
  const given = lay(path.join(at.folder, 'out'), {
    'alertmanagerconfig.yaml': files['alertmanagerconfig.yaml']!,
    'secrets.yaml': secretsOf(keys, key => (key === 'pager' || key === 'jsm' ? key : `http://127.0.0.1:9/${key}`)),
  });
  const config = await at.load();
  const own = routeNode((parse(alertFiles(config)['alertmanager.yml'] ?? '') as { readonly route: RouteValue }).route);
  const alerts = routedAlerts(config);
  const places = (root: ReturnType<typeof routeNode>, labels: Readonly<Record<string, string>>) =>
    reached(root, labels).map(({ receiver }) => receiver.replace(/^plumbline\/plumbline\//, ''));
  for (const [strategy, isSaid, arrives] of [
    ['OnNamespace', true, true],
    ['OnNamespace', false, false],
    ['None', true, true],
    ['None', false, true],
  ] as const) {
    const made = await check('alertmanager', '--strategy', strategy, ...given);
    assert.ok(made.ok, made.text);
    const [file] = lay(at.folder, { [`${strategy}.yml`]: made.text });
    assert.match(await amtool.check(file!), /SUCCESS/);
    const root = routeNode((parse(made.text) as { readonly route: RouteValue }).route);
    for (const alert of alerts)
      for (const team of ['shop', 'ml', 'say "hi"', 'platform', 'unowned']) {
        const labels = labelsFor(alert, team);
        const sent = { ...labels, ...(isSaid ? { namespace: 'plumbline' } : {}) };
        const expected = arrives ? places(own, labels) : ['null'];
        assert.deepEqual(places(root, sent), expected, `${strategy} ${isSaid} ${alert.name} ${team}`);
      }
    const budget = { alertname: 'BudgetExceeded', severity: 'ticket', team: 'shop' };
    const said: string = await amtool.receivers(file!, isSaid ? { ...budget, namespace: 'plumbline' } : budget);
    assert.equal(said.replaceAll('plumbline/plumbline/', ''), arrives ? places(own, budget).join(',') : 'null');
    const foreign = { alertname: 'KubePodCrashLooping', severity: 'page', namespace: 'plumbline', team: 'shop' };
    assert.deepEqual(places(root, foreign), ['null'], 'others’ alerts are left to others');
  }
  const rules = documentsIn(files['rules.yaml'] ?? '').flatMap(({ spec }) =>
    spec.groups.flatMap(({ rules: of }: Any) => of),
  );
  assert.ok(rules.length > 60);
  for (const { alert, labels } of rules) if (alert !== undefined) assert.equal(labels.namespace, 'plumbline', alert);
});

test('the messages are those of plumbline.tmpl, without the file', async t => {
  const check = await operatorCheck(t);
  if (check === undefined || !(await requireTool(t, 'alertmanager'))) return;
  const vendors = await startVendors(t);
  const text = configuration
    .replace(
      '{routing_key_file: pager}',
      `{routing_key_file: pager, url: '${vendors.url}/v2/enqueue', severities: [page, ticket]}`,
    )
    .replace('time_zone: Asia/Tokyo, ', '');
  const at = place(t, text);
  const { files, secrets } = await at.render();
  const keys = [...(secrets.find(({ name }) => name === 'plumbline-alertmanager')?.files.keys() ?? [])];
  const made = await check(
    'alertmanager',
    '--strategy',
    'None',
    ...lay(path.join(at.folder, 'out'), {
      'alertmanagerconfig.yaml': files['alertmanagerconfig.yaml']!,
      'secrets.yaml': secretsOf(keys, key => (key === 'pager' || key === 'jsm' ? 'key' : `${vendors.url}/${key}`)),
    }),
  );
  assert.ok(made.ok, made.text);
  const [file] = lay(at.folder, { 'alertmanager.yml': made.text.replace(/group_wait: \S+/g, 'group_wait: 0s') });
  const alertmanager = await startAlertmanager({ t, configFile: file! });
  const budget = (team: string) => ({
    labels: { alertname: 'BudgetExceeded', severity: 'ticket', team, budget: 'cloud' },
    annotations: {
      summary: `Budget <b>cloud</b> of ${team} is exceeded`,
      ...{ description: 'It has used 120 %.', runbook_url: 'https://r.example/BudgetExceeded' },
      dashboard_url: 'https://grafana.example/d/plumbline-team?var-team=shop',
    },
    startsAt: new Date(Date.now() - 60_000).toISOString(),
  });
  await postAlerts(alertmanager.url, [budget('shop'), budget('platform')] as Any);
  const post = (begins: string) => vendors.posts.find(({ path: to }) => to.startsWith(begins))?.body;
  await eventually(
    () => (post('/secrets-slack') && post('/v2/enqueue') ? true : undefined),
    () => vendors.posts.map(({ path: to }) => to),
  );
  const [attachment] = post('/secrets-slack').attachments;
  assert.equal(attachment.title, '[FIRING] BudgetExceeded for shop');
  assert.match(
    attachment.text,
    /^\*Budget &lt;b&gt;cloud&lt;\/b&gt; of shop is exceeded\* <https:\/\/grafana\.example\/d\/plumbline-team\?var-team=shop&from=\d+&to=now\|dashboard>/,
  );
  const page = post('/v2/enqueue');
  assert.equal(page.client_url, 'https://grafana.example/d/plumbline-team?var-team=shop');
  assert.equal(
    page.payload.summary,
    '[FIRING] BudgetExceeded for platform: Budget <b>cloud</b> of platform is exceeded',
  );
  assert.match(page.payload.custom_details.firing, /It has used 120 %\.\nDashboard: /);
  assert.deepEqual(
    page.links.map(({ text: name }: Any) => name),
    ['Dashboard', 'Runbook'],
  );
});

test('kustomization.yaml names every file of manifests', async t => {
  const { files } = await place(t).render();
  const { resources } = parse(files['kustomization.yaml'] ?? '') as { readonly resources: readonly string[] };
  assert.deepEqual([...resources].sort(), Object.keys(manifests(files)).sort());
});
