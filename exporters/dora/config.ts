/** The `dora:` section of plumbline.yaml. Times are UTC; a pattern's * is any text. */
import { z } from 'zod';
import { cortexSchema } from './sources/cortex/config.ts';
import { datadogSchema } from './sources/datadog/config.ts';
import { eventFilesSchema } from './sources/event-files/config.ts';
import { eventsSchema } from './sources/events/config.ts';
import { fourKeysSchema } from './sources/four-keys/config.ts';
import { gitSchema } from './sources/git/config.ts';
import { githubSchema } from './sources/github/config.ts';
import { gitlabSchema } from './sources/gitlab/config.ts';
import { jiraIncidentsSchema } from './sources/jira/config.ts';
import { linearbSchema } from './sources/linearb/config.ts';
import { pagerdutySchema } from './sources/pagerduty/config.ts';
import { sleuthSchema } from './sources/sleuth/config.ts';

const text = z.string().trim().min(1);
const patterns = (what: string) => z.array(text).describe(`${what}; * is any text, ? is one character.`);

export const productionSchema = z.strictObject({
  name: text.default('production').describe('The label "environment" of what is deployed there.'),
  environments: patterns('Environments as deployments name them, case does not matter')
    .min(1)
    .default(['production', 'prod', 'prd', 'live', 'production-*', 'prod-*']),
  regions: z
    .array(text)
    .default([])
    .describe(
      'Several environments that are one production, such as prod-eu and prod-us: one version in all of them is one deployment, and its lead time is told for the first, half and all of them.',
    ),
  rollout_hours: z
    .number()
    .positive()
    .default(72)
    .describe('A region that gets the version later than this after the first is a deployment of its own.'),
});

export const serviceSchema = z.strictObject({
  service: text.describe('The service: a Component of the catalog, or a name of its own.'),
  repository: text.describe('Its repository, such as acme/shop; * is any text.'),
  paths: patterns(
    'Only commits that touch one of these paths are its changes, such as services/checkout/**',
  ).optional(),
  tags: patterns('Only deployments of such tags are its own, such as checkout-v*').optional(),
  tasks: patterns('Only deployments by such a workflow, job or pipeline are its own').optional(),
  environments: patterns('Only deployments to such environments are its own').optional(),
  labels: patterns('Only deployments with such a label are its own').optional(),
});

export const doraSchema = z
  .strictObject({
    git: z.array(gitSchema).default([]).describe('Git repositories, local or cloned: commits, tags, merges.'),
    github: z.array(githubSchema).default([]).describe('GitHub: deployments, runs, pull requests, releases, issues.'),
    gitlab: z.array(gitlabSchema).default([]).describe('GitLab: deployments, pipelines, merge requests, incidents.'),
    events: eventsSchema
      .prefault({})
      .describe('Deployments and incidents that anything else posts: POST /push/dora/events.'),
    event_files: z.array(eventFilesSchema).default([]).describe('Such events in files, one a line.'),
    four_keys: fourKeysSchema
      .optional()
      .describe("Four Keys' webhooks and its exported events_raw, for who moves from it."),
    pagerduty: z.array(pagerdutySchema).default([]).describe('PagerDuty: incidents.'),
    jira: z
      .array(jiraIncidentsSchema)
      .default([])
      .describe('Jira Cloud, Jira Data Center and Jira Service Management: issues that are incidents.'),
    datadog: z.array(datadogSchema).default([]).describe('Datadog: incidents, and its DORA deployments and failures.'),
    linearb: z.array(linearbSchema).default([]).describe('LinearB: what it computes, beside ours.'),
    sleuth: z.array(sleuthSchema).default([]).describe('Sleuth: what it computes, beside ours.'),
    cortex: z.array(cortexSchema).default([]).describe('Cortex: deploys, and what Eng Intelligence computes.'),
    production: z
      .array(productionSchema)
      .min(1)
      .prefault([{}])
      .describe('Which environments are production; deployments to others are read and not counted.'),
    services: z
      .array(serviceSchema)
      .default([])
      .describe(
        'Which service a deployment and a commit are of, where one repository holds several; the first that matches. Else the source, ownership rules or the catalog say it, else the repository is the service.',
      ),
    definitions: z
      .enum(['plumbline', 'devlake'])
      .default('plumbline')
      .describe('devlake computes as Apache DevLake does, for who moves from it.'),
    devlake: z
      .strictObject({
        projects: z
          .array(
            z
              .strictObject({
                project: text.describe('A name of its own.'),
                repositories: patterns('Its repositories').min(1).optional(),
                services: patterns('Its services').min(1).optional(),
              })
              .refine(({ repositories, services }) => repositories !== undefined || services !== undefined, {
                path: ['repositories'],
                error: 'expected repositories or services',
              }),
          )
          .default([])
          .describe(
            "Projects as DevLake has them: an incident is of its project's last deployment. The first that matches; else each team is one.",
          ),
      })
      .prefault({})
      .describe('What definitions: devlake needs to know.'),
    bots: patterns('Authors whose commits and pull requests have no lead time').default([
      '*[bot]',
      'dependabot*',
      'renovate*',
      'github-actions*',
    ]),
    hotfix_labels: patterns('Labels of deployments and pull requests that repair production').default([
      'hotfix',
      'rollback',
      'revert',
    ]),
    hotfix_branches: patterns('Branches whose deployment repairs production').default(['hotfix/*', 'hotfix-*']),
    incident_hours: z
      .number()
      .positive()
      .default(24)
      .describe(
        "An incident is linked to its service's deployment of at most so many hours before, unless it names one.",
      ),
    remedy_hours: z
      .number()
      .positive()
      .default(168)
      .describe('What comes later than this after a deployment is no rollback, revert or hotfix of it.'),
    longest_gap_days: z
      .int()
      .min(1)
      .default(180)
      .describe('After a longer pause between two deployments the changes of the second have no lead time.'),
    minimum_samples: z
      .int()
      .min(1)
      .default(5)
      .describe('A quantile or ratio over fewer is absent: it would be chance.'),
    pipelines: patterns('Workflows, jobs and pipelines that services are to be deployed by: the check dora/pipeline')
      .default([])
      .describe(
        'Workflows, jobs and pipelines (as deployments name them; * is any text) that services are to be deployed by, for the check dora/pipeline; any that is named, unless given.',
      ),
    listed_incidents: z
      .int()
      .min(0)
      .max(100)
      .default(20)
      .describe(
        'So many incidents of each team are listed with their deployment: the newest of those that are open or began in the last 90 days. 0 lists none.',
      ),
  })
  .check(ctx => {
    const sections = [
      'git',
      'github',
      'gitlab',
      'pagerduty',
      'jira',
      'datadog',
      'linearb',
      'sleuth',
      'cortex',
    ] as const;
    const names = new Set<string>(['events', 'four-keys']);
    for (const key of sections)
      for (const [index, { name }] of ctx.value[key].entries()) {
        if (names.has(name))
          ctx.issues.push({
            ...{ code: 'custom', path: [key, index, 'name'], input: name },
            message: 'expected a name of its own for each of several sources',
          });
        names.add(name);
      }
  });

export type DoraConfig = z.infer<typeof doraSchema>;
export type ProductionConfig = z.infer<typeof productionSchema>;
export type ServiceConfig = z.infer<typeof serviceSchema>;
