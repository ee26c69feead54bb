import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCatalogReceivers } from '../../../alerts/routes/catalog.ts';
import { settingsOf } from '../../../alerts/settings.ts';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { parseEntities } from '../../../exporters/catalog/entity.ts';

const catalogOf = (groups: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
  const text = Object.entries(groups)
    .map(([name, annotations]) =>
      JSON.stringify({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Group',
        metadata: {
          name,
          annotations: Object.fromEntries(
            Object.entries(annotations).map(([key, value]) => [`plumbline.dev/${key}`, value]),
          ),
        },
        spec: { type: 'team', children: [] },
      }),
    )
    .join('\n---\n');
  const { entities, rejects } = parseEntities('catalog.yaml', text);
  assert.deepEqual(rejects, []);
  return buildCatalog(entities);
};

const smtp = { smarthost: 'mail.example.org:587', from: 'plumbline@example.org' };
const alertsOf = (more: object = {}) =>
  settingsOf({
    alerts: {
      smtp,
      slack_api_url_file: 'secrets/slack',
      receivers: [{ team: 'shop', webhook_url_file: 'secrets/shop' }],
      ...more,
    },
  }).alerts;

test('a team’s channels come from its annotations, unless the configuration has the team', () => {
  const catalog = catalogOf({
    shop: { 'slack-channel': '#other' },
    billing: { 'slack-channel': '#billing', email: 'billing@example.org', 'time-zone': 'Europe/Zurich' },
    search: { 'pagerduty-routing-key-file': 'secrets/pager-search', 'msteams-webhook-url-file': 'secrets/search' },
    quiet: { 'time-zone': 'Europe/Zurich' },
  });
  const { alerts, problems } = withCatalogReceivers(alertsOf(), catalog);
  assert.deepEqual(problems, [
    'plumbline.dev/time-zone of the team quiet is not used: the team has no receiver whose hours it could tell',
  ]);
  assert.deepEqual(alerts.receivers.map(({ team }) => team).sort(), ['billing', 'search', 'shop']);
  const of = (team: string) => alerts.receivers.find(each => each.team === team);
  assert.equal(of('shop')?.webhook_url_file, 'secrets/shop');
  assert.equal(of('shop')?.slack, undefined);
  assert.deepEqual(of('billing')?.slack, {
    api_url_file: 'secrets/slack',
    channel: '#billing',
    severities: ['page', 'ticket', 'digest'],
  });
  assert.equal(of('billing')?.time_zone, 'Europe/Zurich');
  assert.equal(of('billing')?.email?.to, 'billing@example.org');
  assert.deepEqual(of('search')?.pagerduty, { routing_key_file: 'secrets/pager-search', severities: ['page'] });
});

test('what cannot be used is said, and no file outside of secrets/ is named', () => {
  const catalog = catalogOf({
    a: { 'webhook-url-file': '/etc/shadow' },
    b: { 'webhook-url-file': 'secrets/../../etc/shadow' },
    c: { 'slack-channel': '#c', email: 'c@example.org' },
    d: { 'webhook-url-file': 'secrets/d', 'time-zone': 'Moon/Crater' },
    e: { 'time-zone': 'Moon/Crater' },
    shop: { 'time-zone': 'Europe/Zurich' },
  });
  const { alerts, problems } = withCatalogReceivers(
    alertsOf({ smtp: undefined, slack_api_url_file: undefined }),
    catalog,
  );
  assert.deepEqual(
    alerts.receivers.map(({ team }) => team),
    ['shop'],
  );
  assert.equal(problems.length, 7);
  assert.match(problems[0]!, /webhook-url-file of the team a is not used: expected a file such as secrets\/NAME/);
  assert.match(problems[2]!, /slack-channel of the team c is not used: alerts\.slack_api_url_file names no Slack/);
  assert.match(problems[4]!, /annotations of the team d are not used: time_zone: expected a time zone/);
  assert.match(
    problems[5]!,
    /time-zone of the team e is not used: .* hours it could tell; .* expected a time zone such as/,
  );
  assert.match(problems[6]!, /time-zone of the team shop is not used: alerts\.receivers names the team/);
});
