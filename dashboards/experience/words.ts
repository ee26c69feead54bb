/** Words for the values of labels and for numbers that are words, as the pages about experience show them. */

/** Of `dimension`: those of SPACE, in its order. */
export const dimensionWords = {
  satisfaction: 'Satisfaction and well-being',
  performance: 'Performance',
  activity: 'Activity',
  communication: 'Communication and collaboration',
  efficiency: 'Efficiency and flow',
} as const;

/** The same in a word each, where there is little room. */
export const dimensions = ['satisfaction', 'performance', 'activity', 'communication', 'efficiency'] as const;

/** Of `about`. */
export const aboutWords = { platform: 'the platform (NPS)', employer: 'the employer (eNPS)' } as const;

/** Whether a number has changed by more than chance does. */
export const directionTexts = {
  [-1]: { text: 'fell', is: 'bad' },
  0: { text: 'not significant', is: 'neutral' },
  1: { text: 'rose', is: 'good' },
} as const;

/** How many dimensions of SPACE a survey tells of. */
export const breadthTexts = {
  0: { text: 'none', is: 'warning' },
  1: { text: '1: not SPACE', is: 'warning' },
  2: { text: '2: not SPACE', is: 'warning' },
} as const;

export const usedTexts = { 0: { text: 'no', is: 'neutral' }, 1: { text: 'yes', is: 'good' } } as const;
export const unusedTexts = { 0: { text: 'by nobody', is: 'warning' } } as const;

/** Where a number of people is absent: never 0, and never to be taken for it. */
export const tooFew = 'fewer than k answered';
export const tooFewUsed = 'fewer than k used it';
/** The same, for a description. */
export const whyAbsent =
  'Absent, and never 0, where fewer than k answered (privacy.minimum_group, 5 unless set) or all answered alike, where it would give away a smaller group, and two cadences after the wave.';
