import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createAuth } from '../../exporters/core/auth.ts';
import { PlumblineError } from '../../exporters/core/errors.ts';
import { sourceRecords } from '../../exporters/core/metrics.ts';
import { promQuery } from '../tools/promql.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { parsePage } from './parse-page.ts';
import { pageOf, startFixture, tokens } from './server-fixture.ts';

const bearer = (role: 'admin' | 'reader' | 'team') => ({ authorization: `Bearer ${role}-token` });

interface Raw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Without fetch's own ideas of headers and encodings. */
function ask(url: string, options: http.RequestOptions = {}, body = ''): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

const namesOf = (page: string) => new Set(parsePage(page).samples.map(sample => sample.name));

describe('scraping', () => {
  test('/metrics has every exporter and the process, /metrics/EXPORTER its own alone', async t => {
    const { url } = await startFixture(t);
    const all = await ask(`${url}/metrics`);
    assert.equal(all.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    for (const name of [
      'finops_month_to_date_cost',
      'dora_deployments_total',
      'plumbline_source_up',
      'nodejs_heap_size_used_bytes',
    ])
      assert.ok(namesOf(all.body.toString()).has(name), name);
    const { samples } = parsePage((await ask(`${url}/metrics/dora`)).body.toString());
    assert.ok(samples.some(sample => sample.name === 'dora_deployments_total'));
    assert.deepEqual([...new Set(samples.flatMap(sample => sample.labels.exporter ?? []))], ['dora']);
    assert.ok(!samples.some(sample => sample.name.startsWith('finops_')));
    assert.equal((await ask(`${url}/metrics/none`)).status, 404);
  });

  test('promtool finds no fault with the page', async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const { url } = await startFixture(t);
    const page = (await ask(`${url}/metrics`)).body.toString();
    const checked = spawnSync(promtool.path, ['check', 'metrics'], { input: page, encoding: 'utf8' });
    assert.deepEqual([checked.stdout + checked.stderr, checked.status], ['', 0]);
  });

  test('OpenMetrics is spoken where asked for, gzip where taken, HEAD without a body', async t => {
    const { url } = await startFixture(t);
    const plain = await ask(`${url}/metrics/cost`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    assert.equal(plain.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.match(plain.body.toString(), /^finops_month_to_date_cost\{team="t0"\} 1\n.*# EOF\n$/ms);
    assert.equal(plain.headers.vary, 'Accept, Accept-Encoding');
    for (const [encoding, packed] of [
      ['gzip', true],
      ['br, gzip;q=0.5', true],
      ['*', true],
      ['gzip;q=0', false],
      ['br', false],
      ['', false],
      ['gzip;q=0.1, identity;q=0.9', false],
      ['gzip; Q=0.9 , identity;q=0.1', true],
      ['identity, gzip', true],
      ['gzip;q=0.1, *;q=0.9', false],
      ['gzip;q=0.5, *;q=0', true],
      ['*;q=0, identity', false],
      ['X-GZIP', true],
      ['gzip;q=nonsense', false],
    ] as const) {
      const page = await ask(`${url}/metrics/cost`, { headers: { 'accept-encoding': encoding } });
      assert.deepEqual([page.status, page.headers.vary], [200, 'Accept, Accept-Encoding']);
      assert.equal(page.headers['content-encoding'], packed ? 'gzip' : undefined, encoding);
      assert.equal(Number(page.headers['content-length']), page.body.length);
      const text = (packed ? gunzipSync(page.body) : page.body).toString();
      assert.ok(namesOf(text).has('finops_month_to_date_cost') && namesOf(text).has('plumbline_build_info'));
    }
    for (const encoding of ['gzip;q=0, *;q=0', 'identity;q=0', 'br, *;q=0']) {
      const none = await ask(`${url}/metrics/cost`, { headers: { 'accept-encoding': encoding } });
      assert.deepEqual([none.status, none.headers.vary], [406, 'Accept, Accept-Encoding'], encoding);
    }
    const head = await ask(`${url}/metrics`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    assert.ok(Number(head.headers['content-length']) > 1000);
  });

  test('an unchanged page is answered 304, until a commit or a value of our own changes', async t => {
    const { url, show, self } = await startFixture(t);
    const tagOf = async () => String((await ask(`${url}/metrics`)).headers.etag);
    const again = async (tag: string) =>
      (await ask(`${url}/metrics`, { headers: { 'if-none-match': `"x", ${tag}` } })).status;
    const first = await tagOf();
    assert.equal(await again(first), 304);
    show('cost', pageOf(2, 3));
    assert.equal(await again(first), 200);
    assert.match((await ask(`${url}/metrics`)).body.toString(), /^finops_month_to_date_cost\{team="t0"\} 2$/m);
    const second = await tagOf();
    self.add(sourceRecords, { exporter: 'cost', source: 'focus' }, 1);
    assert.equal(await again(second), 200);
  });

  test('a large page arrives whole at a slow reader', async t => {
    const { url, show } = await startFixture(t);
    show('cost', pageOf(3, 200_000));
    const page = await new Promise<Buffer>((resolve, reject) => {
      http.get(`${url}/metrics/cost`, { agent: false }, response => {
        const chunks: Buffer[] = [];
        response.on('error', reject).on('end', () => resolve(Buffer.concat(chunks)));
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          response.pause();
          setImmediate(() => response.resume());
        });
      });
    });
    assert.equal(page.toString().match(/^finops_month_to_date_cost/gm)?.length, 200_000);
  });

  test('only a scraper is noted as one', async t => {
    const { url, scrapes } = await startFixture(t);
    await ask(`${url}/metrics`, { headers: { accept: 'text/html,*/*' } });
    assert.deepEqual(scrapes, []);
    await ask(`${url}/metrics`, { headers: { 'x-prometheus-scrape-timeout-seconds': '10' } });
    await ask(`${url}/metrics/cost`, { headers: { 'x-prometheus-scrape-timeout-seconds': '10' } });
    assert.deepEqual(scrapes, ['cost', 'dora', 'cost']);
  });

  test('a real Prometheus scrapes it in OpenMetrics and in text', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const { url, scrapes } = await startFixture(t);
    const directory = await mkdtemp(join(tmpdir(), 'plumbline-server-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const configFile = join(directory, 'prometheus.yml');
    const job = (name: string, protocol: string) => ({
      ...{ job_name: name, scrape_protocols: [protocol], scrape_interval: '1s', scrape_timeout: '1s' },
      static_configs: [{ targets: [new URL(url).host] }],
    });
    const jobs = [job('text', 'PrometheusText0.0.4'), job('om', 'OpenMetricsText1.0.0')];
    await writeFile(configFile, JSON.stringify({ scrape_configs: jobs }));
    const prometheus = await startPrometheus({ t, configFile });
    const have = async (expr: string) =>
      (await promQuery(prometheus.url, expr)).map(({ labels, value }) => [labels.job, value]).sort();
    let up: unknown = [];
    for (let tries = 0; tries < 160 && JSON.stringify(up) !== '[["om",1],["text",1]]'; tries += 1) {
      await new Promise(resolve => setTimeout(resolve, 250));
      up = await have('up');
    }
    assert.deepEqual(up, [
      ['om', 1],
      ['text', 1],
    ]);
    assert.deepEqual(await have('dora_deployments_total'), [
      ['om', 5],
      ['text', 5],
    ]);
    assert.deepEqual(await have('sum by (job) (plumbline_source_records_total)'), [
      ['om', 1_234_608],
      ['text', 1_234_608],
    ]);
    assert.ok(scrapes.length > 0);
  });
});

describe('health', () => {
  test('ready is 503 until every exporter has its first page', async t => {
    const { url, show } = await startFixture(t);
    show('dora', undefined);
    const waiting = await ask(`${url}/-/ready`);
    assert.deepEqual([waiting.status, waiting.body.toString()], [503, 'waiting for the first page of dora\n']);
    assert.equal((await ask(`${url}/-/healthy`)).status, 200);
    show('dora', pageOf(1, 1));
    assert.equal((await ask(`${url}/-/ready`)).status, 200);
  });
});

describe('protection', () => {
  test('without a valid token every post and every explanation is 401, whether or not it exists', async t => {
    const { url, pushed } = await startFixture(t, {
      explain: async () => ({ text: 'known' }),
      commands: { history: async () => 'done' },
    });
    const targets = [
      ...['POST /push/dora/deploy-hook', 'POST /push/dora/none', 'POST /push/none/none', 'POST /push', 'GET /push/x'],
      ...['POST /ingest/dora/none', 'POST /ingest/none/none', 'POST /ingest', 'GET /ingest/x'],
      ...[
        'POST /command/history',
        'POST /command/none',
        'POST /command/constructor',
        'POST /',
        'POST /metrics',
        'DELETE /metrics',
        'PUT /any',
      ],
      ...['GET /explain/resource/arn:x', 'GET /explain/none/none', 'GET /explain', 'PATCH /explain/resource/x'],
    ];
    for (const target of targets) {
      const [method = '', path = ''] = target.split(' ');
      for (const authorization of [
        undefined,
        'Bearer wrong',
        'Bearer ',
        'Basic admin-token',
        'admin-token',
        'Bearer admin-token2',
      ]) {
        const answer = await ask(
          `${url}${path}`,
          { method, headers: authorization === undefined ? {} : { authorization } },
          method === 'GET' ? '' : '{}',
        );
        assert.equal(answer.status, 401, `${target} with ${authorization}`);
        const asked = /^GET \/explain\/./.test(target) ? 'Basic realm="plumbline", charset="UTF-8", ' : '';
        assert.equal(answer.headers['www-authenticate'], `${asked}Bearer realm="plumbline"`);
      }
      const known = await ask(`${url}${path}`, { method, headers: bearer('admin') }, method === 'GET' ? '' : '{}');
      assert.ok([200, 404].includes(known.status), `${target}: ${known.status}`);
    }
    assert.equal(pushed.length, 1);
  });

  test("a post reaches its source with the token's principal", async t => {
    const { url, pushed } = await startFixture(t);
    const answer = await ask(
      `${url}/push/dora/deploy-hook`,
      { method: 'POST', headers: { ...bearer('team'), 'x-event': 'e' } },
      '{"a":1}',
    );
    assert.deepEqual(
      [answer.status, JSON.parse(answer.body.toString())],
      [200, { records: 1, changed: 1, rejected: {} }],
    );
    assert.deepEqual(pushed[0]?.principal, { name: 'checkout-ci', role: 'team', team: 'checkout' });
    assert.deepEqual([pushed[0]?.body.toString(), pushed[0]?.headers['x-event']], ['{"a":1}', 'e']);
    const reader = await ask(`${url}/push/dora/deploy-hook`, { method: 'POST', headers: bearer('reader') }, '{}');
    assert.deepEqual([reader.status, pushed.length], [403, 1]);
    // By its other name too.
    const other = await ask(`${url}/ingest/dora/deploy-hook`, { method: 'POST', headers: bearer('team') }, '{"a":2}');
    assert.deepEqual([other.status, pushed[1]?.body.toString()], [200, '{"a":2}']);
  });

  test('a webhook signature stands for a token where the source checks one', async t => {
    const { url, pushed } = await startFixture(t);
    const post = (source: string, signature: string) =>
      ask(`${url}/push/dora/${source}`, { method: 'POST', headers: { 'x-signature': signature } }, 'body');
    assert.equal((await post('signed-hook', 'signed:other')).status, 401);
    assert.equal((await post('deploy-hook', 'signed:body')).status, 401);
    assert.equal((await post('signed-hook', 'signed:body')).status, 200);
    // A signature of WebCrypto's is told by a promise, and a promise is no principal.
    assert.equal((await post('slowly-signed-hook', 'signed:other')).status, 401);
    assert.equal((await post('slowly-signed-hook', 'signed:body')).status, 200);
    assert.deepEqual(
      pushed.map(request => request.principal.name),
      ['github', 'github'],
    );
  });

  test('a secret may stand in the address, for who can set no header', async t => {
    const { url, pushed } = await startFixture(t);
    const post = (query: string) => ask(`${url}/push/dora/addressed-hook${query}`, { method: 'POST' }, 'body');
    for (const query of ['', '?secret=other', '?secret=s&secret=s'])
      assert.equal((await post(query)).status, 401, query);
    assert.equal((await post('?secret=s&more=x')).status, 200);
    assert.deepEqual(
      pushed.map(({ query }) => ({ ...query })),
      [{ secret: 's', more: 'x' }],
    );
  });

  test('a source may refuse what is not its sender’s, and says why', async t => {
    const { url } = await startFixture(t);
    const answer = await ask(`${url}/push/dora/deploy-hook`, { method: 'POST', headers: bearer('team') }, 'foreign');
    assert.equal(answer.status, 403);
    assert.match(
      answer.body.toString(),
      /"refused what checkout-ci posted to deploy-hook: it is not its own","code":"PUSH_FORBIDDEN"/,
    );
  });

  test('a post that is too large is refused, one that fails tells nothing of its inside', async t => {
    const { url, logged } = await startFixture(t, { maxPostBytes: 100 });
    const post = (body: string) =>
      ask(`${url}/push/dora/deploy-hook`, { method: 'POST', headers: bearer('admin') }, body);
    assert.equal((await post('x'.repeat(101))).status, 413);
    const unknown = await ask(`${url}/push/none/none`, { method: 'POST' }, 'x'.repeat(101));
    assert.equal(unknown.status, 401);
    const failed = await post('explode');
    assert.equal(failed.status, 500);
    assert.doesNotMatch(failed.body.toString(), /secret|\bat\b|node_modules/);
    assert.match(logged.join(''), /secret inner detail/);
    assert.doesNotMatch(logged.join(''), /admin-token/);
  });

  test('commands run for an admin only, with a JSON body', async t => {
    const { url } = await startFixture(t, {
      commands: {
        echo: async (body, principal) => ({ body, by: principal.name }),
        range: async () => {
          throw new RangeError('history has no length');
        },
      },
    });
    const run = async (name: string, role: 'admin' | 'reader' | 'team', body = '') => {
      const { status, body: answer } = await ask(
        `${url}/command/${name}`,
        { method: 'POST', headers: bearer(role) },
        body,
      );
      return [status, JSON.parse(answer.toString())];
    };
    assert.deepEqual(await run('echo', 'admin', '{"from":"2026"}'), [200, { body: { from: '2026' }, by: 'root' }]);
    assert.deepEqual(await run('echo', 'admin'), [200, { by: 'root' }]);
    assert.equal((await run('echo', 'team', '{}'))[0], 403);
    assert.equal((await run('none', 'reader', '{}'))[0], 403);
    assert.equal((await run('echo', 'admin', '{'))[0], 400);
    assert.deepEqual(await run('range', 'admin'), [400, { error: 'history has no length' }]);
  });

  test('explanations are told to any token, ids with slashes too', async t => {
    const { url } = await startFixture(t, {
      explain: async (kind, id) => {
        if (kind !== 'resource') return undefined;
        return id === 'i-1' ? { unknown: `nobody knows ${id}` } : { text: `${kind} ${id}` };
      },
    });
    const get = async (path: string) => {
      const { status, body } = await ask(`${url}/explain/${path}`, { headers: bearer('reader') });
      return [status, body.toString()];
    };
    assert.deepEqual(await get('resource/arn:aws:x/y%2Fz%20w'), [200, 'resource arn:aws:x/y/z w']);
    // Links to how a check is mended are followed by people, whose browsers ask for a password.
    const password = `Basic ${Buffer.from('ada:reader-token').toString('base64')}`;
    const byBrowser = await ask(`${url}/explain/resource/a`, { headers: { authorization: password } });
    assert.equal(byBrowser.status, 200);
    assert.deepEqual(await get('resource/i-1'), [404, '{"error":"nobody knows i-1"}']);
    assert.deepEqual(await get('image/x'), [404, '{"error":"nothing is here"}']);
  });

  test('no header gives the framework away, and a malformed path is no failure of ours', async t => {
    const { url, logged } = await startFixture(t);
    const { headers } = await ask(`${url}/`);
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'nonce-/);
    const bad = await ask(`${url}/runbooks/%E0%A4%A`);
    assert.equal(bad.status, 400);
    assert.doesNotMatch(bad.body.toString(), /\bat\b .*\.[jt]s/);
    assert.equal(logged.length, 0);
  });

  test('tokens are whole: no prefix, no empty one', () => {
    const auth = createAuth([...tokens, { name: 'empty', role: 'admin', token: '' }]);
    assert.deepEqual(auth.principalOf('bearer team-token'), { name: 'checkout-ci', role: 'team', team: 'checkout' });
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer team-toke',
      'Bearer team-token x',
      'Token team-token',
    ])
      assert.equal(auth.principalOf(header), undefined, header);
  });
});

describe('runbooks', () => {
  test('are Markdown made safe', async t => {
    const directory = await mkdtemp(join(tmpdir(), 'plumbline-runbooks-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const text =
      '# Budget\n\n<script>alert(1)</script>\n\n[bad](javascript:alert(1)) [good](https://a.example) [near](Other.md#x)\n\n```\na < b\n```\n';
    await writeFile(join(directory, 'BudgetSpent.md'), text);
    const { url } = await startFixture(t, { runbooksDir: directory });
    const { status, body } = await ask(`${url}/runbooks/BudgetSpent`);
    const page = body.toString();
    assert.equal(status, 200);
    assert.match(page, /<h1>Budget<\/h1>/);
    assert.match(page, /&lt;script&gt;alert/);
    assert.doesNotMatch(page, /<script>|javascript:/);
    assert.match(page, /href="https:\/\/a\.example"/);
    assert.match(page, /href="Other#x"/);
    assert.match(page, /a &lt; b/);
    assert.match((await ask(`${url}/runbooks`)).body.toString(), /href="\/runbooks\/BudgetSpent"/);
    for (const name of ['None', '..%2FBudgetSpent', '.', 'BudgetSpent.md', '%00'])
      assert.equal((await ask(`${url}/runbooks/${name}`)).status, name === '.' ? 200 : 404, name);
  });
});

describe('listening', () => {
  test('on a taken port is an error that names it', async t => {
    const { url } = await startFixture(t);
    const other = await startFixture(t);
    await other.server.close();
    await assert.rejects(
      other.server.listen(Number(new URL(url).port)),
      (error: unknown) =>
        error instanceof PlumblineError && error.code === 'PORT_TAKEN' && error.message.includes(new URL(url).port),
    );
    await assert.rejects(
      other.server.listen(0, '203.0.113.1'),
      (error: unknown) => error instanceof PlumblineError && error.code === 'LISTEN_FAILED',
    );
  });

  test('ends gracefully: what is under way is finished, idle connections are closed, new ones refused', {
    timeout: 300_000,
  }, async t => {
    let finish = () => {};
    let begun = () => {};
    const running = new Promise<void>(resolve => {
      begun = resolve;
    });
    const wait = () =>
      new Promise<string>(resolve => {
        finish = () => resolve('finished');
        begun();
      });
    const { server, url } = await startFixture(t, { commands: { wait } });
    const agent = new http.Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    await ask(`${url}/-/healthy`, { agent });
    const answer = ask(`${url}/command/wait`, {
      method: 'POST',
      headers: bearer('admin'),
      agent: new http.Agent({ keepAlive: true }),
    });
    await running;
    const closed = server.close(60_000);
    await assert.rejects(ask(`${url}/-/healthy`), /ECONNREFUSED/);
    finish();
    assert.equal((await answer).body.toString(), '"finished"');
    await closed;
  });

  test('cuts what is not done by the deadline', async t => {
    const { server, url } = await startFixture(t);
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise(resolve => socket.once('connect', resolve));
    socket.write(
      'POST /push/dora/deploy-hook HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin-token\r\ncontent-length: 9\r\n\r\nhalf',
    );
    const cut = new Promise(resolve => socket.on('error', () => undefined).once('close', resolve));
    await ask(`${url}/-/healthy`);
    await server.close(20);
    await cut;
  });
});
