/** The words of messages, as a running Alertmanager sends them to servers that stand for the vendors'. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertsInput } from '../../../alerts/index.ts';
import { startChannels } from '../../e2e/lib/channels.ts';
import { startAlertmanager } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { lay, quickFiles, temporary } from './given.ts';
import { eventually, type PostedAlert, postAlerts, startMailServer, startVendors } from './servers.ts';

const startsAt = new Date(Date.now() - 3_600_000).toISOString();
const weekBefore = Date.parse(startsAt) - 7 * 86_400_000;

const exceeded = (team: string, more: Partial<PostedAlert['labels']> = {}): PostedAlert => ({
  labels: { alertname: 'BudgetExceeded', severity: 'ticket', team, budget: 'cloud', ...more } as PostedAlert['labels'],
  annotations: {
    summary: 'Budget <b>cloud</b> & "more" is exceeded: 120% used',
    description: 'Team shop has used 120% of its budget_of_the_month [cloud].',
    runbook_url: 'https://runbooks.example.org/BudgetExceeded',
    dashboard_url: 'https://grafana.example.org/d/plumbline-team?var-team=R%26D',
  },
  startsAt,
});

const burn: PostedAlert = {
  labels: {
    alertname: 'SloBudgetBurnFast',
    severity: 'page',
    team: 'shop',
    service: 'checkout',
    slo: 'latency',
    objective: '99',
  },
  annotations: {
    summary: 'Checkout latency burns its budget 15 times too fast',
    description: 'Within an hour 2% of the budget of 30 days were spent.',
    value: '15.2',
    budget: '61% left',
    runbook_url: 'https://runbooks.example.org/SloBudgetBurnFast',
    dashboard_url: 'https://grafana.example.org/d/plumbline-slo-detail?var-slo=latency&from=now-6h&to=now',
  },
  startsAt,
};

async function started(t: import('node:test').TestContext) {
  const [vendors, mail] = [await startVendors(t), await startMailServer(t)];
  const alerts: AlertsInput['alerts'] = {
    smtp: { smarthost: mail.address, from: 'plumbline@example.org', require_tls: false },
    receivers: [
      {
        team: 'shop',
        slack: { api_url_file: 'secrets/slack', channel: '#shop' },
        msteams: { webhook_url_file: 'secrets/msteams' },
        email: { to: 'shop@example.org' },
        pagerduty: { routing_key_file: 'secrets/pager', url: `${vendors.url}/v2/enqueue` },
        jira: { api_url: `${vendors.url}/rest/api/2`, user: 'bot', token_file: 'secrets/jira', project: 'OPS' },
        jsm: { api_key_file: 'secrets/jsm', api_url: `${vendors.url}/jsm/ops/integration/` },
      },
    ],
  };
  const configFile = await lay(await temporary(t), {
    ...quickFiles({ alerts }),
    'secrets/webhook-url': `${vendors.url}/platform`,
    'secrets/slack': `${vendors.url}/slack`,
    'secrets/msteams': `${vendors.url}/msteams\n`,
    'secrets/pager': 'routing-key',
    'secrets/jira': 'jira-token',
    'secrets/jsm': 'jsm-key',
  });
  const { url } = await startAlertmanager({ t, configFile });
  const to = (path: string) => vendors.posts.filter(each => each.path.startsWith(path));
  const first = (path: string) =>
    eventually(
      () => to(path)[0],
      () => vendors.posts.map(each => each.path),
    );
  const mailed = () =>
    eventually(
      () => mail.mails[0],
      () => mail.mails,
    );
  return { url, to, first, mailed, posts: vendors.posts };
}

/** Quoted-printable, as mail is sent. */
const unquoted = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

const boardOf = (from: number) => `https://grafana.example.org/d/plumbline-team?var-team=R%26D&from=${from}&to=now`;

test('a ticket says what, how much, where to look and what to do, everywhere it goes', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, first, mailed } = await started(t);
  await postAlerts(url, [exceeded('shop')]);

  const slack = (await first('/slack')).body;
  assert.equal(slack.channel, '#shop');
  const [attachment] = slack.attachments;
  assert.equal(attachment.title, '[FIRING] BudgetExceeded for shop');
  assert.equal(attachment.title_link, boardOf(weekBefore));
  assert.match(attachment.text, /^\*Budget &lt;b&gt;cloud&lt;\/b&gt; &amp; "more" is exceeded: 120% used\*/);
  assert.ok(
    attachment.text.includes(
      `<${boardOf(weekBefore)}|dashboard> <https://runbooks.example.org/BudgetExceeded|runbook>`,
    ),
  );

  const card = (await first('/msteams')).body.attachments[0].content.body;
  assert.match(card[0].text, /^\[FIRING\] BudgetExceeded for shop: Budget <b>cloud<\/b> & "more" is exceeded/);
  assert.ok(card[1].text.includes(String.raw`budget\_of\_the\_month \[cloud\]`), card[1].text);
  assert.ok(
    card[1].text.includes(`[Dashboard](${boardOf(weekBefore)}) [Runbook](https://runbooks.example.org/BudgetExceeded)`),
  );

  const mail = unquoted((await mailed()).text);
  assert.match(mail, /^Subject: \[FIRING\] BudgetExceeded for shop/m);
  assert.ok(mail.includes('<b>Budget &lt;b&gt;cloud&lt;/b&gt; &amp; &#34;more&#34; is exceeded: 120% used</b>'), mail);
  assert.ok(mail.includes(`<a href="${boardOf(weekBefore).replaceAll('&', '&amp;')}">Dashboard</a>`), mail);
  assert.ok(mail.includes(`Dashboard: ${boardOf(weekBefore)}`), 'as plain text');

  const issue = await first('/rest/api/2/issue');
  assert.equal(issue.authorization, `Basic ${Buffer.from('bot:jira-token').toString('base64')}`);
  assert.equal(issue.body.fields.project.key, 'OPS');
  assert.match(issue.body.fields.summary, /^\[FIRING\] BudgetExceeded for shop: Budget/);
  assert.match(issue.body.fields.description, /Runbook: https:\/\/runbooks\.example\.org\/BudgetExceeded/);

  const operations = await first('/jsm/ops/integration/v2/alerts');
  assert.equal(operations.authorization, 'GenieKey jsm-key');
  assert.equal(operations.body.priority, 'P3');
});

test('an issue is a document where Jira takes nothing else, whatever a text has in it, and is closed where a transition is named', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const channels = await startChannels(t);
  const api_url = `${channels.url}/rest/api/3`;
  const jira = { api_url, token_file: 'secrets/jira', project: 'OPS' };
  const receivers = [
    { team: 'shop', jira: { ...jira, resolve_transition: 'Done' } },
    { team: 'kept', jira: { ...jira, project: 'KEPT' } },
  ];
  const configFile = await lay(await temporary(t), {
    ...quickFiles({ alerts: { receivers } }),
    'secrets/jira': 'jira-token',
    'secrets/webhook-url': `${channels.url}/webhook/platform`,
  });
  const { url } = await startAlertmanager({ t, configFile });
  // what began before group_wait is told at once, alone: they begin when they come
  const { startsAt: _, ...single } = exceeded('kept');
  const many = Array.from({ length: 12 }, (_each, index) => {
    const { startsAt: _began, ...alert } = exceeded('shop', { budget: `budget ${index}` });
    return alert;
  });
  await postAlerts(url, [...many, single]);
  const to = (project: string) => channels.told.filter(each => each.to === `jira:${project}`);
  await eventually(
    () => (to('OPS').length > 0 && to('KEPT').length > 0 ? true : undefined),
    () => [channels.told, channels.refused],
  );
  const { fields } = JSON.parse(to('OPS')[0]?.text ?? '');
  assert.match(fields.summary, /^\[FIRING 12\] BudgetExceeded for shop/);
  const [first, one, ...more] = fields.description.content;
  assert.equal(first.content[0].text, '12 firing, 0 resolved');
  assert.equal(one.content[0].text, 'Budget <b>cloud</b> & "more" is exceeded: 120% used ');
  assert.match(
    one.content.at(-3).text,
    /^Dashboard: https:\/\/grafana\.example\.org\/d\/plumbline-team\?var-team=R%26D&from=\d+&to=now$/,
  );
  assert.equal(one.content.at(-1).text, 'Runbook: https://runbooks.example.org/BudgetExceeded');
  assert.deepEqual([more.length, more.at(-1).content[0].text], [10, 'and 2 more']);
  const endsAt = new Date().toISOString();
  await postAlerts(
    url,
    [...many, single].map(alert => ({ ...alert, endsAt })),
  );
  await eventually(
    () => (to('OPS').length > 1 ? true : undefined),
    () => [channels.told, channels.refused],
  );
  await new Promise(resolve => setTimeout(resolve, 2500));
  assert.deepEqual(
    ['OPS', 'KEPT'].map(project => to(project).map(({ status }) => status)),
    [['firing', 'resolved'], ['firing']],
  );
  assert.deepEqual(channels.refused, []);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const failed = [...metrics.matchAll(/^alertmanager_notifications_failed_total\{.*integration="jira".*\} (\d+)$/gm)];
  assert.ok(failed.length > 0 && failed.every(([, count]) => count === '0'), failed.join());
});

test('a page wakes PagerDuty with value, budget, dashboard and runbook, and resolves it', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, first, to, posts } = await started(t);
  await postAlerts(url, [burn]);
  const { body } = await first('/v2/enqueue');
  assert.equal(body.routing_key, 'routing-key');
  assert.equal(body.event_action, 'trigger');
  assert.equal(body.payload.severity, 'critical');
  assert.equal(body.payload.component, 'checkout');
  assert.match(body.payload.summary, /^\[FIRING\] SloBudgetBurnFast for shop: Checkout latency burns/);
  assert.match(body.payload.custom_details.firing, /Value: 15\.2\nBudget: 61% left\n/);
  assert.deepEqual(body.links, [
    { href: burn.annotations?.dashboard_url, text: 'Dashboard' },
    { href: burn.annotations?.runbook_url, text: 'Runbook' },
  ]);
  const slack = (await first('/slack')).body.attachments[0];
  assert.equal(slack.color, 'danger');
  assert.match(slack.text, / · 15\.2 · budget 61% left </);
  await postAlerts(url, [{ ...burn, endsAt: new Date(Date.now() - 1000).toISOString() }]);
  const over = await eventually(
    () => to('/v2/enqueue').find(each => each.body.event_action === 'resolve'),
    () => posts,
  );
  assert.equal(over.body.dedup_key, body.dedup_key);
  assert.equal(to('/rest/api/2/issue').length, 0, 'a page is no issue');
});

test('many alerts are one message: twenty of them, and how many more there are', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const { url, first, mailed } = await started(t);
  await postAlerts(
    url,
    Array.from({ length: 25 }, (_each, index) => {
      // what began before group_wait is told at once, alone
      const { startsAt: _, ...alert } = exceeded('shop', { budget: `budget ${index}` });
      return alert;
    }),
  );
  const attachment = (await first('/slack')).body.attachments[0];
  assert.equal(attachment.title, '[FIRING 25] BudgetExceeded for shop');
  assert.equal(attachment.text.match(/\|runbook>/g).length, 20);
  assert.match(attachment.text, /and 5 more/);
  const card = (await first('/msteams')).body.attachments[0].content.body;
  assert.equal(card[1].text.match(/\[Runbook\]/g).length, 20);
  assert.match(card[1].text, /and 5 more/);
  assert.ok(JSON.stringify(card).length < 28_000, 'what Teams takes');
  assert.match(unquoted((await mailed()).text), /<p>and 5 more<\/p>/);
});
