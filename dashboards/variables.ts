import { objective } from '../alerts/slo/metrics.ts';
import { monthToDate } from '../exporters/cost/metrics.ts';
import { deployments } from '../exporters/dora/metrics.ts';
import {
  featureUsed,
  nps,
  quickCheckBenchmark,
  roadmapItems,
  surveyResponses,
  surveyWaves,
  teamFeatureUsed,
  throughput,
} from '../exporters/experience/metrics.ts';
import { results, violations } from '../exporters/policy/metrics.ts';
import { checkInfo, conformance, services as scoredServicesOf } from '../exporters/scorecard/metrics.ts';
import { findings, runningImages } from '../exporters/supply-chain/metrics.ts';
import { oneValue, oneValueOfAny, someValues, someValuesOfAny } from './lib/variables.ts';

/** Currencies and bases of cost are different kinds of money: a page shows one of each at a time. */
export const currency = oneValue(monthToDate, 'currency', { title: 'Currency', commonestFirst: true });
export const costBasis = oneValue(monthToDate, 'cost_basis', { title: 'Cost basis', initially: 'effective' });

const ofCurrency = { currency };
export const teams = someValues(monthToDate, 'team', { title: 'Team', matchers: ofCurrency });
export const services = someValues(monthToDate, 'service', {
  title: 'Service',
  matchers: { ...ofCurrency, team: teams },
});
export const environments = someValues(monthToDate, 'environment', { title: 'Environment', matchers: ofCurrency });

/**
 * For the page of one team, which may have bills, deployments, violations, images, answers, a roadmap, services or SLOs
 * alone: the same name as `teams`, so that links hand it on.
 */
export const team = oneValueOfAny(
  [
    monthToDate,
    deployments,
    results,
    violations,
    findings,
    runningImages,
    surveyResponses.team,
    teamFeatureUsed,
    roadmapItems,
    scoredServicesOf,
    objective,
  ],
  'team',
  { title: 'Team' },
);
export const servicesOfTeam = someValues(monthToDate, 'service', {
  title: 'Service',
  matchers: { ...ofCurrency, team },
});

/** Of pages about delivery; the same names, so that links carry them over. */
export const deployingTeams = someValues(deployments, 'team', { title: 'Team' });
export const deployedServices = someValues(deployments, 'service', {
  title: 'Service',
  matchers: { team: deployingTeams },
});
export const productions = someValues(deployments, 'environment', { title: 'Environment' });
/** The days that a number looks back on. */
export const lookBack = oneValue(deployments, 'window', { title: 'Period', initially: '30d' });

/** Of pages about policy: what was looked at, violated or not, and what was violated and is looked at no longer. */
const lookedAt = [results, violations] as const;
export const policedTeams = someValuesOfAny(lookedAt, 'team', { title: 'Team' });
export const policedServices = someValuesOfAny(lookedAt, 'service', {
  title: 'Service',
  matchers: { team: policedTeams },
});
export const policedEnvironments = someValuesOfAny(lookedAt, 'environment', { title: 'Environment' });
export const engines = someValuesOfAny(lookedAt, 'engine', { title: 'Engine' });
export const requirements = someValuesOfAny(lookedAt, 'requirement', { title: 'Requirement' });

/** Of the page about experience: teams of which anything may be told. Surveys ask different people, and are shown one at a time. */
export const toldTeams = someValuesOfAny([surveyResponses.team, teamFeatureUsed], 'team', { title: 'Team' });
export const survey = oneValue(surveyWaves, 'survey', { title: 'Survey' });
/** Which of its questions is the NPS of the platform that is shown. */
export const npsQuestion = oneValue(nps.organisation, 'question', {
  title: 'NPS question',
  matchers: { survey, about: 'platform' },
});
export const benchmarkYear = oneValue(quickCheckBenchmark, 'year', { title: 'Benchmark of', initially: '2025' });
export const industry = oneValue(quickCheckBenchmark, 'industry', {
  title: 'Industry',
  initially: 'all',
  matchers: { year: benchmarkYear },
});
export const features = someValues(featureUsed, 'feature', { title: 'Feature' });

/** Of the page about the roadmap. */
export const roadmapTeams = someValues(roadmapItems, 'team', { title: 'Team' });
export const areas = someValues(roadmapItems, 'area', { title: 'Area', matchers: { team: roadmapTeams } });
/** By the name of `lookBack`, with the same days, so that links hand it on. */
export const roadmapPeriod = oneValue(throughput, 'window', { title: 'Period', initially: '30d' });
/** Of pages about the supply chain: what runs, and what was found, in images and in repositories. */
const supplied = [runningImages, findings] as const;
export const supplyingTeams = someValuesOfAny(supplied, 'team', { title: 'Team' });
export const suppliedServices = someValuesOfAny(supplied, 'service', {
  title: 'Service',
  matchers: { team: supplyingTeams },
});
export const suppliedEnvironments = someValuesOfAny(supplied, 'environment', { title: 'Environment' });
export const severities = someValues(findings, 'severity', { title: 'Severity' });

/** Of the page about SLOs: all of them, or some. */
export const promisingTeams = someValues(objective, 'team', { title: 'Team' });
export const promisingServices = someValues(objective, 'service', {
  title: 'Service',
  matchers: { team: promisingTeams },
});
const ofPromising = { team: promisingTeams, service: promisingServices };
export const slos = someValues(objective, 'slo', { title: 'SLO', matchers: ofPromising });
export const objectives = someValues(objective, 'objective', {
  title: 'Objective',
  matchers: { ...ofPromising, slo: slos },
});

/** Of the page about one SLO, by the same names: alerts hand on all but the team, which narrows what is offered. */
export const promisingService = oneValue(objective, 'service', {
  title: 'Service',
  matchers: { team: promisingTeams },
});
export const slo = oneValue(objective, 'slo', { title: 'SLO', matchers: { service: promisingService } });
export const objectiveOfSlo = oneValue(objective, 'objective', {
  title: 'Objective',
  matchers: { service: promisingService, slo },
});

/** Of the page about the golden path. */
export const scoredTeams = someValues(scoredServicesOf, 'team', { title: 'Team' });
export const scoredServices = someValues(conformance, 'service', { title: 'Service', matchers: { team: scoredTeams } });
export const askedChecks = someValues(checkInfo, 'check', { title: 'Check' });
