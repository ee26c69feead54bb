import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { alertFiles, routedAlerts } from '../../../alerts/index.ts';
import { coverage } from '../../../alerts/routes/coverage.ts';
import { mergeRoutes } from '../../../alerts/routes/merge.ts';
import { labelsFor } from '../../../alerts/routes/routed.ts';
import { settingsOf } from '../../../alerts/settings.ts';
import { amtoolFor, configured, differences, lay, teams, temporary } from './given.ts';

const merge = (text: string, input: Parameters<typeof settingsOf>[0] = configured) =>
  mergeRoutes({ file: 'theirs.yml', text, settings: settingsOf(input), alerts: routedAlerts(input), teams });

const theirs = `# kept by the database team
global:
  resolve_timeout: 10m # theirs
route:
  receiver: nobody
  group_by: ['...']
  routes:
    # everything is archived
    - match_re: {alertname: '.*'}
      receiver: archive
      continue: true
    - matchers: [ 'service=~"foo1|foo2"', severity != "page" ]
      receiver: nobody
receivers:
  - name: nobody
  - name: archive
    webhook_configs:
      - url: http://127.0.0.1:9/archive
time_intervals:
  - name: digest-time
    time_intervals:
      - weekdays: [sunday]
inhibit_rules:
  - source_match: {severity: critical}
    target_match_re: {severity: ticket|warning}
    equal: [cluster]
`;

test('ours comes before others’ routes, and theirs stay as they are, with their comments', () => {
  const { text, root, notes } = merge(theirs);
  for (const line of ['# kept by the database team', '# theirs', '# everything is archived', "group_by: ['...']"])
    assert.ok(text.includes(line), line);
  const { receivers, time_intervals: intervals, route } = parse(text);
  assert.deepEqual(
    receivers.slice(0, 2).map(({ name }: { name: string }) => name),
    ['nobody', 'archive'],
  );
  assert.ok(receivers.slice(2).every(({ name }: { name: string }) => name.startsWith('plumbline-')));
  assert.ok(intervals.some(({ name }: { name: string }) => name === 'plumbline-digest-time'));
  assert.equal(route.routes.length, 3);
  assert.equal(root.routes[0]?.receiver, 'plumbline-platform');
  // what e-mail needs is said by ours, since the server of the file is theirs
  assert.equal(
    receivers.find(({ name }: { name: string }) => name === 'plumbline-team-on/email').email_configs[0].smarthost,
    'mail.example.org:587',
  );
  assert.match(notes.join('\n'), /^inhibit_rules\[0\] may silence \d+ alerts, BudgetAtRisk among them$/m);
});

test('a second merge replaces the first where it was put, and changes nothing else', () => {
  const once = merge(theirs).text;
  assert.equal(merge(once).text, once);
  const moved = parse(once);
  const [ours, archive, foo] = moved.route.routes;
  moved.route.routes = [archive, ours, foo];
  const again = merge(JSON.stringify(moved));
  assert.equal(again.root.routes[1]?.receiver, 'plumbline-platform');
  assert.match(
    again.notes.join('\n'),
    /^archive \(route\.routes\[0\]\) gets a copy of \d+ alerts of Plumbline, BudgetAtRisk among them$/m,
  );
  const fewer = parse(merge(once, {}).text);
  assert.deepEqual(
    fewer.receivers.map(({ name }: { name: string }) => name),
    ['nobody', 'archive', 'plumbline-platform', 'plumbline-watchdog'],
  );
});

test('others’ routes that take what is ours are told, alert by alert', () => {
  const once = parse(merge(theirs).text);
  const [ours, archive, foo] = once.route.routes;
  for (const [taking, said] of [
    [{ ...archive, continue: false }, /BudgetExceeded of shop goes to route\.routes\[0\] \(archive\) before ours/],
    [
      { match: { severity: 'page' }, receiver: 'nobody' },
      /PlumblineDown of platform goes to route\.routes\[0\] \(nobody\) before ours/,
    ],
    [{ matchers: 'team=~"sh.*"', receiver: 'nobody' }, /CostAnomaly of shop goes to/],
    [
      { matchers: ['{alertname="SloBudgetBurnFast",team!~"shop|night"}'], receiver: 'nobody' },
      /SloBudgetBurnFast of on goes to/,
    ],
  ] as const) {
    once.route.routes = [taking, ours, foo];
    assert.throws(() => merge(JSON.stringify(once)), said);
  }
});

test('merge keys, and the expressions of Go, are read as Alertmanager reads them', () => {
  const once = merge(theirs).text;
  const before = (route: string) =>
    once.replace(
      /^ {2}routes:$/m,
      ['  routes:', '    - match: {x: y}', `      routes: [${shared}]`, `    - ${route}`].join('\n'),
    );
  const shared = '&shared {receiver: nobody, match_re: {team: shop}}';
  for (const route of [
    '<<: *shared',
    "match_re: {team: '[[:lower:]]hop'}",
    'match_re: {team: \\pLhop}',
    'match_re: {team: \\Qshop\\E}',
    'match_re: {team: "(?i)SHOP"}',
  ])
    assert.throws(
      () => merge(before(route)),
      ({ message }: Error) => /of shop goes to route\.routes\[1\]/.test(message) && !/of on goes to/.test(message),
      route,
    );
  assert.match(merge('route:\n  receiver: x\n  routes: # kept\nreceivers: [{name: x}]\n').text, /# ?kept/);
});

test('what is no configuration, or has our names, is refused with a sentence', () => {
  assert.throws(() => merge('route: ['), /could not read .* theirs\.yml/);
  assert.throws(
    () => merge(`${theirs}---\nroute: {receiver: x}\n`),
    /theirs\.yml.*: it holds several documents, of which Alertmanager reads the first alone/,
  );
  assert.throws(() => merge('receivers: []'), /no route with a receiver/);
  assert.throws(
    () => merge(theirs.replace("{alertname: '.*'}", '{alertname: }')),
    /route\.routes\[0\]\.match_re\.alertname is empty/,
  );
  assert.throws(() => merge(theirs.replace('severity != "page"', 'severity')), /"severity" is no matcher/);
  assert.throws(() => merge(theirs.replaceAll('nobody', 'plumbline-x')), /the receiver plumbline-x/);
  assert.throws(
    () => merge(theirs.replace('name: digest-time', 'name: plumbline-hours')),
    /the interval plumbline-hours/,
  );
  const token = theirs.replace('resolve_timeout: 10m', 'slack_app_token_file: token');
  assert.throws(() => merge(token), /slack_app_token would replace the api_url_file of the team search & ads/);
});

test('others’ mail credentials are not sent to our mail server', () => {
  const withMail = (credentials: string) =>
    theirs.replace('resolve_timeout: 10m', credentials.replaceAll('\n', '\n  '));
  const smtp = { smarthost: 'mail.example.org:587', from: 'plumbline@example.org' };
  const own = { ...smtp, auth_username: 'plumbline', auth_password_file: 'secrets/mail' };
  const mine = (more: object) => ({ ...configured, alerts: { ...configured.alerts, smtp: { ...smtp, ...more } } });
  const both = 'smtp_auth_username: them\nsmtp_auth_password: hunter2';
  for (const [credentials, more, said] of [
    [both, {}, /the global smtp_auth_username and smtp_auth_password, which would be sent to mail\.example\.org:587/],
    [`smtp_smarthost: other:25\n${both}_file`, {}, /would be sent to mail\.example\.org:587/],
    [both, { auth_username: 'plumbline' }, /the global smtp_auth_password, which would be sent/],
    ['smtp_auth_username: them', {}, /the global smtp_auth_username, which would be sent/],
  ] as const)
    assert.throws(
      () => merge(withMail(credentials), mine(more)),
      ({ message }: Error) => said.test(message) && !message.includes('hunter2'),
    );
  const notes = (credentials: string, more = {}) => merge(withMail(credentials), mine(more)).notes.join('\n');
  assert.match(
    notes(`smtp_smarthost: MAIL.example.org:587\n${both}`),
    /have the global smtp_auth_username and .* same server/,
  );
  assert.match(
    notes(`${both}\nsmtp_auth_secret: s`, own),
    /have the global smtp_auth_secret where .* asks for CRAM-MD5/,
  );
  for (const [credentials, more] of [
    [both, own],
    ['smtp_auth_password: hunter2', {}],
    ['smtp_smarthost: other:25', {}],
  ] as const)
    assert.doesNotMatch(notes(credentials, more), /e-mails/);
  assert.doesNotThrow(() => merge(withMail(both), {}), 'no team of ours has e-mail');
  assert.match(notes('http_config: {bearer_token: hunter2}'), /sent with the bearer_token of the global http_config/);
  assert.doesNotMatch(notes('http_config: {follow_redirects: false}'), /http_config/);
});

const corpus = path.resolve(
  process.env.PLUMBLINE_CORPUS ?? path.join(import.meta.dirname, '../../../../shared/data'),
  'slo',
);

/** With credentials of its own, for some of those have global ones. */
const mailing = {
  ...configured,
  alerts: {
    ...configured.alerts,
    smtp: { ...configured.alerts.smtp, auth_username: 'plumbline', auth_password_file: 'secrets/mail' },
  },
};

test('the configurations of Alertmanager’s own repository merge, and amtool and a running Alertmanager send where the proof says', async t => {
  if (!existsSync(corpus)) return t.skip(`there is no corpus at ${corpus}`);
  const amtool = await amtoolFor(t);
  if (amtool === undefined) return;
  const files = globSync(['alertmanager/**/*.yml', 'alertmanager-webhooks/*.yaml'], { cwd: corpus }).sort();
  assert.ok(files.length > 9);
  const merged: string[] = [];
  let pairs = 0;
  for (const file of files) {
    const text = readFileSync(path.join(corpus, file), 'utf8');
    const nil = /nil-(target|source)?_?match_re/.test(file);
    if (nil) {
      assert.throws(() => merge(text, mailing), /is empty, which Alertmanager refuses/, file);
      continue;
    }
    const { text: made, root } = merge(text, mailing);
    assert.equal(merge(made, mailing).text, made, file);
    const folder = await temporary(t);
    const words = alertFiles(mailing)['plumbline.tmpl'] ?? '';
    const laid = await lay(folder, { 'alertmanager.yml': made, 'plumbline.tmpl': words });
    // a key of a later Alertmanager: 0.31 refuses the file before and after
    if (/^ {2}labels:/m.test(text)) continue;
    assert.match(await amtool.check(laid), /SUCCESS/, file);
    merged.push(file);
    const covered = coverage(root, routedAlerts(mailing), teams);
    assert.deepEqual(await differences(t, made, covered), [], file);
    pairs += covered.length;
    // amtool is asked once for each list of receivers: it is a process for each question
    for (const { alert, team, places } of new Map(
      covered.map(each => [each.places.map(({ receiver }) => receiver).join(), each]),
    ).values()) {
      const said = await amtool.receivers(laid, labelsFor(alert, team));
      assert.equal(said, places.map(({ receiver }) => receiver).join(','), `${file}: ${alert.name} of ${team}`);
    }
    // others' alerts are still theirs
    for (const labels of [
      { alertname: 'Other', service: 'foo1', severity: 'critical' },
      { alertname: 'Other', service: 'database', owner: 'team-X' },
    ]) {
      const before = await lay(await temporary(t), { 'alertmanager.yml': text });
      assert.equal(await amtool.receivers(laid, labels), await amtool.receivers(before, labels), file);
    }
  }
  assert.ok(merged.length >= 6, merged.join());
  t.diagnostic(`${merged.length} configurations, ${pairs} pairs of alert and team`);
});
