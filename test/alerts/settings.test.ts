import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertGroups, alertsWith } from '../../alerts/index.ts';
import { alertsSchema, settingsOf } from '../../alerts/settings.ts';
import { promqlText } from '../../dashboards/lib/promql.ts';
import { type ConfigValues, configSchema } from '../../exporters/config.ts';

const exprOf = (input: Parameters<typeof settingsOf>[0], name: string): string =>
  promqlText(alertsWith(settingsOf(input)).find(each => each.name === name)!.expr);

test('thresholds come from the configuration', () => {
  assert.match(exprOf({}, 'UnallocatedCostHigh'), /> 0\.1$/);
  assert.match(exprOf({ cost: { unallocated_ratio_alert: 0.25 } }, 'UnallocatedCostHigh'), /> 0\.25$/);
  assert.match(exprOf({ cost: { stale_hours: 72 } }, 'BillingDataStale'), /> 259200$/);
  assert.match(exprOf({ alerts: { budget_at_risk_ratio: 0.9 } }, 'BudgetAtRisk'), />= 0\.9$/);
  assert.match(exprOf({ scrape: { job: 'finance' } }, 'PlumblineDown'), /up\{job="finance"\}/);
});

test('what developers say and use is judged by steps of the configuration', () => {
  assert.match(exprOf({ alerts: { survey_due_days: 2 } }, 'SurveyDue'), /> 172800$/);
  assert.match(exprOf({ alerts: { response_rate_ratio: 0.6 } }, 'ResponseRateLow'), /< 0\.6$/);
  const alerts = { adoption_fall_ratio: 0.2, adoption_fall_teams: 4 };
  for (const name of ['AdoptionFalling', 'FeatureAdoptionFalling'])
    assert.match(exprOf({ alerts }, name), / > 0\.2 and .* >= 4 /, name);
});

test('nothing that people say, use or were promised wakes anybody, or is a ticket', () => {
  const files = ['experience', 'experience-usage', 'experience-roadmap'];
  const groups = alertGroups(settingsOf()).filter(({ name }) => files.includes(name));
  assert.equal(groups.length, files.length);
  for (const { alerts } of groups) for (const { name, severity } of alerts) assert.equal(severity, 'digest', name);
});

test('production is what deployments say it is, unless the alerts say otherwise', () => {
  const exposed = (input: Parameters<typeof settingsOf>[0]) =>
    /environment=~"(.*?)"/.exec(exprOf(input, 'KnownExploitedInProduction'))?.[1];
  assert.equal(exposed({}), '(?i:production|prod|prd|live|production-.*|prod-.*)');
  const productions = [{ name: 'shop', environments: ['eu.prod', 'us?'] }, { environments: ['production'] }];
  assert.equal(exposed({ dora: { production: productions } }), String.raw`(?i:shop|eu\\.prod|us.|production)`);
  assert.equal(exposed({ dora: { production: productions }, alerts: { production: ['one*'] } }), '(?i:one.*)');
  const loaded: ConfigValues = configSchema.parse({ dora: { production: [{ name: 'live-eu' }] }, supply_chain: {} });
  assert.equal(exposed(loaded), '(?i:live-eu|production|prod|prd|live|production-.*|prod-.*)');
  assert.match(
    exprOf({ alerts: { production: ['one*'] } }, 'CriticalPastLimit'),
    /environment!~"\(\?i:one\.\*\)",exploited="yes"/,
  );
});

test('images have to be signed where the configuration says', () => {
  const alerts = { signed_environments: ['production', 'stag*'] };
  assert.match(exprOf({ alerts }, 'UnsignedImageRunning'), /environment=~"\(\?i:production\|stag\.\*\)"/);
  assert.match(exprOf({ alerts: { scanner_silent_hours: 12 } }, 'ScannerSilent'), /> 43200 /);
});

test('links lose their last slash, and default to the exporter itself', () => {
  assert.equal(
    settingsOf({ links: { runbooks: 'https://wiki.example.org/rb/' } }).links.runbooks,
    'https://wiki.example.org/rb',
  );
  assert.equal(settingsOf({ server: { port: 9999 } }).links.runbooks, 'http://127.0.0.1:9999/runbooks');
  assert.equal(settingsOf({ server: { host: '0.0.0.0' } }).links.exporter, 'http://127.0.0.1:9464');
  assert.equal(settingsOf({ server: { host: '::1' } }).links.exporter, 'http://[::1]:9464');
});

test('receivers that could not work are refused at their place', () => {
  const at = (value: unknown) =>
    alertsSchema.safeParse(value).error?.issues.map(issue => [issue.path.join('.'), issue.message]);
  assert.match(String(at({ receivers: [{ team: 'shop' }] })), /receivers\.0,expected one of webhook_url_file/);
  assert.match(
    String(at({ receivers: [{ team: 'shop', email: { to: 'a@example.org' } }] })),
    /receivers\.0\.email,.*smtp/,
  );
  const twice = [
    { team: 'shop', webhook_url_file: 'a' },
    { team: 'shop', webhook_url_file: 'b' },
  ];
  assert.match(String(at({ receivers: twice })), /receivers\.1\.team,expected each team once/);
  assert.equal(at({}), undefined);
});

test('a loaded configuration is what alerts are rendered with', () => {
  const loaded: ConfigValues = configSchema.parse({
    cost: { focus: [] },
    series_limit: 700,
    alerts: { series_ratio: 0.5 },
  });
  assert.match(exprOf(loaded, 'SeriesNearLimit'), /> 350$/);
});
