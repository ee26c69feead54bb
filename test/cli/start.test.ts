import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { workplace } from './command.ts';

test('where its port is taken, the rules lead to the one that it serves on', async t => {
  // No Docker engine and none of the servers: what is looked at here are the files they would read.
  const before = { ...process.env };
  Object.assign(process.env, { PATH: '/none', PLUMBLINE_TOOLS: '/none' });
  t.after(() => Object.assign(process.env, { PATH: before.PATH, PLUMBLINE_TOOLS: before.PLUMBLINE_TOOLS ?? '' }));
  const other = createServer((_, response) => void response.end('another program'));
  await new Promise<void>(done => other.listen(0, '127.0.0.1', done));
  t.after(() => other.close());
  const { port: taken } = other.address() as AddressInfo;
  const place = workplace(t);
  place.write('plumbline.yaml', `server: { port: ${taken} }\ncost: { focus: [{ path: bill.csv }] }\n`);
  const child = place.begin('start', '--config', 'plumbline.yaml');
  const said = text(child.stdout!);
  await new Promise<void>(resolve => child.stdout!.once('data', () => resolve()));
  const alerts = path.join(place.folder, '.plumbline', 'alerts');
  const rules = (await readdir(alerts)).filter(name => name.endsWith('.rules.yml'));
  const texts = await Promise.all(rules.map(name => readFile(path.join(alerts, name), 'utf8')));
  child.kill('SIGTERM');
  const served = /^Plumbline\s+http:\/\/127\.0\.0\.1:(\d+)/m.exec(await said)?.[1];
  assert.ok(served !== undefined && served !== String(taken), `${served}`);
  const ports = new Set(
    texts.flatMap(each => [...each.matchAll(/runbook_url: \S+:(\d+)\/runbooks/g)].map(([, port]) => port)),
  );
  assert.deepEqual([...ports], [served]);
});
