import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { checkPrometheus } from '../../exporters/cli/check/prometheus.ts';
import { loadConfig } from '../../exporters/config.ts';
import { eventually } from '../e2e/lib/eventually.ts';
import { promQuery } from '../tools/promql.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { workplace } from './command.ts';

const init = ['init', '--catalog', 'catalog', '--bill', 'bill.csv'] as const;

describe('a Prometheus server', () => {
  it('is told what it lacks, and why that matters', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const place = workplace(t);
    await place.run(...init);
    place.write('bare.yml', 'global: { scrape_interval: 30s }\n');
    const bare = await startPrometheus({ t, configFile: path.join(place.folder, 'bare.yml') });
    const { code, stdout } = await place.run('check', '--prometheus', bare.url);
    assert.equal(code, 1);
    assert.match(stdout, /^ok +version +Prometheus 3\./m);
    assert.match(
      stdout,
      /^wrong +out-of-order window +none, but 40 days are needed; .*dropped.*out_of_order_time_window: 40d$/m,
    );
    assert.match(stdout, /^wrong +retention +15 days, but 40 days are needed; /m);
    assert.match(stdout, /^ok +remote-write receiver +on$/m);
    assert.doesNotMatch(stdout, /OTLP/);
    assert.match(stdout, /^wrong +scrape +no target has job="plumbline" and instance="127\.0\.0\.1:9464"/m);
    assert.match(stdout, /^note +alerts +none of Plumbline's is loaded.*rule_files/m);
  });

  it('is asked whether it evaluates the alerts, and whether one of them fails', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const place = workplace(t);
    place.write('plumbline.yaml', '{}\n');
    place.write('full.yml', 'global: { evaluation_interval: 100ms }\nrule_files: [rules/*.rules.yml]\n');
    const rule = (name: string, expr: string) =>
      `groups: [{name: ${name}, rules: [{alert: ${name}, expr: '${expr}'}]}]\n`;
    place.write('rules/a.rules.yml', rule('PlumblineDown', 'vector(1)'));
    place.write('rules/b.rules.yml', rule('TheirOwn', '1 + on() (a or b)'));
    const { url } = await startPrometheus({ t, configFile: path.join(place.folder, 'full.yml') });
    const config = await loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
    const alerts = async () =>
      (await checkPrometheus(config, url))
        .filter(({ subject }) => subject === 'alerts')
        .map(each => Object.values(each));
    const [[level, , text] = []] = await alerts();
    assert.equal(level, 'ok');
    assert.match(String(text), /^1 of Plumbline's \d+ are evaluated$/);
    const both = 'label_replace(vector(1), "a", "b", "", "")';
    place.write('rules/a.rules.yml', rule('PlumblineDown', `vector(1) + on() (${both} or vector(2))`));
    assert.equal((await fetch(`${url}/-/reload`, { method: 'POST' })).status, 200);
    await eventually(async () => {
      const [[worst, , why] = []] = await alerts();
      assert.equal(worst, 'wrong');
      assert.match(String(why), /^PlumblineDown can't be evaluated: .*many-to-many/);
    });
  });

  it('is asked for its OTLP receiver where the configuration pushes to it', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const place = workplace(t);
    place.write('bare.yml', 'global: { scrape_interval: 30s }\n');
    const { url } = await startPrometheus({ t, configFile: path.join(place.folder, 'bare.yml') });
    const otlpOf = async (endpoint: string) => {
      place.write('plumbline.yaml', `otlp: { endpoint: "${endpoint}" }\n`);
      const config = await loadConfig(path.join(place.folder, 'plumbline.yaml'), { env: {} });
      return (await checkPrometheus(config, url)).filter(({ subject }) => subject === 'OTLP receiver');
    };
    const [off] = await otlpOf(`${url}/api/v1/otlp`);
    assert.equal(off?.level, 'wrong');
    assert.match(off?.text ?? '', /--web\.enable-otlp-receiver$/);
    assert.deepEqual(await otlpOf('http://127.0.0.1:4318'), []);
  });

  it('gets the past once, and refuses nothing where its window holds it', async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const place = workplace(t);
    await place.run(...init);
    place.write('full.yml', 'storage: { tsdb: { out_of_order_time_window: 4000d, retention: { time: 4000d } } }\n');
    const server = await startPrometheus({ t, configFile: path.join(place.folder, 'full.yml') });
    const write = [
      'history',
      '--from',
      '2026-04-30',
      '--to',
      '2026-05-10',
      '--remote-write',
      `${server.url}/api/v1/write`,
    ];
    const first = await place.run(...write);
    assert.equal(first.code, 0, first.stderr);
    const query = 'sum(sum_over_time(last_over_time(finops_cost_daily{cost_basis="effective"}[1d])[9d:1d]))';
    const result = await promQuery(server.url, query, new Date('2026-05-09T00:00:00Z'));
    assert.deepEqual(
      result.map(({ value }) => value),
      [100],
    );
    const second = await place.run(...write);
    assert.match(second.stdout, /^finops_month_to_date_cost +0 +0$/m);
  });
});

describe('a target that does not answer', () => {
  it('ends the command with 4, and what was not sent is kept', async t => {
    const place = workplace(t);
    await place.run(...init);
    const { code, stderr } = await place.run(
      ...['history', '--from', '2026-04-30', '--to', '2026-05-10', '--remote-write', 'http://u:hunter2@127.0.0.1:1/w'],
    );
    assert.equal(code, 4);
    assert.match(
      stderr,
      /does not get through: .*ECONNREFUSED.*; \d+ samples are kept in .*\(REMOTE_WRITE_UNREACHABLE\)/s,
    );
    assert.ok(!stderr.includes('hunter2'), stderr);
  });
});
