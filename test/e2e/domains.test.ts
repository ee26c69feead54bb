/**
 * A fault in each domain on its whole way: what a vendor would tell, page, Prometheus with the generated rules,
 * Alertmanager with the generated routes, and the channel of the team that owns it. Each reaches exactly that channel,
 * as one message of one cause, and its end does too.
 *
 * What is lowered, since it decides how long the test takes and nothing else: intervals of both servers, `for` and the
 * intervals of groups (`hasten`, which counts them and proves that no other text of a rule differs). What is told of the
 * past, since a test has none: that the policy engine reported a week ago, and forty minutes of a service's requests.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../tools/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { hasten, startAlerting } from './lib/alerting.ts';
import { startChannels } from './lib/channels.ts';
import { tokens } from './lib/delivery.ts';
import { configuration, files } from './lib/domains.ts';
import { eventually } from './lib/eventually.ts';
import { faults, type World } from './lib/faults.ts';
import { readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { startRequests } from './lib/requests.ts';

test('a fault of each domain reaches the channel of its team, nobody else, once, as one, and resolves', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  const promtool = await requireTool(t, 'promtool');
  if (promtool === undefined) return;
  if (new Date().getUTCDate() === 1) return t.skip('on the first day of a month no day of a budget is complete yet');
  const directory = temporary(t);
  const port = await freePort();
  const channels = await startChannels(t);
  const requests = await startRequests(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  const configFile = writeConfig(directory, configuration(port, channels.url, tokens));

  // A source that hangs says when it last succeeded, and that is long ago: only its refresh goes by another clock.
  const behindMs = new AsyncLocalStorage<number>();
  const now = () => new Date(Date.now() - (behindMs.getStore() ?? 0));
  const plumbline = await startPlumbline(t, configFile, now);
  const { runtimes } = plumbline.session;
  const read = async (exporter: string) => {
    const runtime = runtimes.find(each => each.exporter.name === exporter);
    assert.ok(runtime, exporter);
    await readAgain({ runtime });
  };
  const world: World = {
    ...{ directory, plumbline, requests, read },
    readLongAgo: (exporter, hours) => behindMs.run(hours * 3_600_000, () => read(exporter)),
  };
  for (const { before } of faults) await before?.(world);
  for (const { exporter } of runtimes) await read(exporter.name);

  const rendered = path.join(directory, 'alerts');
  const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');
  await promisify(execFile)(process.execPath, [cli, 'render', 'alerts', '--config', configFile, '--out', rendered]);
  const { waits, intervals } = hasten(rendered);
  assert.ok(waits > 60 && intervals === 21, `${waits} waits and ${intervals} intervals were lowered`);
  const dataDir = path.join(directory, 'tsdb');
  const past = path.join(directory, 'past.om');
  writeFileSync(past, requests.past());
  await promisify(execFile)(promtool.path, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', past, dataDir]);
  const prometheus = await startAlerting(t, {
    ...{ directory, rendered, port, hook: `${channels.url}/webhook`, team: 'payments', dataDir },
    ...{ every: '2s', wait: '10s', jobs: [requests.job] },
    secrets: {
      slack: `${channels.url}/slack`,
      checkout: `${channels.url}/msteams/checkout`,
      pager: 'key-of-cart',
      jira: 'jira-token',
    },
  });

  const about = (alert: string) => channels.told.filter(({ text }) => new RegExp(`\\b${alert}\\b`).test(text));
  const short = () =>
    channels.told.map(({ to, status, alerts, text }) => `${to} ${status} ${alerts} ${text.slice(0, 200)}`);
  // all rules have been looked at, several times, and nothing of what is to come has been told
  await eventually(async () => {
    const [looked] = await promQuery(prometheus.url, 'min(prometheus_rule_group_iterations_total)').catch(() => []);
    const burns = await promQuery(prometheus.url, 'slo:burn_rate:ratio{window="1h"}');
    assert.ok(burns.length === 2 && (looked === undefined || looked.value > 3));
  }, 300_000);
  await sleep(12_000);
  for (const { alert } of faults) assert.deepEqual(about(alert), [], `${alert} before its fault`);

  for (const { inject } of faults) await inject(world);
  const arrived = (status: 'firing' | 'resolved') =>
    eventually(() => {
      const missing = faults.filter(({ alert }) => !about(alert).some(each => each.status === status));
      assert.deepEqual(
        missing.map(({ alert }) => alert),
        [],
        `${status}; told: ${short().join('\n')}`,
      );
    }, 300_000);
  await arrived('firing');
  await sleep(20_000);
  for (const { alert, to, alerts, says } of faults) {
    const told = about(alert).map(each => ({ to: each.to, status: each.status, alerts: each.alerts }));
    assert.deepEqual(told, [{ to, status: 'firing', alerts }], `${alert}: exactly its receiver, once, as one message`);
    for (const word of says) assert.match(about(alert)[0]?.text ?? '', word, alert);
  }

  for (const { mend } of faults) await mend(world);
  await arrived('resolved');
  await sleep(20_000);
  for (const { alert, to, alerts, endsApart = false } of faults) {
    const [first, ...later] = about(alert);
    const last = later.pop();
    const ends = [first, last].map(each => [each?.to, each?.status]);
    const both = [
      [to, 'firing'],
      [to, 'resolved'],
    ];
    assert.deepEqual(ends, both, `${alert}: its end to the same receiver`);
    // each message between is about one alert less, so that there are fewer of them than alerts
    const left = later.map(each => [each.to, each.status, each.alerts]);
    const fewer = endsApart ? later.map((_, index) => [to, 'firing', alerts - 1 - index]) : [];
    assert.deepEqual(left, fewer, `${alert}: its end once, and before it at most those that are left`);
  }
  assert.deepEqual(channels.refused, []);
  const rules = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
    readonly data: { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] };
  };
  const healths = new Set(rules.data.groups.flatMap(group => group.rules.map(({ health }) => health)));
  assert.ok(!healths.has('err'), [...healths].join());
  t.diagnostic(`${waits} waits and ${intervals} intervals of the generated rules were lowered`);
});
