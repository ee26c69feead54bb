import {
  adoption,
  feedbackOpen,
  nps,
  npsChangeDirection,
  surveyResponseRate,
} from '../../exporters/experience/metrics.ts';
import {
  organisationConformance,
  organisationMeasured,
  requiredLost,
  shadowSubjects,
} from '../../exporters/scorecard/metrics.ts';
import { directionTexts, tooFew } from '../experience/words.ts';
import { linksToPage } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { earlier, latest, maxBy, minBy, minus, or, sum, times } from '../lib/promql.ts';
import { anyToActOn, conformanceMoves, noneAllowed, uncovered } from '../thresholds.ts';
import { first, moved, needs, needsPast, needsToo, ofServices } from './scope.ts';

const platform = { about: 'platform' } as const;
export const experience = [
  stat({
    title: 'Experience: NPS',
    description:
      'Would developers recommend the platform? In the newest wave; absent, and never 0, where fewer than k answered. Its page has the interval, and how many answered.',
    query: maxBy(['question'], latest(nps.organisation, platform)),
    whenEmpty: tooFew,
    more: linksToPage('Open the page about experience', 'experience'),
    ...first,
  }),
  stat({
    title: 'NPS since last wave',
    description: 'Has that changed by more than chance? Surveys come every few months, not every one.',
    query: maxBy(['question'], latest(npsChangeDirection.organisation, platform)),
    texts: directionTexts,
    whenEmpty: 'no wave to compare with',
    ...moved,
  }),
  stat({
    title: 'Feedback unanswered',
    description: 'Who waits for a word? Open feedback that nobody has answered.',
    query: or(sum(latest(feedbackOpen, { state: 'unanswered' })), times(sum(latest(feedbackOpen)), 0)),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'no feedback is open',
    more: linksToPage('Open the page about the roadmap', 'roadmap'),
    ...needs,
  }),
  stat({
    title: 'Response rate',
    description: 'How many of all took part in the survey? The lowest of several.',
    query: minBy([], latest(surveyResponseRate.organisation)),
    whenEmpty: 'population not known, or too few',
    ...needsToo,
  }),
  stat({
    title: 'Teams on portal',
    description: "How many of the catalog's teams used the portal within four weeks?",
    query: maxBy([], latest(adoption, { window: '28d' })),
    whenEmpty: 'no portal',
    ...needsToo,
  }),
];

const conformance = maxBy([], latest(organisationConformance));
export const goldenPath = [
  stat({
    title: 'Golden path: conformance',
    description: 'Which share of the checks of services passes, of those that are measured and not exempt?',
    query: conformance,
    whenEmpty: 'nothing is measured yet',
    more: linksToPage('Open the page about the golden path', 'scorecard'),
    ...first,
  }),
  stat({
    title: 'Conformance, 30 days',
    description: 'Do services come nearer, or drift? In points; a check that was added since moves it too.',
    query: minus(conformance, maxBy([], earlier(organisationConformance, '30d'))),
    thresholds: conformanceMoves,
    otherwise: 'bad',
    whenEmpty: needsPast,
    ...moved,
  }),
  stat({
    title: 'Checks measured',
    description: 'Of how much do we know? What is not measured neither passes nor fails.',
    query: maxBy([], latest(organisationMeasured)),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: 'no services in the catalog',
    ...needs,
  }),
  stat({
    title: 'Required, lost',
    description: 'Which required checks do services fail that they passed 7 days ago?',
    query: ofServices(sum(latest(requiredLost))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: 'no services in the catalog',
    ...needsToo,
  }),
  stat({
    title: 'In the shadow',
    description: 'What have domains seen that nothing in the catalog explains?',
    query: sum(latest(shadowSubjects)),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'nothing, or no domain tells',
    ...needsToo,
  }),
];
