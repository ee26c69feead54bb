/** A catalog that a Backstage server tells: to the commands, and to a server that runs while it changes or is down. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fetch from 'node-fetch';
import { pino } from 'pino';
import { explainOwned } from '../../exporters/catalog/explain.ts';
import { openCatalog } from '../../exporters/cli/serve/catalog.ts';
import { type Service, startService } from '../../exporters/cli/serve/service.ts';
import { loadConfig } from '../../exporters/config.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { scorecardEntities } from '../../exporters/experience/metrics.ts';
import { company, entity, refuse, startBackstage, token } from '../catalog/backstage-server.ts';
import { evaluate } from '../core/as-of.ts';
import { key, startCortex } from '../experience/vendors/cortex.ts';
import { workplace } from './command.ts';

const moved = company.map(one =>
  JSON.stringify(one).includes('acme/shop')
    ? entity('Component', 'shop', { owner: 'ops' }, { annotations: { 'github.com/project-slug': 'acme/shop' } })
    : one,
);

async function open(t: TestContext) {
  const backstage = await startBackstage(t, { entities: company });
  const cortex = await startCortex(t, {
    catalog: { shop: { repository: 'acme/shop' } },
    scorecards: { ready: { levels: { Bronze: 1 }, scores: { shop: { level: 'Bronze', score: 1 } } } },
  });
  const place = workplace(t);
  place.write('token', `${token}\n`);
  place.write(
    'plumbline.yaml',
    `server: { port: 0 }
catalog:
  backstage: [{ name: portal, url: "${backstage.url}", token_file: token, every: 1 }]
experience:
  cortex: [{ url: "${cortex.url}", api_key: ${key} }]
`,
  );
  const serve = async (more: { readonly reassignFrom?: string } = {}) => {
    const config = await loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
    const service = await startService(config, { log: pino({ level: 'silent' }), ...more });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= service.stop();
      return stopped;
    };
    t.after(stop);
    await service.session.runtimes[0]!.refresh();
    return { ...service, stop };
  };
  return { place, backstage, serve };
}

const owners = async ({ session }: Service): Promise<readonly string[]> => {
  const { ledger, exporter } = session.runtimes[0]!;
  return (await evaluate(ledger, exporter, scorecardEntities, { instants: [new Date()] })).map(row => String(row.team));
};

/** Waits for what comes within moments, half a minute at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; !(await holds()); tried += 1) {
    assert.ok(tried < 300, 'it did not come');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

const isUp = async ({ url }: Service): Promise<string | undefined> =>
  /^plumbline_source_up\{exporter="catalog",source="portal"\} (\d)/m.exec(
    await (await fetch(`${url}/metrics`)).text(),
  )?.[1];

test('a catalog that changes while the server runs is a new version of ownership from today on', async t => {
  const { backstage, serve } = await open(t);
  const service = await serve();
  assert.deepEqual(await owners(service), ['sales']);
  assert.equal(await isUp(service), '1');
  backstage.world.entities = moved;
  await until(async () => (await owners(service))[0] === 'ops');
  const { ledger } = service.session.runtimes[0]!;
  const versions = await ledger.read(reader =>
    reader.all('SELECT version, valid_from::VARCHAR AS day FROM ownership_versions'),
  );
  assert.deepEqual(versions, [
    { version: 1, day: '0001-01-01' },
    { version: 2, day: new Date().toISOString().slice(0, 10) },
  ]);
  const today = new Date().toISOString().slice(0, 10);
  const text = await ledger.read(reader => explainOwned(reader, 'repository', 'acme/shop', today));
  assert.match(text ?? '', /team: ops \(by rule "the catalog" as Backstage portal has it, since /);
  const asked = backstage.asked.length;
  await until(async () => backstage.asked.length > asked + 1);
  assert.equal(
    (await ledger.read(reader => reader.all('FROM ownership_versions'))).length,
    2,
    'the same again is no version',
  );
});

test('a server that is down stops no start and no run, and is told so', async t => {
  const { backstage, serve } = await open(t);
  const first = await serve();
  backstage.world.fault = (_, response) => refuse(response, 401, 'AuthenticationError');
  await until(async () => (await isUp(first)) === '0');
  assert.deepEqual(await owners(first), ['sales']);
  await first.stop();
  const second = await serve();
  assert.equal(await isUp(second), '0');
  assert.deepEqual(await owners(second), ['sales']);
  backstage.world.fault = undefined;
  backstage.world.entities = moved;
  await until(async () => (await owners(second))[0] === 'ops');
  assert.equal(await isUp(second), '1');
});

test('a start that restates the past does so once: what changes later waits for the next start', async t => {
  const { place, backstage, serve } = await open(t);
  const service = await serve({ reassignFrom: '2026-01-01' });
  assert.equal(await isUp(service), '1');
  await service.stop();
  const config = await loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
  const catalog = await openCatalog(config, { log: pino({ level: 'silent' }), reassignFrom: '2026-01-01' });
  const asked = backstage.asked.length;
  await catalog.follow([], createSelfMetrics({ version: '0', runtime: false }), new AbortController().signal);
  assert.equal(backstage.asked.length, asked, 'it ends without another question');
});

test('check says what each server told, and which answer stands in', async t => {
  const { place, backstage } = await open(t);
  const good = await place.run('check');
  assert.match(good.stdout, /^ok +catalog portal +6 entities, 6 of them used; told at 20\d\d-.*Z$/m);
  assert.match(good.stdout, /^ok +catalog +2 components, 2 groups$/m);
  backstage.world.fault = (_, response) => refuse(response, 403, 'NotAllowedError');
  const bad = await place.run('check');
  assert.match(
    bad.stdout,
    /catalog portal +the token was refused by Backstage portal .* with 403.*; its answer of 20.* stands in: 6 entities/,
  );
  assert.equal(bad.code, 1);
  assert.ok(![good.stdout, bad.stdout, bad.stderr].some(text => text.includes(token)));
  const scraped = await place.run('scrape');
  assert.match(scraped.stderr, /warning: the token was refused by Backstage portal .*; its answer of 20.* stands in/);
  assert.match(scraped.stdout, /^devex_scorecard_entities\{team="sales",/m);
});

test('without any answer nothing starts, and the sentence says what to do', async t => {
  const { place, backstage } = await open(t);
  backstage.world.fault = (_, response) => refuse(response, 404, 'NotFoundError');
  const { code, stderr } = await place.run('scrape');
  assert.match(stderr, /could not read the catalog of Backstage portal at http.*404/);
  assert.match(stderr, /correct catalog\.backstage/);
  assert.notEqual(code, 0);
});
