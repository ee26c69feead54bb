import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { routedAlerts } from '../../../alerts/index.ts';
import { routesReference } from '../../../alerts/routes/page.ts';
import { configured } from './given.ts';

const committed = path.resolve(import.meta.dirname, '../../../alerts/ROUTES.md');

test('the committed page is what the definitions make', async () => {
  assert.equal(await readFile(committed, 'utf8'), routesReference());
});

test('the page has a line for every alert and a column for every team, each with its place', () => {
  const page = routesReference(configured, ['billing', 'pipes|and\\slashes']);
  const rows = page.split('\n').filter(line => line.startsWith('| '));
  const head = rows.find(line => line.startsWith('| alert |')) ?? '';
  for (const team of ['platform', 'shop', 'search & ads', 'billing', 'pipes\\|and\\\\slashes', 'any other team'])
    assert.ok(head.includes(` ${team} |`), team);
  for (const { name, severity, team } of routedAlerts(configured)) {
    const row = rows.find(line => line.startsWith(`| ${name} | ${severity} |`)) ?? '';
    const cells = row
      .split(' | ')
      .slice(2)
      .map(each => each.replace(/ \|$/, ''));
    assert.ok(cells.length > 7, `${name} has a row`);
    for (const each of team === undefined ? cells : cells.slice(0, 1)) assert.match(each, /^\d+(, \d+)?$/, name);
  }
  assert.match(
    page,
    /Every one of \d+ alerts has an owner, a route and a receiver for every team; no route is unreachable\./,
  );
  assert.doesNotMatch(page, /watchdog tells nobody/);
  assert.match(page, /\| team-search & ads\/jira \| jira \| one message per alertname, team; .* \| at any hour \|/);
});
