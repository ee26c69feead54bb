/** What the page of one team tells of its delivery beside the five metrics: what is in no number, and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { teamDashboard } from '../../dashboards/team.ts';

test("the team's page tells why deployments failed, and what is in no number", () => {
  const page = JSON.stringify(teamDashboard());
  for (const family of [
    'dora_failed_deployments',
    'dora_failed_before_change_deployments',
    'dora_excluded_changes',
    'dora_unmatched_incidents',
  ])
    assert.match(page, new RegExp(`${family}\\{[^}]*team=`), family);
});
