/** A web configuration file in a cluster: from Secrets, with its paths, and everybody who asks gets in as it wants. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { folders } from '../../../compose/kubernetes/part.ts';
import { clientFolder, webFolder } from '../../../compose/kubernetes/web.ts';
import { readWebConfig } from '../../../exporters/core/web/config.ts';
import { workplace } from '../../cli/command.ts';
import { freePort } from '../../tools/ports.ts';
import { requireTool } from '../../tools/tools.ts';
import {
  type Any,
  configuration,
  documentsIn,
  lay,
  manifestsOf,
  operatorCheck,
  place,
  writeRecentBill,
} from './given.ts';

/** Of the password `scrape-me`. */
const hash = '$2b$10$LHTJtAeKYrR.f.dsKbL7ketPYVM95rlee3ljAOZRzxLVDeVN95M5a';
const users = `basic_auth_users: {prometheus: '${hash}'}\n`;
const tls = 'tls_server_config: {cert_file: certs/server.crt, key_file: certs/server.key}\n';

/** The usual configuration with a web configuration file beside it. */
function withWeb(t: TestContext, web: string, kubernetes = '') {
  const text = configuration
    .replace('server:\n', 'server:\n  web_config_file: web.yml\n')
    .replace('kubernetes:\n', `kubernetes:\n${kubernetes}`);
  const at = place(t, text);
  lay(at.folder, { 'web.yml': web });
  return at;
}

const setOf = (all: readonly Any[], exporter = 'cost') =>
  all.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === `plumbline-${exporter}`) as Any;
const podOf = (all: readonly Any[], exporter = 'cost') => setOf(all, exporter).spec.template.spec;
const volumeOf = (pod: Any, name: string) => pod.volumes.find((each: Any) => each.name === name);
const monitorOf = (files: Readonly<Record<string, string>>) =>
  (documentsIn(files['servicemonitor.yaml'] ?? '')[0] as Any).spec.endpoints[0];

test('TLS: files keep their places below the file, a kubelet asks by HTTPS, Prometheus verifies', async t => {
  const made = await withWeb(t, tls).render();
  const all = manifestsOf(made);
  const pod = podOf(all);
  assert.deepEqual(volumeOf(pod, 'web').projected.sources, [
    {
      secret: {
        name: 'plumbline-web',
        items: [
          { key: 'web.yml', path: 'web.yml' },
          { key: 'certs-server.crt', path: 'certs/server.crt' },
          { key: 'certs-server.key', path: 'certs/server.key' },
        ],
      },
    },
  ]);
  const [container] = pod.containers;
  assert.ok(container.volumeMounts.some(({ mountPath, readOnly }: Any) => mountPath === webFolder && readOnly));
  assert.deepEqual(container.readinessProbe.httpGet, { path: '/-/ready', port: 'https', scheme: 'HTTPS' });
  assert.deepEqual(container.ports, [{ name: 'https', containerPort: 9464, protocol: 'TCP' }]);
  const service = all.find(({ kind }) => kind === 'Service') as Any;
  assert.deepEqual([service.spec.ports[0].name, service.spec.ports[0].appProtocol], ['https', 'https']);
  const { port, scheme, tlsConfig, basicAuth } = monitorOf(made.files);
  assert.deepEqual([port, scheme, basicAuth], ['https', 'https', undefined]);
  assert.deepEqual(tlsConfig, {
    ca: { secret: { name: 'plumbline-scrape', key: 'ca.crt' } },
    serverName: 'plumbline-cost.plumbline.svc',
  });

  for (const exporter of ['cost', 'dora', 'scorecard']) {
    const text = documentsIn(made.files[`plumbline-${exporter}.yaml`] ?? '').find(({ kind }) => kind === 'ConfigMap');
    assert.equal((parse(text?.data['plumbline.yaml']) as Any).server.web_config_file, '/etc/plumbline-web/web.yml');
  }
  const notes = made.files['NOTES.md'] ?? '';
  assert.match(notes, /create secret generic plumbline-web .*\\\n {2}--from-file=web\.yml=web\.yml \\\n/);
  assert.match(notes, /--from-file=certs-server\.key=certs\/server\.key/);
  assert.match(notes, /create secret generic plumbline-scrape .*\\\n {2}--from-file=ca\.crt=ca\.crt\n/);
  // No exporter's own Secret has it as well.
  for (const { name, files } of made.secrets)
    if (name !== 'plumbline-web') assert.ok(![...files.keys()].includes('web.yml'));
});

test('without TLS and users nothing is different but the file', async t => {
  const made = await withWeb(t, 'http_server_config: {headers: {X-Frame-Options: deny}}\n').render();
  const pod = podOf(manifestsOf(made));
  assert.deepEqual(pod.containers[0].livenessProbe.httpGet, { path: '/-/healthy', port: 'http' });
  assert.equal(monitorOf(made.files).scheme, undefined);
  assert.ok(volumeOf(pod, 'web'));
  assert.ok(!made.secrets.some(({ name }) => name === 'plumbline-scrape'));
});

test('users and client certificates: probes ask within the pod, and what Prometheus and the scorecard give is of a Secret', async t => {
  const mutual = tls.replace('}', ', client_ca_file: clients.crt, client_auth_type: RequireAndVerifyClientCert}');
  const made = await withWeb(t, `${mutual}${users}`).render();
  assert.ok(!Object.values(made.files).join('').includes(hash), 'a hash stands in a file');
  const all = manifestsOf(made);
  for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const { exec, httpGet } = podOf(all).containers[0][name];
    assert.equal(httpGet, undefined);
    assert.deepEqual(exec.command.slice(0, 2), ['node', '-e']);
  }
  const { tlsConfig, basicAuth } = monitorOf(made.files);
  const of = (key: string) => ({ name: 'plumbline-scrape', key });
  assert.deepEqual(basicAuth, { username: of('username'), password: of('password') });
  assert.deepEqual([tlsConfig.cert, tlsConfig.keySecret], [{ secret: of('tls.crt') }, of('tls.key')]);
  assert.match(
    made.files['NOTES.md'] ?? '',
    /--from-file=tls\.crt=client\.crt \\\n {2}--from-file=tls\.key=client\.key \\\n {2}--from-literal=username="\$PLUMBLINE_SCRAPE_USERNAME" \\\n {2}--from-literal=password="\$PLUMBLINE_SCRAPE_PASSWORD"/,
  );
  const scorecard = podOf(all, 'scorecard');
  assert.deepEqual(
    volumeOf(scorecard, 'web-client').projected.sources[0].secret.items.map(({ key }: Any) => key),
    ['ca.crt', 'tls.crt', 'tls.key'],
  );
  assert.equal(volumeOf(podOf(all), 'web-client'), undefined);
});

test('certificates that are asked for, and not needed, leave the probes as they are', async t => {
  const asked = (type: string, more = '') =>
    withWeb(t, tls.replace('}', `, client_ca_file: clients.crt, client_auth_type: ${type}${more}}`)).render();
  const probe = async (made: ReturnType<typeof asked>) => podOf(manifestsOf(await made)).containers[0].readinessProbe;
  assert.ok((await probe(asked('VerifyClientCertIfGiven'))).httpGet);
  assert.ok((await probe(asked('VerifyClientCertIfGiven', ', client_allowed_sans: [x]'))).exec);
  assert.ok((await probe(asked('RequireAnyClientCert'))).exec);
});

test('a Secret of cert-manager stands for the certificate, and a ConfigMap has its authorities', async t => {
  const made = await withWeb(
    t,
    'tls_server_config: {cert_file: /tls/tls.crt, key_file: /tls/tls.key}\n',
    '  web: {tls_secret: issued, ca: config_map, server_name: plumbline.example}\n',
  ).render();
  const pod = podOf(manifestsOf(made));
  assert.deepEqual(volumeOf(pod, 'web').projected.sources[1], {
    secret: {
      name: 'issued',
      items: [
        { key: 'tls.crt', path: 'tls.crt' },
        { key: 'tls.key', path: 'tls.key' },
      ],
    },
  });
  assert.deepEqual([...(made.secrets.find(({ name }) => name === 'plumbline-web')?.files.keys() ?? [])], ['web.yml']);
  assert.deepEqual(monitorOf(made.files).tlsConfig, {
    ca: { configMap: { name: 'plumbline-ca', key: 'ca.crt' } },
    serverName: 'plumbline.example',
  });
  assert.ok(!made.secrets.some(({ name }) => name === 'plumbline-scrape'), 'nothing is needed of it');
});

test('paths outside of the file’s folder are other ones in the Secret, by the command of NOTES.md', async t => {
  const at = withWeb(
    t,
    'tls_server_config:\n  cert_file: /etc/ssl/private/server.crt\n  key_file: ../keys/server.key   # of the host\n' +
      users,
  );
  const made = await at.render();
  const [command = ''] =
    /^sed .*\| kubectl create secret generic plumbline-web/m.exec(made.files['NOTES.md'] ?? '') ?? [];
  assert.match(made.files['NOTES.md'] ?? '', /--from-file=web\.yml=\/dev\/stdin/);
  const written = execFileSync('sh', ['-c', command.replace(/\| kubectl .*$/, '')], { cwd: at.folder }).toString();
  assert.deepEqual((parse(written) as Any).tls_server_config, { cert_file: 'server.crt', key_file: 'server.key' });
  assert.ok(written.includes(hash));
  assert.deepEqual(
    volumeOf(podOf(manifestsOf(made)), 'web').projected.sources[0].secret.items.map(({ path: to }: Any) => to),
    ['web.yml', 'server.crt', 'server.key'],
  );
});

test('what can’t come into pods is refused, and what the certificate lacks is said', async t => {
  const code = (name: string) => (error: Any) => error.code === name;
  await assert.rejects(
    withWeb(t, 'tls_server_config: {cert: x, key: y}\n', '  web: {tls_secret: issued}\n').render(),
    code('KUBERNETES_WEB_CONFIG'),
  );
  await assert.rejects(
    withWeb(
      t,
      'tls_server_config: {cert_file: /a, key_file: b}\nhttp_server_config: {headers: {X-XSS-Protection: /a}}\n',
    ).render(),
    code('KUBERNETES_WEB_CONFIG'),
  );
  await assert.rejects(withWeb(t, 'tls: {}\n').render(), code('WEB_CONFIG_INVALID'));
  const at = withWeb(t, tls);
  mkdirSync(path.join(at.folder, 'certs'));
  if (!certified(t, path.join(at.folder, 'certs'), 'server', 'DNS:plumbline-cost.plumbline.svc')) return;
  const { notes } = await at.render();
  assert.match(notes.join('\n'), /the certificate is not of plumbline-dora\.plumbline\.svc, .*\*\.plumbline\.svc/);
  assert.doesNotMatch(notes.join('\n'), /not of plumbline-cost/);
});

test('all of it is valid by its schemas, and the operator has Prometheus scrape by it', async t => {
  const check = await operatorCheck(t);
  const promtool = await requireTool(t, 'promtool');
  if (check === undefined || promtool === undefined) return;
  const mutual = tls.replace('}', ', client_ca_file: clients.crt, client_auth_type: RequireAndVerifyClientCert}');
  const at = withWeb(t, `${mutual}${users}`, '  web: {ca: config_map}\n');
  const { files } = await at.render();
  const laid = lay(
    path.join(at.folder, 'out'),
    Object.fromEntries(Object.entries(files).filter(([name]) => /(?<!kustomization)\.yaml$/.test(name))),
  );
  const valid = await check('validate', ...laid);
  assert.ok(valid.ok, valid.text);
  const secret = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plumbline-scrape', namespace: 'plumbline' } },
    stringData: { username: 'prometheus', password: 'scrape-me', 'tls.crt': 'x', 'tls.key': 'y' },
  });
  const made = await check(
    'prometheus',
    ...laid.filter(file => file.endsWith('servicemonitor.yaml')),
    ...lay(path.join(at.folder, 'given'), { 'secret.yaml': secret }),
  );
  assert.ok(made.ok, made.text);
  const [scrape] = (parse(made.text) as Any).scrape_configs;
  assert.equal(scrape.scheme, 'https');
  assert.deepEqual(scrape.basic_auth, { username: 'prometheus', password: 'scrape-me' });
  assert.equal(scrape.tls_config.server_name, 'plumbline-cost.plumbline.svc');
  for (const key of ['ca_file', 'cert_file', 'key_file']) assert.match(scrape.tls_config[key], /plumbline/, key);
});

/** A certificate that signs itself, for a server and as a client's. False after skipping the test. */
function certified(t: TestContext, folder: string, name: string, alternative: string): boolean {
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`];
  const out = ['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.crt`)];
  const { error } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
    ...[...subject, ...out],
  ]);
  if (error !== undefined) t.skip('openssl is not there to make a certificate');
  return error === undefined;
}

test('its pods, as they are mounted: the probe gets in, the scorecard is told, nobody else is', async t => {
  const at = workplace(t);
  mkdirSync(path.join(at.folder, 'certs'));
  if (!certified(t, path.join(at.folder, 'certs'), 'server', 'DNS:*.plumbline.svc')) return;
  certified(t, at.folder, 'client', 'DNS:prometheus');
  at.write('ca.crt', readFileSync(path.join(at.folder, 'certs/server.crt'), 'utf8'));
  at.write(
    'web.yml',
    `${tls.replace('}', ', client_ca_file: client.crt, client_auth_type: RequireAndVerifyClientCert}')}${users}`,
  );
  writeRecentBill(at);
  at.write(
    'plumbline.yaml',
    `catalog: {files: [catalog/*.yaml]}
server: {web_config_file: web.yml}
kubernetes: {volumes: [{path: bills, claim: bills}], web: {server_name: plumbline-cost.plumbline.svc}}
ownership: {rules: [{name: checkout, resource: '*checkout*', service: checkout}, {name: owner, tag: {keys: [Owner], gives: team}}]}
cost: {focus: [{name: bill, path: 'bills/*.csv'}]}
`,
  );
  const rendered = await at.run('render', 'kubernetes', '--out', 'out');
  assert.equal(rendered.code, 0, rendered.stderr);
  const read = (name: string) => readFileSync(path.join(at.folder, 'out', name), 'utf8');
  const notes = read('NOTES.md');
  /** A projected volume, filled as the commands of NOTES.md make the Secrets. */
  const mount = (volume: Any, into: string) => {
    for (const { secret } of volume.projected.sources)
      for (const { key, path: to } of secret.items) {
        const command = notes.split(`create secret generic ${secret.name} `)[1]?.split('\nkubectl')[0] ?? '';
        const [, from = ''] = new RegExp(`--from-file=${key}=(\\S+)`).exec(command) ?? [];
        const file = path.join(at.folder, into, to);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, readFileSync(path.join(at.folder, from)));
      }
  };
  const pod = (exporter: string) => podOf(documentsIn(read(`plumbline-${exporter}.yaml`)), exporter);
  mount(volumeOf(pod('cost'), 'web'), 'web');
  mount(volumeOf(pod('scorecard'), 'web-client'), 'web-client');
  assert.equal(readWebConfig(path.join(at.folder, 'web/web.yml')).tls?.clientAuth, 'RequireAndVerifyClientCert');
  const port = await freePort();
  for (const exporter of ['cost', 'scorecard']) {
    const map = documentsIn(read(`plumbline-${exporter}.yaml`)).find(({ kind }) => kind === 'ConfigMap') as Any;
    const here = (map.data['plumbline.yaml'] as string)
      .replaceAll(`${folders.catalog}/catalog-`, path.join(at.folder, 'catalog/'))
      .replaceAll(folders.files, at.folder)
      .replaceAll(clientFolder, path.join(at.folder, 'web-client'))
      .replaceAll(webFolder, path.join(at.folder, 'web'))
      .replaceAll('https://plumbline-cost.plumbline.svc:9464', `https://127.0.0.1:${port}`)
      .replace('host: 0.0.0.0', `host: 127.0.0.1, port: ${exporter === 'cost' ? port : 0}`);
    at.write(`${exporter}/plumbline.yaml`, here);
  }
  process.env.PLUMBLINE_SCORECARD_TOKEN = 'a-token-of-the-scorecard';
  t.after(() => delete process.env.PLUMBLINE_SCORECARD_TOKEN);
  const served = at.begin('serve', 'cost', '--config', 'cost/plumbline.yaml');
  let log = '';
  for (const stream of [served.stdout, served.stderr]) stream?.on('data', chunk => (log += chunk));
  const { command } = pod('cost').containers[0].readinessProbe.exec;
  const probe = (asked = command) => {
    const env = { ...process.env, PLUMBLINE_DATA_DIR: path.join(at.folder, 'cost/.plumbline') };
    return spawnSync(process.execPath, asked.slice(1), { env }).status;
  };
  assert.notEqual(probe(), 0, 'it isn’t there yet');
  for (const until = Date.now() + 300_000; probe() !== 0; await sleep(500))
    assert.ok(Date.now() < until && served.exitCode === null, log);
  assert.notEqual(probe([...command.slice(0, -1), '/-/nothing']), 0);
  await assert.rejects(fetch(`https://127.0.0.1:${port}/-/healthy`), 'whoever has no certificate gets in');
  const told = async () => (await at.run('scrape', 'scorecard', '--config', 'scorecard/plumbline.yaml')) as Any;
  let said = await told();
  for (const until = Date.now() + 300_000; !/checks\{[^}]*check="cost-tags"/.test(said.stdout) && Date.now() < until; )
    said = await told();
  assert.match(
    said.stdout,
    /^platform_checks\{[^}]*service="checkout",check="cost-tags",state="(pass|fail)"\} 1$/m,
    said.stderr,
  );
  at.write('web-client/ca.crt', readFileSync(path.join(at.folder, 'client.crt'), 'utf8'));
  assert.match((await told()).stderr, /self-signed|unable to verify|DEPTH_ZERO/i);
});
