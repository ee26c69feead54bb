import {
  nps,
  npsChange,
  npsChangeDirection,
  npsInterval,
  npsResponses,
  spaceDimensions,
  surveyClosed,
  surveyDue,
  surveyResponseRate,
  surveyResponses,
  surveySuppressed,
  surveyWaves,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { age, latest, maxBy, until } from '../lib/promql.ts';
import { spaceBreadth } from '../thresholds.ts';
import { enpsOf, npsOf, ofSurvey } from './scope.ts';
import { breadthTexts, directionTexts, tooFew, whyAbsent } from './words.ts';

/** What is told, and under each what it is told of; four a line, so that titles have room at 1280 pixels. */
const told = { width: 6, height: 3 } as const;
const over = { width: 6, height: 3 } as const;

const noSurvey = 'no wave yet';
const notKnown = 'population not known, or too few';

/** What people say in big numbers, how sure that is, over how many, and how old. */
export const answer = row(
  'Would developers recommend the platform?',
  stat({
    title: 'NPS',
    description: `Would they recommend the platform? Promoters (9 and 10) less detractors (0 to 6) in percent of all who answered, -100 to 100, in the newest wave. Read it with its interval. ${whyAbsent}`,
    query: maxBy([], latest(nps.organisation, npsOf)),
    whenEmpty: tooFew,
    ...told,
  }),
  stat({
    title: 'NPS interval',
    description:
      'How sure is it? The 95 % interval: the true value lies between the two in 95 of 100 such surveys; few answers make it wide, and a large part of all people makes it narrow.',
    query: maxBy(['bound'], latest(npsInterval.organisation, npsOf)),
    name: '{{bound}}',
    whenEmpty: tooFew,
    ...told,
  }),
  stat({
    title: 'Since last wave',
    description:
      'Has it changed, or is that chance? It rose or fell where the 95 % interval of the change does not hold 0; else the change is not significant, however large it looks.',
    query: maxBy([], latest(npsChangeDirection.organisation, npsOf)),
    texts: directionTexts,
    whenEmpty: 'no wave to compare with',
    ...told,
  }),
  stat({
    title: 'eNPS',
    description: `Would they recommend working here? As NPS, asked of the employer. ${whyAbsent}`,
    query: maxBy(['question'], latest(nps.organisation, enpsOf)),
    name: '{{question}}',
    whenEmpty: `not asked, or ${tooFew}`,
    ...told,
  }),
  stat({
    title: 'n: NPS',
    description: 'Over how many answers is NPS told?',
    query: maxBy([], latest(npsResponses.organisation, npsOf)),
    whenEmpty: tooFew,
    ...over,
  }),
  stat({
    title: 'Waves',
    description: 'How often was it asked? Waves of the survey that were released.',
    query: maxBy([], latest(surveyWaves, ofSurvey)),
    whenEmpty: noSurvey,
    ...over,
  }),
  stat({
    title: 'Change, points',
    description: 'By how much has it changed since the wave before? See whether that is significant.',
    query: maxBy([], latest(npsChange.organisation, npsOf)),
    whenEmpty: 'no wave to compare with',
    ...over,
  }),
  stat({
    title: 'n: eNPS',
    description: 'Over how many answers is eNPS told?',
    query: maxBy(['question'], latest(npsResponses.organisation, enpsOf)),
    whenEmpty: tooFew,
    ...over,
  }),
  stat({
    title: 'eNPS interval',
    description: 'How sure is that? The 95 % interval, as of NPS.',
    query: maxBy(['question', 'bound'], latest(npsInterval.organisation, enpsOf)),
    name: '{{question}}, {{bound}}',
    whenEmpty: `not asked, or ${tooFew}`,
    ...told,
  }),
  stat({
    title: 'Response rate',
    description:
      'How many of all took part? Absent where nobody says how many could have. Those who do not answer may think otherwise, and no interval knows of them.',
    query: maxBy([], latest(surveyResponseRate.organisation, ofSurvey)),
    whenEmpty: notKnown,
    ...told,
  }),
  stat({
    title: 'Closed ago',
    description:
      'How old is all this? The time since the newest wave closed; after two cadences its numbers are absent.',
    query: age(maxBy([], latest(surveyClosed, ofSurvey))),
    whenEmpty: noSurvey,
    ...told,
  }),
  stat({
    title: 'Dimensions',
    description:
      'How broad is the survey? Dimensions of SPACE that the newest wave tells of. Fewer than three dimensions is not SPACE: one or two of them mislead.',
    query: maxBy([], latest(spaceDimensions, ofSurvey)),
    thresholds: spaceBreadth,
    texts: breadthTexts,
    whenEmpty: 'none',
    ...told,
  }),
  stat({
    title: 'eNPS since last',
    description: 'Has eNPS changed, or is that chance?',
    query: maxBy(['question'], latest(npsChangeDirection.organisation, enpsOf)),
    texts: directionTexts,
    whenEmpty: 'no wave to compare with',
    ...over,
  }),
  stat({
    title: 'n: took part',
    description: 'How many took part in the newest wave, whatever they answered?',
    query: maxBy([], latest(surveyResponses.organisation, ofSurvey)),
    whenEmpty: tooFew,
    ...over,
  }),
  stat({
    title: 'Next one due in',
    description: 'When should the next wave have closed? Below 0 it is late.',
    query: until(maxBy([], latest(surveyDue, ofSurvey))),
    whenEmpty: noSurvey,
    ...over,
  }),
  stat({
    title: 'Partly hidden',
    description:
      'Of how many teams that answered is something not told? They are too few, answered alike, or protect another.',
    query: maxBy([], latest(surveySuppressed, ofSurvey)),
    whenEmpty: noSurvey,
    ...over,
  }),
);
