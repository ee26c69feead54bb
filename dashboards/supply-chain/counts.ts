import {
  distinctVulnerabilities,
  findings,
  organisationDistinctVulnerabilities,
  organisationVulnerablePackages,
  scannerDisagreements,
  scorecardScore,
  vulnerabilityOccurrences,
  vulnerablePackages,
} from '../../exporters/supply-chain/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { linksToSupplyFindings } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { compare, latest, maxBy, minBy, not, sumBy } from '../lib/promql.ts';
import { chosenSeverity, notScanned, ofPlaces, ofServices, ofSeverities, ofTeams } from './scope.ts';
import { classWords } from './words.ts';

const environment = ['environment'] as const;
const owned = ['team', 'environment'] as const;
const where = { environment: ofPlaces.environment } as const;
const service = ['team', 'service'] as const;
const kept = { team: ofServices.team, service: ofServices.service } as const;
const noScorecards = 'no repository has a Scorecard';
const scanner = ['team', 'scanner'] as const;
const ofClass = (state: string) => sumBy(['class'], latest(findings, { ...ofServices, ...ofSeverities, state }));

/** One vulnerability in ten images is ten to mend, and one to know: three numbers that are not each other. */
export const counts = details(
  'How is it counted, and do scanners agree?',
  table({
    title: 'Three counts, by environment',
    description:
      'How many are there really? Occurrences: each package of each image and place, as everywhere else on this page. Packages: different ones, whatever their version. Vulnerabilities: different ones, each once under all of its ids. Of the whole organisation, whatever teams and severities are chosen; what is in two environments is in both lines, so that the last two do not add up.',
    columns: [{ label: 'environment', title: 'Environment' }],
    values: [
      { title: 'Occurrences', query: sumBy(environment, latest(vulnerabilityOccurrences, where)) },
      { title: 'Packages', query: maxBy(environment, latest(organisationVulnerablePackages, where)) },
      { title: 'Vulnerabilities', query: maxBy(environment, latest(organisationDistinctVulnerabilities, where)) },
    ],
    whenEmpty: notScanned,
    width: 12,
    height: 9,
  }),
  lines({
    title: 'Different vulnerabilities by environment',
    description:
      'Is more found, or the same in more places? Each once under all of its ids; of the whole organisation, whatever teams and severities are chosen.',
    queries: [
      {
        query: maxBy(environment, latest(organisationDistinctVulnerabilities, where)),
        name: '{{environment}}',
      },
    ],
    whenEmpty: notScanned,
    width: 12,
    height: 9,
  }),
  table({
    title: 'Three counts, by team',
    description: 'The same of each chosen team.',
    columns: [
      { label: 'team', title: 'Team' },
      { label: 'environment', title: 'Environment' },
    ],
    values: [
      { title: 'Occurrences', query: sumBy(owned, latest(vulnerabilityOccurrences, ofPlaces)) },
      { title: 'Packages', query: maxBy(owned, latest(vulnerablePackages, ofPlaces)) },
      { title: 'Vulnerabilities', query: maxBy(owned, latest(distinctVulnerabilities, ofPlaces)) },
    ],
    sortedBy: 'Team',
    whenEmpty: notScanned,
    width: 12,
    height: 9,
  }),
  table({
    title: 'Scanners that disagree',
    description:
      'May one scanner be relied on? Vulnerabilities of running images that several scanners looked at: those that this one alone reports, and those that another reports and this one does not. Neither is a fault of its own: databases differ, and what one calls not affected another lists.',
    columns: [
      { label: 'team', title: 'Team' },
      { label: 'scanner', title: 'Scanner' },
    ],
    values: [
      { title: 'Alone', query: maxBy(scanner, latest(scannerDisagreements, { ...ofTeams, verdict: 'alone' })) },
      { title: 'Missed', query: maxBy(scanner, latest(scannerDisagreements, { ...ofTeams, verdict: 'missed' })) },
    ],
    whenEmpty: 'no image has two scanners',
    width: 12,
    height: 9,
  }),
  table({
    title: 'Vulnerabilities, secrets and licences',
    description:
      'What else is found? Findings of each kind: open, excepted, and not known any more. Of the chosen teams, services, environments and severities.',
    columns: [{ label: 'class', title: 'Of', words: classWords }],
    values: [
      { title: 'Open', query: ofClass('open') },
      { title: 'Excepted', query: ofClass('excepted') },
      { title: 'Not known', query: ofClass('unknown') },
    ],
    whenEmpty: notScanned,
    more: linksToSupplyFindings(
      'List secrets and licences',
      { state: 'open', class: 'secret,license' },
      chosenSeverity,
    ),
    width: 12,
    height: 9,
  }),
  lines({
    title: 'Secrets and licences',
    description: 'Do secrets get into images? Open ones, as they were known on each day.',
    queries: (['secret', 'license'] as const).map(each => ({
      query: sumBy(['class'], latest(findings, { ...ofServices, ...ofSeverities, class: each, state: 'open' })),
      name: '{{class}}',
    })),
    words: classWords,
    whenEmpty: 'none',
    width: 12,
    height: 9,
  }),
  table({
    title: 'How repositories are kept',
    description:
      "How well is kept what images are built from? The newest OpenSSF Scorecard of each chosen service's repository, 0 to 10: of the whole, and of its worst check. Of several repositories of a service the lowest.",
    columns: [
      { label: 'team', title: 'Team' },
      { label: 'service', title: 'Service' },
    ],
    values: [
      { title: 'Score', query: minBy(service, latest(scorecardScore, { ...kept, check: 'all' })) },
      { title: 'Worst check', query: minBy(service, latest(scorecardScore, { ...kept, check: not('all') })) },
    ],
    first: 'least',
    compact: true,
    whenEmpty: noScorecards,
    width: 12,
    height: 9,
  }),
  table({
    title: 'Checks of repositories that are lowest',
    description:
      'What has to be mended first? Checks of OpenSSF Scorecard below 5 of 10, of each chosen service; what it could not tell is not among them.',
    columns: [
      { label: 'team', title: 'Team' },
      { label: 'service', title: 'Service' },
      { label: 'check', title: 'Check' },
    ],
    values: [
      {
        title: 'Score',
        query: compare(
          minBy(['team', 'service', 'check'], latest(scorecardScore, { ...kept, check: not('all') })),
          '<',
          5,
        ),
      },
    ],
    first: 'least',
    compact: true,
    whenEmpty: 'none, or no repository has a Scorecard',
    width: 12,
    height: 9,
  }),
);
