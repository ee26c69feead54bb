/**
 * Ten minutes with the README: somebody who has a catalog, FOCUS bills, a repository, a Trivy report and a Kyverno report
 * does what it says, command by command, and finds the numbers of each on the pages. What is other here than there are
 * ports, which may be taken, and `npm ci`, which is asked whether there is anything to install (test/commands.test.ts).
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { fillVariables, panelQueries } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { commandsOf, readmeBlocks } from '../tools/readme.ts';
import { startPrometheus, type TestServer } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { cleanup } from './lib/cleanup.ts';
import { type Desk, settle } from './lib/desk.ts';
import { eventually } from './lib/eventually.ts';
import { type Stranger, settleStranger } from './lib/stranger.ts';

/** A guard alone: a machine that does other things too takes longer than the minutes that a stranger needs. */
const timeout = 1_800_000;
const sh = (from: string) => readmeBlocks(from).filter(({ language }) => language === 'sh');

/** Where the command's own port is free, and told of to who scrapes it. */
function onPort(desk: Desk, port: number): void {
  const file = path.join(desk.clone, 'plumbline.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('9464', String(port)));
}

const understood = [
  /^catalog +2 components, 2 groups$/m,
  /^bill +\d+ rows, \d+ days from /m,
  /^unallocated +0\.\d % of /m,
  /^deployments +6 deployments from /m,
  /^service +checkout: team shop, 6 deployments$/m,
  /^policy +1 report of 1 scope by kyverno; 3 open violations$/m,
  /^images +2 images, each with a team$/m,
  /^findings +5 open vulnerabilities: 1 critical, 2 high, 1 medium, 1 low$/m,
];

async function done(desk: Desk, command: string): Promise<string> {
  const { code, stdout, said } = await desk.run(command);
  assert.equal(code, 0, `${command}\n${said}`);
  return stdout;
}

test('as the README says, with a Prometheus that one has', { timeout }, async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const [port, prometheusPort] = [await freePort(), await freePort()];
  const desk = settle(t, { '127.0.0.1:9090': `127.0.0.1:${prometheusPort}` });
  const stranger = settleStranger(desk.own, new Date());
  const theirs = await startTheirs(t, desk, prometheusPort);
  const [block, pushing] = sh('## With the Prometheus you have');
  assert.ok(block && pushing);
  const [init = '', rules = '', serve = '', check = '', dashboards = '', ...more] = commandsOf(block);
  assert.deepEqual(more, []);
  // A Grafana is asked by tests of its own (test/cli/grafana); its pages are the same.
  assert.match(pushing.text, /^npx plumbline render dashboards --push \S+ --token-file \S+$/);

  const text = await done(desk, init);
  for (const words of understood) assert.match(text, words);
  onPort(desk, port);
  const lacking = await desk.run(check);
  assert.equal(lacking.code, 1, lacking.said);
  assert.match(lacking.stdout, /^wrong +out-of-order window +none, but \d+ days are needed/m);
  assert.match(lacking.stdout, /^wrong +remote-write receiver +off, but remote_write of the configuration/m);
  await done(desk, rules);
  const prometheus = await theirs.asTold(port);
  const going = desk.begin(serve);
  await eventually(() => {
    const sent = new Set([...going.said().matchAll(/"exporter":"([\w-]+)".*"history sent"/g)].map(([, name]) => name));
    assert.ok(!going.hasEnded(), going.said());
    assert.deepEqual([...sent].sort(), ['cost', 'dora', 'policy', 'scorecard', 'supply-chain'], going.said());
  }, 900_000);
  await eventually(async () => {
    const { code, stdout } = await desk.run(check);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /^wrong/m);
    assert.match(stdout, /^ok +alerts +\d+ of Plumbline's \d+ are evaluated$/m);
    assert.match(
      stdout,
      new RegExp(`^ok +scrape +up, with job="plumbline" and instance="127\\.0\\.0\\.1:${port}"$`, 'm'),
    );
  }, 300_000);
  await done(desk, dashboards);
  await seesAll(prometheus.url, stranger, name =>
    JSON.parse(readFileSync(path.join(desk.clone, 'dashboards-json', `${name}.json`), 'utf8')),
  );
  await theirs.isKept();
  await theirs.isWell();
});

test('as the README says, with nothing but a clone', { timeout }, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  const desk = settle(t, { 'npm ci': 'node .ci/ensure.mjs' });
  const stranger = settleStranger(desk.own, new Date());
  const [block, ...others] = sh('**Use it**');
  assert.ok(block && others.length === 0);
  const [install = '', init = '', start = '', ...more] = commandsOf(block);
  assert.deepEqual([install, more], ['npm ci', []]);
  assert.match(start, /^npm start /);
  await done(desk, install);
  const text = await done(desk, init);
  for (const words of understood) assert.match(text, words);
  onPort(desk, await freePort());
  const going = desk.begin(start);
  const url = await eventually(() => {
    assert.ok(!going.hasEnded(), going.said());
    const address = /^Prometheus +(http:\S+)$/m.exec(going.said())?.[1];
    assert.ok(address, going.said());
    return address;
  }, 300_000);
  const pages = path.join(import.meta.dirname, '..', '..', 'dashboards', 'json');
  await eventually(async () => {
    assert.ok(!going.hasEnded(), going.said());
    await seesAll(url, stranger, name => JSON.parse(readFileSync(path.join(pages, `${name}.json`), 'utf8')));
  }, 900_000);
  await going.stop();
});

/** The Prometheus that is there: it scrapes itself, and has neither the window nor the receiver. */
async function startTheirs(t: TestContext, desk: Desk, port: number) {
  const configFile = path.join(desk.own, 'prometheus.yml');
  const dataDir = path.join(desk.own, 'tsdb');
  const own = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '5s' },
    scrape_configs: [{ job_name: 'own', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  };
  const begin = async (values: object, withoutReceiver: boolean) => {
    writeFileSync(configFile, stringify(values));
    const server = await startPrometheus({ configFile, dataDir, port, withoutReceiver });
    cleanup(t, server.stop);
    return server;
  };
  const server = await begin(own, true);
  const scrapes = async (at?: Date) =>
    (await promQuery(server.url, 'count_over_time(up{job="own"}[1h])', at))[0]?.value ?? 0;
  await eventually(async () => assert.ok((await scrapes()) > 3));
  const [before, held] = [new Date(), await scrapes()];
  return {
    /** Restarts it with what the README says beside its own; `served` is where Plumbline listens. */
    asTold: async (served: number): Promise<TestServer> => {
      const [block] = readmeBlocks('## With the Prometheus you have').filter(({ language }) => language === 'yaml');
      const told = parse((block?.text ?? '').replaceAll('9464', String(served))) as typeof own & {
        rule_files: string[];
      };
      await server.stop();
      return begin(
        {
          ...{ ...told, ...own, scrape_configs: [...own.scrape_configs, ...told.scrape_configs] },
          rule_files: told.rule_files.map(glob => path.join(desk.clone, glob)),
        },
        false,
      );
    },
    /** Its own samples of before are there. */
    isKept: async () => assert.ok((await scrapes(before)) >= held),
    /** No rule fails, and what would be wrong with us or our data is told by none. */
    isWell: async () => {
      const answer = (await (await fetch(`${server.url}/api/v1/rules`)).json()) as {
        readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
      };
      const all = answer.data.groups.flatMap(({ rules }) => rules);
      assert.ok(all.length > 50, `${all.length} rules`);
      assert.deepEqual(
        all.filter(
          ({ health, state, name }) =>
            health === 'err' || (state !== 'inactive' && /^(Plumbline(?!Watchdog)|Source)/.test(name)),
        ),
        [],
      );
    },
  };
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly state?: string;
}

const chosen = {
  ...{ service: '.*', environment: '.*', exporter: '.*', engine: '.*', requirement: '.*', severity: '.*' },
  ...{ currency: 'USD', cost_basis: 'effective', window: '30d', __range: '60d', __rate_interval: '1m' },
};

/** Every number that the stranger's files hold is on the page that it is looked for on. */
async function seesAll(url: string, { of }: Stranger, page: (name: string) => DashboardJson): Promise<void> {
  const exprOf = (name: string, panel: string, team: string, refId = 'A') => {
    const query = panelQueries(page(name)).find(each => each.panel === panel && each.refId === refId);
    assert.ok(query, `the page ${name} has no panel "${panel}" ${refId}`);
    return fillVariables(query.expr, { ...chosen, team });
  };
  const number = async (name: string, panel: string, team: string) => {
    const found = await promQuery(url, exprOf(name, panel, team));
    assert.equal(found.length, 1, `${name}: ${panel} of ${team}`);
    return found[0]?.value;
  };
  const by = async (name: string, panel: string, team: string, label: string) =>
    Object.fromEntries(
      (await promQuery(url, exprOf(name, panel, team))).map(({ labels, value }) => [labels[label], value]),
    );

  for (const [team, expected] of Object.entries(of)) {
    const { violations, passes, vulnerabilities, deployments, service } = expected;
    const open = Object.values(vulnerabilities).reduce((sum, n) => sum + n, 0);
    for (const name of ['cost', 'team'])
      assert.equal(
        await number(name, 'Last month ($currency)', team),
        expected.lastMonthCents / 100,
        `${name} of ${team}`,
      );
    for (const name of ['policy', 'team']) {
      assert.equal(await number(name, 'Open violations', team), violations, `${name} of ${team}`);
      assert.equal(await number(name, 'Compliance', team), passes / (passes + violations), `${name} of ${team}`);
    }
    assert.equal(await number('team', 'All open', team), open, team);
    assert.deepEqual(await by('team', 'Its vulnerabilities by severity', team, 'severity'), vulnerabilities, team);
    if (deployments > 0)
      for (const name of ['delivery', 'team']) assert.equal(await number(name, 'Deployments', team), deployments, name);

    // A day is drawn at its own start, and the past is there from the first hour on.
    const days = [...expected.days];
    const [first] = days.map(([day]) => Date.parse(day));
    const range = { start: (first ?? 0) / 1000, end: (first ?? 0) / 1000 + (days.length - 1) * 86_400, step: 86_400 };
    const drawn = (await promQueryRange(url, exprOf('cost', 'Cost by team and day ($currency)', team), range))
      .filter(({ labels }) => labels.team === team)
      .flatMap(({ values }) => values.map(({ at, value }) => [new Date(at * 1000).toISOString().slice(0, 10), value]));
    assert.deepEqual(
      drawn,
      days.map(([day, cents]) => [day, cents / 100]),
      team,
    );

    const checks = await promQuery(url, `platform_checks{team="${team}",service="${service}"} == 1`);
    const stands = Object.fromEntries(checks.map(({ labels: { check = '', state = '' } }) => [check, state]));
    assert.deepEqual(
      { owner: stands.owner, runbook: stands.runbook, sbom: stands.sbom, deploys: stands.deploys },
      {
        ...{ owner: 'pass', sbom: 'fail', runbook: team === 'shop' ? 'pass' : 'fail' },
        deploys: deployments > 0 ? 'pass' : 'not_measured',
      },
      service,
    );
  }
  // The platform team's page has all teams together, and the golden path has their services.
  const all = Object.values(of);
  const sumOf = (each: (of: (typeof all)[number]) => number) => all.reduce((sum, one) => sum + each(one), 0);
  for (const [panel, expected] of [
    ['Policy: open violations', sumOf(({ violations }) => violations)],
    ['Deployments, 30 days', sumOf(({ deployments }) => deployments)],
    ['Scanned in time', 1],
    ['Plumbline: sources failing', 0],
  ] as const)
    assert.equal(await number('overview', panel, '.*'), expected, panel);
  // No list of what is exploited was read: that none is would be no finding.
  assert.deepEqual(await promQuery(url, exprOf('overview', 'Exploited', '.*')), []);
  assert.equal(await number('scorecard', 'n: services', '.*'), all.length);
  for (const name of ['overview', 'scorecard']) {
    const [conforms, teams] = name === 'overview' ? ['Golden path: conformance', 'G'] : ['Conformance', 'A'];
    const ratio = (await number(name, conforms, '.*')) ?? Number.NaN;
    assert.ok(ratio > 0 && ratio < 1, `${name}: ${ratio}`);
    const found = await promQuery(url, exprOf(name, 'Teams', '.*', teams));
    assert.deepEqual(found.map(({ labels }) => labels.team).sort(), Object.keys(of).sort(), name);
  }
  const sources = await promQuery(url, 'plumbline_source_up');
  assert.deepEqual([...new Set(sources.map(({ value }) => value))], [1]);
}
