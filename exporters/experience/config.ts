/** The `experience:` section of plumbline.yaml. */
import { z } from 'zod';
import { formSchema } from './forms/config.ts';
import { roadmapSchema } from './roadmap/config.ts';
import { scorecardsSchema } from './scorecards/config.ts';
import { backstageSchema } from './sources/backstage/config.ts';
import { cortexSchema } from './sources/cortex/config.ts';
import { csvSchema } from './sources/csv/config.ts';
import { githubProjectSchema } from './sources/github-projects/config.ts';
import { googleFormsSchema } from './sources/google-forms/config.ts';
import { jiraRoadmapSchema } from './sources/jira/config.ts';
import { linearSchema } from './sources/linear/config.ts';
import { roadmapExportSchema } from './sources/roadmap-exports/config.ts';
import { surveyMonkeySchema } from './sources/surveymonkey/config.ts';
import { privacySchema, surveySchema } from './surveys/config.ts';
import { featureSchema } from './usage/config.ts';

/** Keys that are lists of sources; each has a `name`, and no two of them the same. */
const sourceKeys = [
  'surveymonkey',
  'google_forms',
  'csv',
  'backstage',
  'cortex',
  'linear',
  'jira',
  'github_projects',
  'roadmap_exports',
] as const satisfies readonly string[];
/** Those of answers to surveys; each names the `survey` that its answers are to. */
const answerKeys = ['surveymonkey', 'google_forms', 'csv'] as const;

export const experienceSchema = z
  .strictObject({
    backstage: z
      .array(backstageSchema)
      .default([])
      .describe('Backstage portals: what is posted of their use, and the tasks of their scaffolder.'),
    cortex: z.array(cortexSchema).default([]).describe('Scorecards of Cortex workspaces.'),
    surveys: z
      .array(surveySchema)
      .default([])
      .describe('What surveys ask: which question is which, and which answer names the team.'),
    forms: z
      .array(formSchema)
      .default([])
      .describe('Forms that are no surveys: their responses count as feedback, or as visits to office hours.'),
    surveymonkey: z.array(surveyMonkeySchema).default([]).describe('Surveys that are asked with SurveyMonkey.'),
    google_forms: z
      .array(googleFormsSchema)
      .default([])
      .describe('Surveys that are asked with Google Forms: by its API, or by CSV of Google Sheets.'),
    csv: z.array(csvSchema).default([]).describe('Tables of answers that any other survey tool exports.'),
    features: z.array(featureSchema).default([]).describe('What the platform offers, whose use is told.'),
    linear: z.array(linearSchema).default([]).describe('Workspaces of Linear whose issues are a roadmap.'),
    jira: z.array(jiraRoadmapSchema).default([]).describe('Issues of Jira that are a roadmap.'),
    github_projects: z.array(githubProjectSchema).default([]).describe('Projects of GitHub whose items are a roadmap.'),
    roadmap_exports: z
      .array(roadmapExportSchema)
      .default([])
      .describe('Exports of Jira, Linear and GitHub Projects in files, whose items are a roadmap.'),
    roadmap: roadmapSchema.prefault({}).describe('How the roadmap is told.'),
    scorecards: scorecardsSchema.prefault({}).describe('What of scorecards stands in metrics.'),
    privacy: privacySchema.prefault({}).describe('What is told of people, and how long anything of them is kept.'),
  })
  .check(ctx => {
    const value: Readonly<Record<string, unknown>> = ctx.value;
    const names = new Set<string>();
    for (const key of sourceKeys)
      for (const [index, { name }] of (value[key] as readonly { readonly name: string }[]).entries()) {
        if (names.has(name))
          ctx.issues.push({
            ...{ code: 'custom', path: [key, index, 'name'], input: name },
            message: 'expected a name of its own for each of several sources',
          });
        names.add(name);
      }
    const { backstage, surveys, forms, features, privacy } = ctx.value;
    const defined = [...surveys.map(({ survey }) => survey), ...forms.map(({ form }) => form)];
    for (const key of answerKeys)
      for (const [index, { survey }] of ctx.value[key].entries())
        if (!defined.includes(survey))
          ctx.issues.push({
            ...{ code: 'custom', path: [key, index, 'survey'], input: survey },
            message: `expected the name of a survey in experience.surveys, or of a form in experience.forms${defined.length > 0 ? `: ${defined.join(', ')}` : ''}`,
          });
    if (
      (backstage.length > 0 || surveys.length > 0 || forms.length > 0 || features.length > 0) &&
      privacy.pseudonym_key === undefined
    )
      ctx.issues.push({
        ...{ code: 'custom', path: ['privacy', 'pseudonym_key'], input: undefined },
        message: 'expected pseudonym_key_file: a file of 16 characters or more that nobody guesses, kept for good',
      });
    for (const [key, given] of [
      ['surveys', surveys.map(({ survey }) => survey)],
      ['forms', defined.slice(surveys.length)],
      ['features', features.map(({ feature }) => feature)],
    ] as const)
      for (const [index, name] of given.entries())
        if (given.indexOf(name) < index || (key === 'forms' && defined.indexOf(name) < surveys.length))
          ctx.issues.push({ code: 'custom', path: [key, index], input: name, message: 'expected a name of its own' });
  });

export type ExperienceConfig = z.infer<typeof experienceSchema>;
