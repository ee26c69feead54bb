/** An item of `experience.jira` in plumbline.yaml. */
import { z } from 'zod';
import { hasJiraAuth, jiraAuthMessage, jiraShape } from '../../../vendors/jira/config.ts';
import { trackerShape } from '../../roadmap/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const field = (what: string) => text.describe(`${what}; a field's name or id, such as customfield_10042.`);

export const cancelledResolutions = z
  .array(text)
  .default(["Won't Do", "Won't Fix", 'Duplicate', 'Declined', 'Invalid', 'Cancelled', 'Canceled', 'Cannot Reproduce'])
  .describe('Resolutions of what was not done; case does not matter.');

export const jiraRoadmapSchema = z
  .strictObject({
    name: sourceName('jira'),
    every: every(600),
    ...jiraShape,
    jql: text.describe('Which issues are the roadmap, such as: project = PLAT AND issuetype in (Story, Task).'),
    ...trackerShape,
    area_field: field('The area, its first value').default('components'),
    due_field: field('The day that it is due').default('duedate'),
    sprint_field: field('The sprint; found by its type unless given').optional(),
    cancelled_resolutions: cancelledResolutions,
    changelog: z
      .boolean()
      .default(true)
      .describe(
        'Ask for the changes of each issue that has moved: without them no cycle times are known. A request an issue.',
      ),
    overlap_minutes: z
      .int()
      .min(1)
      .default(15)
      .describe("A refresh goes back by so much: Jira Cloud's search sees changes only after a while."),
    sweep_hours: z
      .number()
      .positive()
      .default(24)
      .describe('Every so many hours all issues are listed, so that deleted ones and those that left jql are found.'),
  })
  .refine(hasJiraAuth, { path: ['api_token'], error: jiraAuthMessage });

export type JiraRoadmapConfig = z.infer<typeof jiraRoadmapSchema>;
