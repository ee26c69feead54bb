/** What developers of the demo company say and use, and what is written of it below `experience/`. */
import type { Span } from '../policy/story.ts';
import { pseudonymKey } from './configuration.ts';
import { surveyFiles } from './survey.ts';

export { experienceConfiguration } from './configuration.ts';
export { liveExperience } from './past.ts';
export { people } from './people.ts';
export { keepPortalPosting } from './posts.ts';

/** Texts by file name. */
export const experienceFiles = (span: Span, story: Date): ReadonlyMap<string, string> =>
  new Map([
    ['pseudonym.key', pseudonymKey],
    ...[...surveyFiles(span, story)].map(([name, text]) => [`surveys/${name}`, text] as const),
  ]);
