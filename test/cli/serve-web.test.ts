/** A server with a web configuration file: what people reach, and what commands on the machine do. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { startService } from '../../exporters/cli/serve/service.ts';
import { loadConfig } from '../../exporters/config.ts';
import { bill, workplace } from './command.ts';

test('whoever has no token is refused, and commands still find the server that holds the ledger', async t => {
  const place = workplace(t);
  place.write('bills/bill.csv', bill);
  place.write('web.yml', 'http_server_config: {headers: {X-Frame-Options: sameorigin}}\n');
  place.write(
    'plumbline.yaml',
    'server: { port: 0, web_config_file: web.yml }\ncatalog: { files: [catalog/*.yaml] }\ncost: { focus: [{ name: bill, path: "bills/*.csv" }] }\n',
  );
  const config = await loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
  assert.equal(config.server.web_config_file, path.join(place.folder, 'web.yml'));
  const service = await startService(config, { log: pino({ level: 'silent' }) });
  t.after(() => service.stop());
  const answer = await fetch(`${service.url}/-/healthy`);
  assert.deepEqual([answer.status, answer.headers.get('x-frame-options')], [200, 'sameorigin']);
  const local = readFileSync(path.join(config.data_dir, 'server-address'), 'utf8');
  assert.notEqual(local, service.url);
  assert.equal((await fetch(`${local}/metrics`)).status, 401);
  const asked = await place.run('check');
  assert.match(asked.stderr, new RegExp(`asking its server at ${local}`));
  assert.doesNotMatch(asked.stderr, /LEDGER_UNANSWERED/);
  await service.stop();
  assert.ok(!existsSync(path.join(config.data_dir, 'server-address')));
  await assert.rejects(fetch(`${local}/-/healthy`));
});

test('a web configuration file that is wrong keeps the server from starting, and leaves no ledger open', async t => {
  const place = workplace(t);
  place.write('bills/bill.csv', bill);
  place.write('web.yml', 'tls: {}\n');
  const text =
    'server: { port: 0, web_config_file: web.yml }\ncost: { focus: [{ name: bill, path: "bills/*.csv" }] }\n';
  place.write('plumbline.yaml', text);
  const load = () => loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
  const start = async () => startService(await load(), { log: pino({ level: 'silent' }) });
  await assert.rejects(start(), { code: 'WEB_CONFIG_INVALID' });
  place.write('web.yml', '{}\n');
  await (await start()).stop();
});
