import {
  engineLastReport,
  listedRatio,
  results,
  scopeLastReport,
  scopes,
  services,
  unlistedViolations,
  violations,
} from '../../exporters/policy/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { age, compare, latest, maxBy, or, sumBy, times } from '../lib/promql.ts';
import { silence } from '../thresholds.ts';
import { ofEngines, ofPolicies, ofTeams } from './scope.ts';
import { scopeWords } from './words.ts';

const ofScopes = { ...ofTeams, ...ofEngines };
const engine = ['engine'] as const;
const ofStatus = (status: string) =>
  or(sumBy(engine, latest(scopes, { ...ofScopes, status })), times(sumBy(engine, latest(scopes, ofScopes)), 0));
const team = ['team'] as const;

/** A scanner that fell silent must not look like a platform without violations. */
export const coverage = row(
  'What is nobody looking at?',
  table({
    title: 'Engines and their scopes',
    description:
      'Does every engine still look? The time since its newest report that did not fail, its scopes (clusters, repositories, subscriptions, workspaces) by how their newest report stands, and how many of the violations that it counts it lists. Not known is what was violated and is looked at no longer, errors what could not be judged.',
    columns: [{ label: 'engine', title: 'Engine' }],
    values: [
      {
        title: 'Last report ago',
        query: age(maxBy(engine, latest(engineLastReport, ofEngines))),
        unit: 'seconds',
        thresholds: silence,
      },
      { title: 'Looked at', query: ofStatus('fresh') },
      { title: 'In part', query: ofStatus('partial') },
      { title: 'Silent', query: ofStatus('stale') },
      { title: 'Failed', query: ofStatus('failed') },
      { title: 'Listed', query: maxBy(engine, latest(listedRatio, ofEngines)) },
      { title: 'Not known', query: sumBy(engine, latest(violations, { ...ofScopes, state: 'unknown' })) },
      { title: 'Errors', query: sumBy(engine, latest(results, { ...ofScopes, outcome: 'error' })) },
    ],
    whenEmpty: 'no engine has reported yet',
    width: 18,
  }),
  lines({
    title: 'Scopes by status',
    description: 'Does coverage crumble? Scopes of the chosen teams and engines by how their newest report stands.',
    queries: [{ query: sumBy(['status'], latest(scopes, ofScopes)), name: '{{status}}' }],
    words: scopeWords,
    whenEmpty: 'no engine has reported yet',
    width: 6,
  }),
  table({
    title: 'Silent the longest',
    description:
      'Which scope has not been looked at for longest, completely or in part? Those whose last report is older than 90 days come last.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'scope', title: 'Scope' },
    ],
    values: [
      {
        title: 'Last report ago',
        query: age(maxBy(['engine', 'scope'], latest(scopeLastReport, ofEngines))),
        unit: 'seconds',
        thresholds: silence,
      },
    ],
    whenEmpty: 'no engine has reported yet',
    width: 16,
  }),
  table({
    title: 'Services that nothing looks at',
    description: 'Whose services has no engine looked at in time? Services of the catalog, by team.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      {
        title: 'Not covered',
        query: or(
          sumBy(team, latest(services, { ...ofTeams, coverage: 'uncovered' })),
          times(sumBy(team, latest(services, ofTeams)), 0),
        ),
      },
      { title: 'Services', query: sumBy(team, latest(services, ofTeams)) },
    ],
    sortedBy: 'Team',
    whenEmpty: 'no catalog',
    width: 8,
  }),
  table({
    title: 'Counted and not listed',
    description:
      'What do we not see? Violations that an engine counts and does not list, as its list is cut: no other number has them. Gatekeeper lists 20 of a constraint unless told otherwise; its audit log has all.',
    columns: [
      { label: 'engine', title: 'Engine' },
      { label: 'policy', title: 'Policy' },
    ],
    values: [
      {
        title: 'Not listed',
        query: compare(sumBy(['engine', 'policy'], latest(unlistedViolations, ofPolicies)), '>', 0),
      },
    ],
    whenEmpty: 'all lists are whole',
    width: 24,
    height: 7,
  }),
);
