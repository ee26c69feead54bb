import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { bill, exitOf, type Workplace, workplace } from './command.ts';

const initArgs = ['init', '--catalog', 'catalog', '--bill', 'bill.csv'] as const;

async function initialised(t: TestContext): Promise<Workplace> {
  const place = workplace(t);
  const { code, stderr } = await place.run(...initArgs);
  assert.equal(code, 0, stderr);
  return place;
}

describe('plumbline', () => {
  it('documents its commands and exit codes', async t => {
    const { code, stdout } = await workplace(t).run('--help');
    assert.equal(code, 0);
    for (const word of [
      'init',
      'serve',
      'scrape',
      'history',
      'check',
      'explain',
      'review',
      'event',
      'render',
      'start',
      'version',
    ])
      assert.match(stdout, new RegExp(`^  ${word}\\b`, 'm'));
    assert.match(stdout, /Exit codes:\n {2}0 {4}done\n.*\n {2}2 .*\n {2}3 .*\n {2}4 .*\n {2}130 /);
  });

  it('says its version', async t => {
    assert.match((await workplace(t).run('version')).stdout, /^plumbline \d+\.\d+\.\d+ \(Node\.js 24\./);
  });

  it('answers wrong usage with 2 and says what was expected', async t => {
    const place = workplace(t);
    for (const [args, said] of [
      [['nonsense'], /unknown command 'nonsense'/],
      [['explain', 'cat', 'x'], /'cat' is invalid.*resource, repository, image/],
      [['history', '--from', '2026-02-30', '--openmetrics', 'x'], /no such day/],
      [['history', '--from', '2026-01-01', '--step', '1', '--openmetrics', 'x'], /such as 15m, 1h or 1d/],
      [['check', '--prometheus', 'prometheus:9090'], /begins with http/],
      [['scrape', 'money'], /'money' is invalid.*cost/],
      [['render', 'alerts'], /--out/],
      [['init', '--catalog', 'catalog'], /--bill/],
      [['init', '--catalog', 'catalog', '--bill', 'none.csv'], /--bill none\.csv is no file/],
      [['init', '--catalog', 'none', '--bill', 'bill.csv'], /--catalog none is no folder/],
      [['scrape'], /plumbline: found no configuration plumbline\.yaml\n {2}write one with "plumbline init/],
    ] as const) {
      const { code, stdout, stderr } = await place.run(...args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });

  it('tells all mistakes of a configuration, and a stack on request alone', async t => {
    const place = workplace(t);
    place.write('plumbline.yaml', 'page_days: 0\nsever: {}\n');
    const { code, stderr } = await place.run('check');
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `plumbline: the configuration plumbline.yaml has 2 mistakes:
plumbline.yaml:1:12: page_days is 0; expected a number of at least 1
plumbline.yaml:2:1: sever is not a known key; did you mean server?
  correct the lines named above (CONFIG_INVALID)
`,
    );
    assert.match((await place.run('check', '--debug')).stderr, /\n\s+at /);
  });

  it('does nothing without a section for an exporter', async t => {
    const place = workplace(t);
    place.write('plumbline.yaml', 'page_days: 5\n');
    const { code, stderr } = await place.run('scrape');
    assert.equal(code, 2);
    assert.match(stderr, /configures no exporter; expected one of cost/);
  });
});

describe('plumbline init', () => {
  it('writes rules for tags, then accounts, then resources, and says what it understood', async t => {
    const place = workplace(t);
    const { code, stdout, stderr } = await place.run(...initArgs);
    assert.equal(code, 0, stderr);
    const text = readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8');
    assert.match(text, /^# yaml-language-server: \$schema=.*plumbline\.schema\.json\n/);
    const { ownership, cost, catalog } = parse(text);
    assert.deepEqual(catalog.files, ['catalog/**/*.yaml']);
    assert.deepEqual(cost.focus, [{ path: 'bill.csv' }]);
    assert.deepEqual(ownership.aliases, { payments: ['team-payments'] });
    assert.deepEqual(ownership.rules, [
      { name: 'team tag', tag: { keys: ['Owner'], gives: 'team' } },
      { name: 'environment tag', tag: { keys: ['env'], gives: 'environment', values: { production: ['prd'] } } },
      { name: 'accounts', account: { '012345678901': { team: 'payments', environment: 'production' } } },
      { name: 'resources of checkout', resource: '*checkout*', service: 'checkout' },
    ]);
    assert.match(text, /# {3}Flavour \(10 % of cost\)/);
    assert.match(text, /# "222222222222": \{ team: … \} # misc, 40 % of cost/);
    assert.match(stdout, /^catalog +1 component, 1 group$/m);
    assert.match(stdout, /^bill +3 rows, 3 days from 2026-05-01 to 2026-05-03$/m);
    assert.match(stdout, /^owners +1 team$/m);
    assert.match(stdout, /^unallocated +10\.0 % of 100\.00 USD$/m);
    assert.match(stdout, /^series +\d+ of 50,000$/m);
    assert.match(stdout, /npx plumbline serve --config plumbline\.yaml\n$/);
    assert.ok(!existsSync(path.join(place.folder, '.plumbline')), 'the trial has left a ledger');
  });

  it('never overwrites without --force', async t => {
    const place = await initialised(t);
    place.write('plumbline.yaml', 'mine: true\n');
    const { code, stderr } = await place.run(...initArgs);
    assert.equal(code, 2);
    assert.match(stderr, /refused to overwrite plumbline\.yaml\n.*--force \(FILE_EXISTS\)/);
    assert.equal(readFileSync(path.join(place.folder, 'plumbline.yaml'), 'utf8'), 'mine: true\n');
    assert.equal((await place.run(...initArgs, '--force')).code, 0);
  });
});

describe('plumbline scrape, check, explain, history and render', () => {
  it('prints the page and nothing else on stdout', async t => {
    const place = await initialised(t);
    const { code, stdout, stderr } = await place.run('scrape');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^# HELP finops_/);
    assert.match(stdout, /^finops_newest_charge_timestamp_seconds\{provider="AWS"\} 17778/m);
    assert.match(stdout, /^plumbline_source_up\{exporter="cost",source="focus"\} 1$/m);
    assert.match(stdout, /^plumbline_source_records_total\{exporter="cost",source="focus"\} 3$/m);
    assert.match(stderr, /^focus: 3 records, \d+ new or changed, 0 rejected$/m);
    assert.equal((await place.run('scrape', 'cost')).code, 0);
  });

  it('says that all is well, and with a bad row says where it stands', async t => {
    const place = await initialised(t);
    const good = await place.run('check');
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /^ok +source focus +files: 1 loaded$/m);
    assert.match(good.stdout, /^finops_cost_daily +\d+ +20000$/m);
    place.write('bill.csv', bill.replace(',10,10,10,10,', ',ten,10,10,10,'));
    const bad = await place.run('check');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /^wrong +rejects +1 record could not be read/m);
    assert.match(bad.stdout, /^\S*bill\.csv:4 .*"ten"$/m);
    place.write('bill.csv', bill.replace(',10,10,10,10,', ',ten,zehn,10,10,'));
    const worse = await place.run('check');
    assert.match(worse.stdout, /^wrong +rejects +1 record \(2 values\) could not be read/m);
    place.write('bill.csv', bill.trimEnd());
    const endless = await place.run('check');
    assert.match(
      endless.stdout,
      /^note +source focus +\S*bill\.csv is waiting: no_final_newline: .*end the file with one/m,
    );
    place.write('bill.csv', '');
    assert.match((await place.run('check')).stdout, /^wrong +rejects +1 file could not be read/m);
  });

  it('tells where a server that it is to ask does not answer', async t => {
    const place = await initialised(t);
    const { code, stderr } = await place.run('check', '--prometheus', 'http://127.0.0.1:1');
    assert.equal(code, 4);
    assert.match(stderr, /http:\/\/127\.0\.0\.1:1\/api\/v1\/status\/buildinfo/);
  });

  it('explains a resource by its rule, and says so where nobody knows it', async t => {
    const place = await initialised(t);
    await place.run('scrape');
    const known = await place.run('explain', 'resource', 'arn:checkout-db');
    assert.equal(known.code, 0, known.stderr);
    assert.match(known.stdout, /payments[\s\S]*resources of checkout/);
    const unknown = await place.run('explain', 'resource', 'nobody');
    assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
    assert.match(unknown.stderr, /no exporter knows the resource nobody/);
    // Without a rule that reads them, ids are not kept: then the answer is that rule.
    const file = path.join(place.folder, 'plumbline.yaml');
    const [, rules] = /( +- \{ name: "resources of checkout".*\n)/.exec(readFileSync(file, 'utf8')) ?? [];
    place.write('other.yaml', readFileSync(file, 'utf8').replace(rules!, '').replace('.plumbline', 'other'));
    const unread = await place.run('explain', 'resource', 'arn:checkout-db', '--config', 'other.yaml');
    assert.deepEqual([unread.code, unread.stdout], [1, '']);
    assert.match(
      unread.stderr,
      /no rule reads them.*arn:checkout-db\n.*ownership\.rules in \S*other\.yaml.*\n +- \{ name: .*resource: /,
    );
  });

  it('writes history as an OpenMetrics file', async t => {
    const place = await initialised(t);
    const { code, stderr } = await place.run(
      ...['history', '--from', '2026-04-30', '--to', '2026-05-10', '--openmetrics', 'h.om'],
    );
    assert.equal(code, 0, stderr);
    const text = readFileSync(path.join(place.folder, 'h.om'), 'utf8');
    assert.match(text, /\n# EOF\n$/);
    assert.match(text, /^# TYPE finops_cost_daily gauge$/m);
    // Noon of the day, and the labels that the scrape adds.
    const noon = Date.UTC(2026, 4, 1, 12) / 1000;
    assert.match(
      text,
      new RegExp(
        `^finops_cost_daily\\{team="payments",.*cost_basis="billed",currency="USD",job="plumbline",instance="127.0.0.1:9464"\\} 60 ${noon}$`,
        'm',
      ),
    );
    assert.ok(!existsSync(path.join(place.folder, 'h.om.partial')));
  });

  it('writes dashboards and alerts, with and without a configuration', async t => {
    const place = workplace(t);
    const dashboards = await place.run('render', 'dashboards', '--out', 'd');
    assert.equal(dashboards.code, 0, dashboards.stderr);
    assert.ok(dashboards.stdout.includes(path.join(place.folder, 'd', 'cost.json')));
    assert.equal((await place.run('render', 'alerts', '--out', 'a')).code, 0);
    assert.ok(existsSync(path.join(place.folder, 'a', 'alertmanager.yml')));
    assert.equal((await place.run('render', 'alerts', '--out', 'a', '--config', 'none.yaml')).code, 2);
  });
});

describe('a ledger that another process holds', () => {
  it('is asked for over HTTP where that process is a server', async t => {
    const place = await initialised(t);
    const server = await serving(place);
    const tokenFile = path.join(place.folder, '.plumbline', 'admin-token');
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    const scraped = await place.run('scrape');
    assert.equal(scraped.code, 0, scraped.stderr);
    assert.match(scraped.stderr, new RegExp(`process ${server.pid}; asking its server at http://127\\.0\\.0\\.1:\\d+`));
    assert.match(scraped.stdout, /^finops_newest_charge_timestamp_seconds/m);
    assert.match(scraped.stdout, /^plumbline_source_up\{exporter="cost",source="focus"\} 1$/m);
    assert.equal((await place.run('check')).code, 0);
    assert.match((await place.run('explain', 'resource', 'arn:checkout-db')).stdout, /resources of checkout/);
    const wrong = await place.run('history', '--from', '2026-05-02', '--to', '2026-05-01', '--openmetrics', 'x');
    assert.equal(wrong.code, 2);
    const unwritable = await place.run('history', '--from', '2026-05-01', '--openmetrics', 'none/x');
    assert.equal(unwritable.code, 2);
    assert.match(unwritable.stderr, /could not do history: could not write .*ENOENT\n {2}check that its folder exists/);
    const second = await place.run('serve');
    assert.equal(second.code, 3);
    assert.match(second.stderr, new RegExp(`process ${server.pid} serves this configuration already, at http://`));
    const address = readFileSync(path.join(place.folder, '.plumbline', 'server-address'), 'utf8');
    assert.equal((await fetch(`${address}/command/page`, { method: 'POST', body: '{}' })).status, 401);
    server.kill('SIGTERM');
    assert.equal(await exitOf(server), 0);
    assert.ok(!existsSync(tokenFile));
  });

  it('is an error that names the process where no server answers', async t => {
    const place = await initialised(t);
    const server = await serving(place);
    // A server whose address and token are gone is as good as none.
    rmSync(path.join(place.folder, '.plumbline', 'admin-token'));
    const { code, stdout, stderr } = await place.run('scrape');
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(
      stderr,
      new RegExp(`process ${server.pid} holds it, and no server of Plumbline answered.*\\n.*LEDGER_UNANSWERED`),
    );
    server.kill('SIGINT');
    assert.equal(await exitOf(server), 130);
  });
});

/** A server on any port, once it listens. */
async function serving(place: Workplace) {
  const file = path.join(place.folder, 'plumbline.yaml');
  place.write('plumbline.yaml', readFileSync(file, 'utf8').replace('port: 9464', 'port: 0'));
  const server = place.begin('serve');
  await logged(server, '"msg":"serving"');
  return server;
}

/** Resolves when a line of the log has the text. */
function logged(child: ReturnType<Workplace['begin']>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = '';
    child.stderr!.on('data', chunk => {
      all += String(chunk);
      if (all.includes(text)) resolve();
    });
    child.once('exit', code => reject(new Error(`exited with ${code}: ${all}`)));
  });
}
