/** An item of `experience.github_projects` in plumbline.yaml. */
import { z } from 'zod';
import { githubAccessShape, oneIdentity, oneIdentityMessage } from '../../../vendors/github/config.ts';
import { trackerShape } from '../../roadmap/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const field = (what: string) => text.describe(`${what}; the name of a field of the project, case does not matter.`);

export const githubProjectSchema = z
  .strictObject({
    name: sourceName('github-projects'),
    every: every(900),
    ...githubAccessShape,
    owner: text.describe('The organization or user whose project it is.'),
    number: z.int().positive().describe('The number of the project, as in its address.'),
    ...trackerShape,
    status_field: field('The single select that says where an item stands').default('Status'),
    area_field: field('The area: a single select, text, number or iteration').optional(),
    due_field: field('The date that an item is promised for').optional(),
    iteration_field: field('The iteration; the first field of that kind unless given').optional(),
    pull_requests: z
      .boolean()
      .default(false)
      .describe('Pull requests on the board are items too; they would count the work of their issues twice.'),
    sweep_hours: z
      .number()
      .positive()
      .default(24)
      .describe('Every so many hours items that have ended and are archived are asked for too.'),
  })
  .refine(oneIdentity, { path: ['token'], error: oneIdentityMessage });

export type GitHubProjectConfig = z.infer<typeof githubProjectSchema>;
