/**
 * Feedback that nobody answers on its whole way: a form's answers in a file, page, Prometheus with the generated rules,
 * Alertmanager with the generated routes, webhook; once it is answered, it resolves. Of the rules the "for" is lowered, of
 * the servers' files the intervals, and the digests are today's, all day, since they decide how long the test takes.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { alertGroups, renderAlerts } from '../../alerts/index.ts';
import { defaultSettings } from '../../alerts/settings.ts';
import { loadConfig } from '../../exporters/config.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { startWebhookReceiver } from '../tools/webhook.ts';
import { lower, startAlerting } from './lib/alerting.ts';
import { deliver, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';

const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

/** Its weekly digest is today's. */
const today = (): string => new Date().toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' }).toLowerCase();

test('nothing of experience wakes anybody up, or asks for work within days', () => {
  const ofExperience = alertGroups(defaultSettings)
    .filter(({ name }) => name.startsWith('experience'))
    .flatMap(({ alerts }) => alerts);
  assert.ok(ofExperience.length >= 10, `${ofExperience.length} alerts`);
  assert.deepEqual([...new Set(ofExperience.map(({ severity }) => severity))], ['digest']);
});

test('feedback that nobody answers is in the digest of its team until somebody does', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'alertmanager'))) return;
  const directory = temporary(t);
  const port = await freePort();
  const hook = await startWebhookReceiver(t);
  mkdirSync(path.join(directory, 'forms'));
  const told = (answered: string) =>
    deliver(
      path.join(directory, 'forms', 'feedback.csv'),
      `When,Name,What do you want to say?,Answered\n${day(20)} 10:00:00,Canary,"It is slow",${answered}\n`,
    );
  told('');
  writeFileSync(path.join(directory, 'pseudonym.key'), 'a key that nobody guesses');
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', server: { port } },
    alerts: {
      receivers: [{ team: 'portal', webhook_url_file: 'secrets/portal' }],
      digest: { weekdays: ['sunday:saturday'], from: '00:00', to: '24:00', weekly: today() },
    },
    ownership: { rules: [{ name: 'team tags', tag: { keys: ['team'], gives: 'team' } }] },
    experience: {
      privacy: { pseudonym_key_file: 'pseudonym.key' },
      forms: [{ form: 'feedback', counts_as: 'feedback', team: 'portal', answered: 'Answered' }],
      csv: [
        {
          ...{ name: 'form', survey: 'feedback', path: 'forms/*.csv', time_zone: 'UTC', settle: 0 },
          columns: { submitted: 'When' },
        },
      ],
    },
  });
  const plumbline = await startPlumbline(t, configFile);
  await readAgain(plumbline);

  const rendered = path.join(directory, 'alerts');
  await renderAlerts(rendered, await loadConfig(configFile, { env: {} }));
  for (const name of readdirSync(rendered).filter(each => /^experience.*\.rules\.yml$/.test(each)))
    lower(path.join(rendered, name), [
      [/\bfor: \d+[mh]$/gm, 'for: 2s'],
      [/^ +interval: \d+m$/gm, ''],
    ]);
  const prometheus = await startAlerting(t, { directory, rendered, port, hook: hook.url, team: 'portal' });

  const arrival = (status: 'firing' | 'resolved') =>
    hook.waitFor(
      ({ message }) =>
        message.alerts.some(each => each.labels.alertname === 'FeedbackUnanswered' && each.status === status),
      300_000,
    );
  const digest = await arrival('firing');
  assert.deepEqual([digest.path, digest.message.receiver], ['/portal', 'team-portal']);
  const alert = digest.message.alerts.find(each => each.labels.alertname === 'FeedbackUnanswered');
  assert.deepEqual([alert?.labels.severity, alert?.labels.team], ['digest', 'portal']);
  assert.match(alert?.annotations.dashboard_url ?? '', /\/d\/plumbline-roadmap\?from=now-1y&to=now&var-team=/);
  assert.doesNotMatch(JSON.stringify(digest.message), /Canary|slow/);
  const rules = (await (await fetch(`${prometheus.url}/api/v1/rules?type=alert`)).json()) as {
    readonly data: { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] };
  };
  const healths = new Set(rules.data.groups.flatMap(group => group.rules.map(({ health }) => health)));
  assert.ok(!healths.has('err'), [...healths].join());

  told(day(0));
  await readAgain(plumbline);
  assert.equal((await arrival('resolved')).path, '/portal');
  assert.deepEqual(await promQuery(prometheus.url, 'devex_feedback_open_items{state="unanswered"} > 0'), []);
});
