/** The `experience:` section of plumbline.yaml. */
import { z } from 'zod';
import { roadmapSchema } from './roadmap/config.ts';
import { githubProjectSchema } from './sources/github-projects/config.ts';
import { jiraRoadmapSchema } from './sources/jira/config.ts';
import { linearSchema } from './sources/linear/config.ts';
import { privacySchema, surveySchema } from './surveys/config.ts';
import { featureSchema } from './usage/config.ts';

/** Keys that are lists of sources; each has a `name`, and no two of them the same. */
const sourceKeys = ['linear', 'jira', 'github_projects'] as const satisfies readonly string[];

export const experienceSchema = z
  .strictObject({
    surveys: z
      .array(surveySchema)
      .default([])
      .describe('What surveys ask: which question is which, and which answer names the team.'),
    features: z.array(featureSchema).default([]).describe('What the platform offers, whose use is told.'),
    linear: z.array(linearSchema).default([]).describe('Workspaces of Linear whose issues are a roadmap.'),
    jira: z.array(jiraRoadmapSchema).default([]).describe('Issues of Jira that are a roadmap.'),
    github_projects: z.array(githubProjectSchema).default([]).describe('Projects of GitHub whose items are a roadmap.'),
    roadmap: roadmapSchema.prefault({}).describe('How the roadmap is told.'),
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
    const { surveys, features, privacy } = ctx.value;
    if ((surveys.length > 0 || features.length > 0) && privacy.pseudonym_key === undefined)
      ctx.issues.push({
        ...{ code: 'custom', path: ['privacy', 'pseudonym_key'], input: undefined },
        message: 'expected pseudonym_key_file: a file of 16 characters or more that nobody guesses, kept for good',
      });
    for (const [key, given] of [
      ['surveys', surveys.map(({ survey }) => survey)],
      ['features', features.map(({ feature }) => feature)],
    ] as const)
      for (const [index, name] of given.entries())
        if (given.indexOf(name) < index)
          ctx.issues.push({ code: 'custom', path: [key, index], input: name, message: 'expected a name of its own' });
  });

export type ExperienceConfig = z.infer<typeof experienceSchema>;
