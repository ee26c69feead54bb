/** An item of `dora.jira` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const jiraIncidentsSchema = z.strictObject({
  name: sourceName('jira'),
  every: every(300),
});

export type JiraIncidentsConfig = z.infer<typeof jiraIncidentsSchema>;
