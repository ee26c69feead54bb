import {
  exploitedFindings,
  findings,
  findingsByAge,
  imagesByScan,
  oldestFinding,
  slaFindings,
  slaNextDue,
} from '../../exporters/supply-chain/metrics.ts';
import { whereListed } from '../common/exploited.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSupplyFindings, linksToTeam } from '../lib/links.ts';
import { ordered, table } from '../lib/panels.ts';
import { age, and, latest, minBy, oneOf, or, type Query, sum, sumBy, times, topk, until } from '../lib/promql.ts';
import { noneAllowed, soonDue } from '../thresholds.ts';
import {
  chosenSeverity,
  found,
  notScanned,
  ofPlaces,
  ofServices,
  ofSeverities,
  ofTeams,
  open,
  vulnerability,
} from './scope.ts';

const team = ['team'] as const;
const service = ['team', 'service', 'environment'] as const;
const limited = { ...ofServices, ...ofSeverities, state: oneOf('open', 'unknown') } as const;
const aged = { ...ofTeams, ...ofSeverities, ...vulnerability };

/** By the time since they were opened. */
const ages = ['0-7d', '7-30d', '30-90d', '90-365d', '365d+'] as const;
const ageWords = ['under a week', 'a week to a month', 'a month to a quarter', 'a quarter to a year', 'over a year'];

const scanned = { ...ofServices, status: oneOf('fresh', 'partial', 'stale') } as const;
// A team whose images were scanned and have nothing is clean; one that nobody scanned has no line.
const openByTeam = or(
  or(
    sumBy(team, latest(findings, found)),
    times(sumBy(team, latest(findings, { ...ofServices, ...vulnerability })), 0),
  ),
  times(sumBy(team, latest(imagesByScan, scanned)), 0),
);

/** 0 where anything was scanned. */
const ofFound = (query: Query<'team', true>) => or(query, times(openByTeam, 0));

type Place = (typeof service)[number];
const worst = topk(100, sumBy(service, latest(slaFindings, limited)));
const ofWorst = (query: Query<Place, true>) => or(and(query, worst), times(worst, 0));

/** Whose it is, by when, and whether a fix is there. */
export const remedy = row(
  'What has to be remedied first, and by whom?',
  table({
    title: 'Teams and what they have to remedy',
    description:
      'What does each team have to do, and by when? Past its limit and due soon (secrets among them, and what is not scanned any more), the time until the next limit ends, known to be exploited, critical, high, and all that is open; of those what a known version remedies, and how old the oldest is. Teams differ in size: compare a team with its own past, behind its name.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      {
        title: 'Past limit',
        query: ofFound(sumBy(team, latest(slaFindings, { ...limited, status: 'breached' }))),
        thresholds: noneAllowed,
      },
      { title: 'Due', query: ofFound(sumBy(team, latest(slaFindings, { ...limited, status: 'due' }))) },
      {
        title: 'Next due in',
        query: until(minBy(team, latest(slaNextDue, { ...ofTeams, ...ofSeverities }))),
        unit: 'seconds',
        thresholds: soonDue,
      },
      {
        title: 'Exploited',
        query: whereListed(ofFound(sumBy(team, latest(exploitedFindings, { ...ofPlaces, ...ofSeverities, ...open })))),
        thresholds: noneAllowed,
      },
      { title: 'Critical', query: ofFound(sumBy(team, latest(findings, { ...found, severity: 'critical' }))) },
      { title: 'High', query: ofFound(sumBy(team, latest(findings, { ...found, severity: 'high' }))) },
      { title: 'Open', query: openByTeam },
      { title: 'With a fix', query: ofFound(sumBy(team, latest(findings, { ...found, fix: 'available' }))) },
      { title: 'Oldest', query: age(minBy(team, latest(oldestFinding, aged))), unit: 'seconds' },
    ],
    sortedBy: 'Team',
    whenEmpty: notScanned,
    more: linksToSupplyFindings('List open vulnerabilities', { ...open, class: 'vulnerability' }, chosenSeverity),
    width: 24,
    height: 11,
  }),
  table({
    title: 'Services and what is open in them',
    description:
      'Where does it have to be remedied? The hundred services with the most that is found, what is not scanned any more as it was last seen. A click on a service lists what is open in it.',
    columns: [
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }), width: 110 },
      {
        label: 'service',
        title: 'Service',
        links: linksToSupplyFindings(
          'List what is open in it',
          {
            ...open,
            team: `\${__data.fields.Team}`,
            service: `\${__value.raw}`,
            environment: `\${__data.fields.Environment}`,
          },
          ['severity'],
        ),
      },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      {
        title: 'Past limit',
        query: ofWorst(sumBy(service, latest(slaFindings, { ...limited, status: 'breached' }))),
        thresholds: noneAllowed,
      },
      {
        title: 'Critical, high',
        query: ofWorst(sumBy(service, latest(findings, { ...found, severity: oneOf('critical', 'high') }))),
      },
      { title: 'Open', query: ofWorst(sumBy(service, latest(findings, found))) },
      { title: 'With a fix', query: ofWorst(sumBy(service, latest(findings, { ...found, fix: 'available' }))) },
    ],
    compact: true,
    whenEmpty: 'nothing is open',
    width: 16,
    height: 12,
  }),
  ordered({
    title: 'Open vulnerabilities by age',
    description: 'How old is what is open? Of the chosen teams, by the time since it was opened.',
    bars: ages.map((each, index) => ({
      // all five, or none: Grafana leaves the name of a single bar away
      query: or(sum(latest(findingsByAge, { ...aged, age: each })), times(sum(latest(findingsByAge, aged)), 0)),
      name: ageWords[index] ?? each,
    })),
    whenEmpty: 'nothing is open',
    width: 8,
    height: 12,
  }),
);
