/** The families that the review of what developers say is read from, and their rows. */
import type { Row } from '../../core/ledger.ts';
import {
  dimensionChange,
  dimensionChangeDirection,
  dimensionResponses,
  dimensionScore,
  dimensionScoreInterval,
  feedbackOpen,
  firstAnswer,
  firstAnswerItems,
  itemsDone,
  itemsOpened,
  nps,
  npsChange,
  npsChangeDirection,
  npsChangeInterval,
  npsInterval,
  npsResponses,
  promises,
  spaceDimensions,
  surveyClosed,
  surveyPopulation,
  surveyResponseRate,
  surveyResponses,
  surveySuppressed,
  surveyWave,
} from '../metrics.ts';

export const levelled = {
  ...{ surveyResponses, surveyPopulation, surveyResponseRate, nps, npsInterval, npsResponses, npsChange },
  ...{ npsChangeInterval, npsChangeDirection, dimensionScore, dimensionScoreInterval, dimensionResponses },
  ...{ dimensionChange, dimensionChangeDirection, firstAnswer },
} as const;

export const flat = {
  ...{ surveyWave, surveyClosed, surveySuppressed, spaceDimensions, promises, itemsDone, itemsOpened, feedbackOpen },
  firstAnswerItems,
} as const;

export type Levelled = keyof typeof levelled;

export type Flat = keyof typeof flat;

/** Rows at the ends of the month before the last, of the last and of the month, in that order. */
export type AtEnds = readonly [readonly Row[], readonly Row[], readonly Row[]];

export interface ExperienceFacts {
  readonly month: string;
  readonly before: string;
  /** Of a level: the organisation's where `team` is undefined, else that team's. */
  readonly of: (family: Levelled, team: string | undefined) => AtEnds;
  readonly all: (family: Flat) => AtEnds;
}
