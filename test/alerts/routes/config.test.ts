import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { alertFiles } from '../../../alerts/index.ts';
import { weekdayProblem } from '../../../alerts/routes/hours.ts';
import { alertsSchema } from '../../../alerts/settings.ts';
import { loadConfig } from '../../../exporters/config.ts';
import { amtoolFor, lay, temporary } from './given.ts';

const issues = (value: unknown) =>
  (alertsSchema.safeParse(value).error?.issues ?? [])
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n');
const shop = (channels: object) => ({ receivers: [{ team: 'shop', ...channels }] });

test('a secret that stands where its file’s name belongs is refused by name, and never repeated', async t => {
  const secret = 'https://hooks.example.org/T000/S3CR3T';
  for (const [channel, inline, rest] of [
    ['slack', 'api_url', { channel: '#shop' }],
    ['msteams', 'webhook_url', {}],
    ['pagerduty', 'routing_key', {}],
    ['pagerduty', 'service_key', {}],
    ['jira', 'token', { api_url: 'https://jira.example.org', project: 'OPS' }],
    ['jira', 'password', { api_url: 'https://jira.example.org', project: 'OPS' }],
    ['jsm', 'api_key', {}],
    ['webhook', 'url', {}],
  ] as const) {
    const said = issues(shop({ [channel]: { ...rest, [inline]: secret } }));
    assert.match(
      said,
      new RegExp(`${channel}\\.${inline}: expected a file: ${inline} is a secret, and \\w+_file names`),
    );
    const file = await lay(await temporary(t), {
      'plumbline.yaml': JSON.stringify({ alerts: shop({ [channel]: { ...rest, [inline]: secret } }) }),
    });
    await assert.rejects(loadConfig(file, { env: {} }), (error: Error) => {
      assert.match(error.message, new RegExp(`${inline} is a secret`));
      assert.doesNotMatch(error.message, /S3CR3T/);
      return true;
    });
  }
  const smtp = { smarthost: 'a:25', from: 'a@b', auth_password: secret };
  assert.match(issues({ smtp }), /smtp\.auth_password: expected a file/);
  assert.match(
    issues({ watchdog: { webhook_url: secret, webhook_url_file: 'a' } }),
    /watchdog\.webhook_url: expected a file/,
  );
});

test('what is written for Alertmanager names files, whatever the channel', () => {
  const receivers = [
    {
      ...{ team: 'shop', webhook: { url_file: 'f-webhook' }, slack: { api_url_file: 'f-slack', channel: '#a' } },
      ...{
        msteams: { webhook_url_file: 'f-teams' },
        pagerduty: { routing_key_file: 'f-pager' },
        jsm: { api_key_file: 'f-jsm' },
      },
      jira: { api_url: 'https://jira.example.org', user: 'bot', token_file: 'f-jira', project: 'OPS' },
      email: { to: 'shop@example.org' },
    },
  ];
  const smtp = { smarthost: 'a:25', from: 'a@b', auth_username: 'a', auth_password_file: 'f-mail' };
  const text = alertFiles({ alerts: { receivers, smtp } })['alertmanager.yml'] ?? '';
  for (const [key, file] of Object.entries({
    ...{ url_file: 'f-webhook', api_url_file: 'f-slack', webhook_url_file: 'f-teams', routing_key_file: 'f-pager' },
    ...{ api_key_file: 'f-jsm', password_file: 'f-jira', smtp_auth_password_file: 'f-mail' },
  }))
    assert.match(text, new RegExp(`^ +(- )?${key}: ${file}$`, 'm'));
  assert.doesNotMatch(
    text,
    /\b(url|api_url|webhook_url|routing_key|api_key|password|credentials): (?!https:\/\/(jira|api\.atlassian))/,
  );
});

test('receivers that were written before mean what they meant', () => {
  const old = [
    { team: 'a', webhook_url_file: 'secrets/a' },
    { team: 'b', slack: { api_url_file: 'secrets/b', channel: '#b' } },
    { team: 'c', email: { to: 'c@example.org' } },
  ];
  const smtp = { smarthost: 'a:25', from: 'a@b' };
  const { receivers } = parse(alertFiles({ alerts: { receivers: old, smtp } })['alertmanager.yml'] ?? '');
  assert.deepEqual(
    receivers.map(({ name, ...channels }: { name: string }) => [name, ...Object.keys(channels)]),
    [
      ['platform', 'webhook_configs'],
      ['team-a', 'webhook_configs'],
      ['team-b', 'slack_configs'],
      ['team-c', 'email_configs'],
      ['watchdog'],
    ],
  );
});

test('what could not work is refused at its place', () => {
  assert.match(issues(shop({})), /receivers\.0: expected one of webhook_url_file, webhook, slack/);
  assert.match(
    issues(shop({ webhook_url_file: 'a', webhook: { url_file: 'b' } })),
    /expected one of webhook_url_file and webhook/,
  );
  assert.match(issues(shop({ webhook_url_file: 'a', time_zone: 'Europe/Zuerich' })), /time_zone: expected a time zone/);
  assert.match(issues(shop({ pagerduty: { routing_key_file: 'a', severities: ['digest'] } })), /severities\.0/);
  assert.match(issues(shop({ webhook: { url_file: 'a', kinds: ['bills'] } })), /kinds\.0/);
  const platform = {
    receivers: [{ team: 'platform', slack: { api_url_file: 'a', channel: '#a', severities: ['ticket'] } }],
  };
  assert.match(
    issues(platform),
    /receivers\.0: expected a channel of the platform team that takes every page and every digest/,
  );
  const partly = { receivers: [{ team: 'platform', webhook: { url_file: 'a', kinds: ['cost'] } }] };
  assert.match(issues(partly), /takes every page and every ticket and every digest/);
  assert.equal(issues({ receivers: [{ team: 'platform', webhook: { url_file: 'a' } }] }), '');
});

test('days and hours that Alertmanager refuses are refused, with what to write in their place', () => {
  const digest = (given: object) => issues({ digest: given });
  assert.match(
    digest({ weekdays: ['monday:sunday'] }),
    /^digest\.weekdays\.0: expected sunday:saturday: Alertmanager's week begins on sunday, and it refuses a range/,
  );
  assert.match(digest({ weekdays: ['friday:monday'] }), /expected friday:saturday and sunday:monday, each as an entry/);
  assert.match(digest({ weekdays: ['thursday:sunday'] }), /expected thursday:saturday and sunday, each as an entry/);
  assert.match(digest({ weekdays: ['monday', 'mon:fri'] }), /weekdays\.1: expected days such as .*, not mon and fri/);
  assert.match(digest({ weekly: 'someday' }), /digest\.weekly: expected days such as .*, not someday/);
  assert.match(digest({ weekdays: ['monday:tuesday:friday'] }), /expected one day, or two with a colon/);
  assert.match(digest({ from: '10:00' }), /digest\.to: expected a time after 10:00/);
  assert.match(
    issues({ office_hours: { from: '22:00', to: '06:00' } }),
    /office_hours\.to: expected a time after 22:00/,
  );
  assert.match(
    issues(shop({ webhook_url_file: 'a', office_hours: { weekdays: ['saturday:sunday'] } })),
    /receivers\.0\.office_hours\.weekdays\.0: expected saturday and sunday, each as an entry/,
  );
  assert.match(digest({ location: 'europe/zurich' }), /digest\.location: expected Europe\/Zurich, as it is written/);
  assert.match(digest({ location: '+01:00' }), /digest\.location: expected a time zone by its name/);
});

test('amtool takes each range of days that is taken here, and refuses each that is refused', async t => {
  const amtool = await amtoolFor(t);
  if (amtool === undefined) return;
  const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const ranges = [...week, ...week.flatMap(from => week.map(to => `${from}:${to}`)), 'Monday:FRIDAY', 'mon', 'monday:'];
  const text = (name: string, days: readonly string[]) =>
    `route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: ${name}, time_intervals: [{weekdays: ${JSON.stringify(days)}}]}]\n`;
  const [taken, refused] = [true, false].map(well =>
    ranges.filter(each => (weekdayProblem(each) === undefined) === well),
  );
  assert.ok(taken && refused && taken.length > 30 && refused.length > 20);
  const folder = await temporary(t);
  assert.match(await amtool.check(await lay(folder, { 'taken.yml': text('taken', taken) })), /SUCCESS/);
  for (const each of refused) {
    const file = await lay(folder, { 'refused.yml': text('refused', [each]) });
    await assert.rejects(amtool.check(file), ({ stdout }: { stdout: string }) => /day|range/.test(stdout), each);
  }
});
