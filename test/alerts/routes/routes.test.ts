import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type AlertsInput, alertFiles, routedAlerts } from '../../../alerts/index.ts';
import { matcherLines, matches, present } from '../../../alerts/lib/routing.ts';
import { type Coverage, coverage, routeProblems } from '../../../alerts/routes/coverage.ts';
import { routeNode } from '../../../alerts/routes/file.ts';
import { inhibitionProblems, inhibitions } from '../../../alerts/routes/inhibitions.ts';
import { labelsFor } from '../../../alerts/routes/routed.ts';
import { settingsOf } from '../../../alerts/settings.ts';
import { configSchema } from '../../../exporters/config.ts';
import { amtoolFor, configured, differences, fileOf, lay, sending, teams, temporary, treeOf } from './given.ts';

const alerts = routedAlerts(configured);
const covered = coverage(treeOf(configured), alerts, teams);
const receiversOf = ({ places }: Coverage) => places.map(({ receiver }) => receiver);
const to = (name: string) =>
  Object.fromEntries(covered.filter(({ alert }) => alert.name === name).map(each => [each.team, receiversOf(each)]));

const problemsOf = (input: AlertsInput, change = (file: ReturnType<typeof fileOf>) => file) => {
  const file = change(fileOf(input));
  const settings = settingsOf(input);
  return routeProblems({
    ...{ root: routeNode(file.route), receivers: sending(file), alerts: routedAlerts(input), teams, settings },
    isOurs: () => true,
  });
};

test('a team’s channels take what they are for; what none takes goes to the platform team', () => {
  assert.deepEqual(to('BudgetExceeded'), {
    shop: ['team-shop'],
    'search & ads': ['team-search & ads/jira', 'team-search & ads/slack+email'],
    on: ['team-on/email'],
    'say "hi"\\': ['platform/webhook'],
    night: ['team-night'],
    platform: ['platform/webhook'],
    unowned: ['platform/webhook'],
    '': ['platform/webhook'],
  });
  assert.deepEqual(to('KnownExploitedInProduction'), {
    shop: ['team-shop'],
    'search & ads': ['team-search & ads/slack+pagerduty'],
    on: ['team-on/email'],
    'say "hi"\\': ['team-say "hi"\\'],
    night: ['team-night'],
    platform: ['platform'],
    unowned: ['platform'],
    '': ['platform'],
  });
  assert.deepEqual(to('BillingDataStale'), { platform: ['platform/webhook'] });
  assert.deepEqual(to('SloBudgetBurnSlow')['say "hi"\\'], ['team-say "hi"\\']);
  assert.deepEqual(to('AdoptionFalling'), { platform: ['platform/webhook'] });
  assert.deepEqual(to('FeedbackUnanswered').on, ['team-on']);
});

test('nothing is wrong with the routes, by default and with every channel', () => {
  assert.deepEqual(problemsOf({}), []);
  assert.deepEqual(problemsOf(configured), []);
});

test('the proof finds what is wrong', () => {
  const [first] = alerts;
  const settings = settingsOf(configured);
  const file = fileOf(configured);
  const proof = { root: routeNode(file.route), receivers: sending(file), teams, isOurs: () => true, settings };
  const said = (change: object) => routeProblems({ ...proof, alerts, ...change }).join('\n');
  assert.match(
    said({ alerts: [...alerts, { ...first!, name: 'X', severity: 'warning' }] }),
    /X of shop has the severity warning, which no route takes/,
  );
  assert.match(said({ alerts: [...alerts, { ...first!, name: 'X', team: '' }] }), /X has no team, and so no owner/);
  assert.match(said({ alerts: [...alerts, { ...first!, name: 'X', severity: 'page' }] }), /X may not page/);
  assert.match(
    said({ receivers: new Map([...proof.receivers, ['team-shop', false]]) }),
    /BudgetExceeded of shop, a ticket, reaches no receiver that sends/,
  );
  assert.match(said({ receivers: new Map() }), /whose receiver team-shop is not defined/);
  const swallowed = {
    ...file.route,
    routes: [{ match_re: { severity: 'pa.*|ticket' }, receiver: 'platform' }, ...(file.route.routes ?? [])],
  };
  assert.match(said({ root: routeNode(swallowed) }), /nothing reaches the route route\.routes\[2\]/);
  const muted = { ...file.route, routes: [{ match: { severity: 'page' }, active_time_intervals: ['digest-time'] }] };
  assert.match(said({ root: routeNode(muted) }), /PlumblineDown of platform is a page, and is held back/);
});

test('only what may page does, and whatever developers say, use or were promised is told once a week', () => {
  const paging = alerts.filter(({ severity }) => severity === 'page').map(({ name }) => name);
  assert.deepEqual(paging.sort(), ['KnownExploitedInProduction', 'PlumblineDown', 'SloBudgetBurnFast']);
  for (const input of [{}, configured])
    for (const { alert, severity, places } of coverage(treeOf(input), routedAlerts(input), teams))
      for (const { activeIn, groupBy } of places) {
        const weekly = alert.kind === 'experience';
        if (severity === 'digest')
          assert.match(activeIn.join(), weekly ? /^weekly-digest-time/ : /^digest-time/, alert.name);
        if (severity === 'digest') assert.deepEqual(groupBy, ['team'], alert.name);
        if (severity === 'page') assert.deepEqual(activeIn, [], alert.name);
      }
});

test('tickets wait for the team’s office hours, except in what remembers them until they are over', () => {
  const hours = (team: string) =>
    covered
      .filter(each => each.alert.name === 'BudgetExceeded' && each.team === team)
      .flatMap(({ places }) => places.map(({ receiver, activeIn }) => [receiver, ...activeIn]));
  assert.deepEqual(hours('shop'), [['team-shop', 'office-hours monday:friday 08:00-18:00 Europe/Zurich']]);
  assert.deepEqual(hours('search & ads'), [
    ['team-search & ads/jira'],
    ['team-search & ads/slack+email', 'office-hours monday:friday 08:00-18:00 Asia/Tokyo'],
  ]);
  assert.deepEqual(hours('night'), [['team-night']]);
  const plain = { alerts: { receivers: [{ team: 'shop', webhook_url_file: 'secrets/shop' }] } };
  const byDefault = coverage(treeOf(plain), routedAlerts(plain), teams).filter(({ severity }) => severity === 'ticket');
  for (const { places, alert } of byDefault)
    assert.deepEqual(
      places.flatMap(({ activeIn }) => activeIn),
      [],
      alert.name,
    );
});

test('what burns the budgets of a service is one message; anything else is one by alert and team', () => {
  for (const { alert, severity, places } of covered)
    for (const { groupBy } of places)
      if (alert.kind === 'slo' && severity !== 'digest') assert.deepEqual(groupBy, ['team', 'service'], alert.name);
      else if (severity === 'page' || severity === 'ticket')
        assert.deepEqual(groupBy, ['alertname', 'team'], alert.name);
});

test('the alerts of an SLO of the configuration go to the team that owns its service', () => {
  const events = { total: 'http_requests_total', bad: 'http_requests_total{code=~"5.."}' };
  const { slos } = configSchema.parse({
    slos: { objectives: [{ service: 'checkout', objective: 99.9, availability: events }] },
  });
  const withSlo = { ...configured, slos };
  const owners = new Map([['checkout', 'search & ads']]);
  const file = parse(alertFiles(withSlo, owners)['alertmanager.yml'] ?? '');
  const own = coverage(routeNode(file.route), routedAlerts(withSlo, owners), teams).filter(
    each => each.alert.labels.service === 'checkout',
  );
  const reachedBy = Object.fromEntries(own.map(each => [each.alert.name, [each.team, ...receiversOf(each)]]));
  assert.deepEqual(reachedBy.SloBudgetBurnFast, ['search & ads', 'team-search & ads/slack+pagerduty']);
  assert.deepEqual(reachedBy.SloBudgetExhausted, ['search & ads', 'team-search & ads/jira', 'team-search & ads/slack']);
  assert.deepEqual(inhibitionProblems(routedAlerts(withSlo, owners)), []);
});

test('the watchdog has a route of its own that repeats, and tells nobody where none is configured', () => {
  const [watched] = covered.filter(({ severity }) => severity === 'none');
  assert.deepEqual(
    watched?.places.map(({ receiver, repeatInterval, groupInterval }) => [receiver, repeatInterval, groupInterval]),
    [['watchdog', '5m', '5m']],
  );
  assert.equal(sending(fileOf(configured)).get('watchdog'), true);
  assert.equal(sending(fileOf({})).get('watchdog'), false);
});

test('a page silences the ticket of the same objective, and nothing silences a page', () => {
  const byName = (name: string) => inhibitions.find(each => each.name.includes(name));
  const page = byName('error budget that pages');
  assert.ok(matches(page!.source, { alertname: 'SloBudgetBurnFast' }));
  assert.ok(matches(page!.target, { alertname: 'SloBudgetBurnSlow' }));
  assert.deepEqual(page!.equal, ['team', 'service', 'slo', 'objective']);
  assert.deepEqual(byName('exceeded budget')!.equal, ['team', 'budget', 'cost_basis', 'currency']);
  assert.deepEqual(inhibitionProblems(alerts), []);
  const others = alerts.filter(({ name }) => name !== 'BudgetAtRisk');
  assert.match(inhibitionProblems(others).join('\n'), /there is no alert BudgetAtRisk/);
  const without = alerts.map(each =>
    each.name === 'SloBudgetBurnSlow' ? { ...each, labels: { service: 'any' } } : each,
  );
  assert.match(inhibitionProblems(without).join('\n'), /SloBudgetBurnSlow has no label slo/);
});

test('matchers are escaped as Alertmanager reads them', () => {
  assert.deepEqual(matcherLines({ team: 'a"b\\', alertname: ['A.B', 'C'], slo: present }), [
    'team="a\\"b\\\\"',
    'alertname=~"A\\\\.B|C"',
    'slo=~".+"',
  ]);
});

test('amtool takes the configuration; it and a running Alertmanager send every alert of every team where the proof says', async t => {
  const amtool = await amtoolFor(t);
  if (amtool === undefined) return;
  for (const input of [configured, {}]) {
    const files = alertFiles(input);
    const file = await lay(await temporary(t), {
      'alertmanager.yml': files['alertmanager.yml'] ?? '',
      'plumbline.tmpl': files['plumbline.tmpl'] ?? '',
    });
    assert.match(await amtool.check(file), /SUCCESS/);
    const expected = coverage(treeOf(input), routedAlerts(input), teams);
    assert.ok(expected.length > 300);
    assert.deepEqual(await differences(t, files['alertmanager.yml'] ?? '', expected), []);
    for (let at = 0; at < expected.length; at += 8)
      await Promise.all(
        expected.slice(at, at + 8).map(async each => {
          const labels = labelsFor(each.alert, each.team);
          assert.equal(
            await amtool.receivers(file, labels),
            receiversOf(each).join(','),
            `${labels.alertname} of ${labels.team}`,
          );
        }),
      );
  }
});

test('a team that is called like a part of another’s receivers has a receiver of its own', () => {
  const slack = { api_url_file: 'secrets/slack', channel: '#a' };
  const email = { to: 'a@example.org', kinds: ['cost' as const] };
  const { receivers } = fileOf({
    alerts: {
      receivers: [
        { team: 'shop', slack, email },
        { team: 'shop/slack', webhook_url_file: 'secrets/a' },
        { team: 'shop/slack/all', webhook_url_file: 'secrets/b' },
      ],
      smtp: { smarthost: 'mail.example.org:587', from: 'plumbline@example.org' },
    },
  });
  const names = receivers.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(names)].sort());
  assert.ok(['team-shop/slack', 'team-shop/slack/all', 'team-shop/slack/all/all'].every(name => names.includes(name)));
});
