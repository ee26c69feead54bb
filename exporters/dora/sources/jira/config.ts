/** An item of `dora.jira` in plumbline.yaml. */
import { z } from 'zod';
import { hasJiraAuth, jiraAuthMessage, jiraShape } from '../../../vendors/jira/config.ts';
import { serviceWordsShape } from '../../service-words.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const field = (what: string) => text.describe(`${what}; a field's name or id, such as customfield_10042.`);

export const jiraIncidentsSchema = z
  .strictObject({
    name: sourceName('jira'),
    every: every(300),
    ...jiraShape,
    jql: text.describe(
      'Which issues are incidents, such as: project = OPS AND issuetype in (Incident, "[System] Incident"). What it no longer finds is no incident any more.',
    ),
    history_days: z
      .int()
      .min(1)
      .max(3650)
      .default(365)
      .describe('How many days of incidents the first reading goes back.'),
    overlap_minutes: z
      .int()
      .min(1)
      .default(15)
      .describe("A refresh goes back by so much: Jira Cloud's search sees changes only after a while."),
    sweep_hours: z
      .number()
      .positive()
      .default(24)
      .describe(
        'Every so many hours all incidents are listed, so that deleted ones and those that left jql are found.',
      ),
    service_fields: z
      .array(text)
      .min(1)
      .optional()
      .describe(
        'Fields that name the service, the first that has a value: components, labels, or any name or id. Affected services, then components, unless given.',
      ),
    service_label_prefix: text
      .optional()
      .describe('Only labels that begin so name a service, without it: service: for service:checkout.'),
    severity_field: field('The severity').default('priority'),
    started_field: field('When it started; when it was created unless given or where it is empty').optional(),
    resolved_field: field('When it was resolved, where people enter that; else when it was set to done').optional(),
    deployment_field: field('The deployment that caused it: its id, or SOURCE:ID').optional(),
    commit_field: field('The commit that caused it').optional(),
    environment_field: field('The environment that it is in').optional(),
    team_field: field('The team').optional(),
    resolved_statuses: z
      .array(text)
      .default([])
      .describe('Statuses in which service is restored, beside all of the category Done; case does not matter.'),
    cancelled_statuses: z.array(text).default([]).describe('Statuses of what was no incident after all.'),
    cancelled_resolutions: z
      .array(text)
      .default(['Duplicate', 'Declined', 'Invalid', 'Canceled', 'Cancelled', 'Not a Bug', 'Cannot Reproduce'])
      .describe('Resolutions of what was no incident after all.'),
    ...serviceWordsShape,
    alerts: z
      .strictObject({
        query: text
          .optional()
          .describe('Only alerts that the query finds, such as: priority: (P1 OR P2). All unless given.'),
        cloud_id: text.optional().describe('The id of the Cloud site; asked for unless given.'),
      })
      .optional()
      .describe('Alerts of Jira Service Management operations as incidents too; not where they open issues.'),
    operations_url: z
      .url({ protocol: /^https?$/ })
      .default('https://api.atlassian.com')
      .describe("Where the operations API and the services' names are."),
  })
  .refine(hasJiraAuth, { path: ['api_token'], error: jiraAuthMessage });

export type JiraIncidentsConfig = z.infer<typeof jiraIncidentsSchema>;

/** Fields that name the service where nothing is given; Jira may lack them. */
export const usualServiceFields = ['Affected services', 'components'] as const;
