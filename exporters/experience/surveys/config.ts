/** `experience.surveys`, `experience.privacy` in plumbline.yaml: what questions mean, and what is told of their answers. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected lower case letters, digits, hyphens and underscores, 64 at most');

export const spaceDimensions = [
  ...(['satisfaction', 'performance', 'activity', 'communication', 'efficiency'] as const),
] as const;
/** Of SPACE: satisfaction and well-being, performance, activity, communication and collaboration, efficiency and flow. */
export type SpaceDimension = (typeof spaceDimensions)[number];

export const quickChecks = [
  ...(['lead_time', 'deployment_frequency', 'recovery_time', 'change_fail_rate', 'rework_rate'] as const),
] as const;
/** The five questions of DORA's Quick Check. */
export type QuickCheck = (typeof quickChecks)[number];

const questionShape = {
  question: text.describe("Its text or the tool's id of it; * is any text, case and spaces do not matter."),
  name: label.describe('The label "question" of what it gives.'),
};

export const questionSchema = z.discriminatedUnion('as', [
  z.strictObject({
    ...questionShape,
    as: z.literal('nps').describe('How likely one is to recommend it: 0 to 10, promoters 9 and 10, detractors 0 to 6.'),
    about: z.enum(['platform', 'employer']).default('platform').describe('NPS of the platform, or eNPS.'),
  }),
  z
    .strictObject({
      ...questionShape,
      as: z.literal('scale').describe('A scale: numbers, or choices that are given theirs in answers.'),
      dimension: z.enum(spaceDimensions).optional().describe('The dimension of SPACE that it asks about.'),
      min: z.number().default(1).describe('The lowest answer, the worst unless reversed.'),
      max: z.number().default(5).describe('The highest.'),
      is_reversed: z.boolean().default(false).describe('The highest answer is the worst.'),
      answers: z
        .record(text, z.number().nullable())
        .default({})
        .describe('The number that each choice stands for; null where it is no answer, as "Not applicable".'),
    })
    .refine(({ min, max }) => min < max, { path: ['max'], error: 'expected more than min' }),
  z.strictObject({
    ...questionShape,
    as: z.literal('quick_check').describe("A question of DORA's Quick Check, in its words or as answers says."),
    metric: z.enum(quickChecks),
    answers: z
      .record(text, z.number().nullable())
      .default({})
      .describe('What each choice stands for: 1 to 6 from the slowest on, or a percentage.'),
  }),
]);
export type QuestionConfig = z.infer<typeof questionSchema>;

const waveSchema = z.strictObject({
  wave: label.describe('The label "wave" of it, such as 2026-autumn.'),
  from: z.iso.date().describe('The first day that answers count for it, in UTC.'),
  until: z.iso.date().describe('The last.'),
});

export const surveySchema = z
  .strictObject({
    survey: label.describe('The label "survey" of all that it gives; sources name it.'),
    cadence: z
      .enum(['month', 'quarter', 'half_year', 'year'])
      .default('quarter')
      .describe('How often it is asked: answers of one such period are one wave, unless waves are given.'),
    waves: z.array(waveSchema).default([]).describe('Its waves, where they are not those of the calendar.'),
    open_days: z
      .int()
      .min(1)
      .optional()
      .describe('A wave closes so many days after its first answer; unless given, with its period.'),
    team: z
      .strictObject({
        question: text.describe('The question whose answer names the team.'),
        answers: z.record(text, text).default({}).describe("The catalog's team that each answer is, where it differs."),
      })
      .optional()
      .describe('Which answer names the team; without it results are of the whole organisation.'),
    respondent: text
      .optional()
      .describe(
        'A question that tells one person from another, such as an e-mail address: of several responses of one in a wave the newest counts. Kept only as a pseudonym.',
      ),
    population: z
      .strictObject({
        total: z.int().min(1).optional().describe('How many were asked.'),
        teams: z.record(text, z.int().min(0)).default({}).describe('How many of each team.'),
        from_catalog: z.boolean().default(false).describe("Members of the catalog's groups."),
      })
      .prefault({})
      .describe('How many could answer: response rates and the finite-population factor are absent without it.'),
    questions: z.array(questionSchema).min(1),
  })
  .check(ctx => {
    const unique = (key: 'questions' | 'waves', names: readonly string[]) => {
      for (const [index, name] of names.entries())
        if (names.indexOf(name) < index)
          ctx.issues.push({ code: 'custom', path: [key, index], input: name, message: 'expected a name of its own' });
    };
    unique(
      'questions',
      ctx.value.questions.map(({ name }) => name),
    );
    unique(
      'waves',
      ctx.value.waves.map(({ wave }) => wave),
    );
    const waves = [...ctx.value.waves].sort((a, b) => (a.from < b.from ? -1 : 1));
    for (const [index, { from, until }] of waves.entries())
      if (until < from || (waves[index + 1]?.from ?? '9999') <= until)
        ctx.issues.push({
          ...{ code: 'custom', path: ['waves'], input: from },
          message: 'expected waves that end after they begin and do not overlap',
        });
  });
export type SurveyConfig = z.infer<typeof surveySchema>;

export const privacySchema = z.strictObject({
  minimum_group: z
    .int()
    .min(3)
    .default(5)
    .describe('k: nothing is told of answers or of people where fewer than so many of a group gave or are them.'),
  retention_days: z
    .int()
    .min(30)
    .default(400)
    .describe('Single answers and events, which hold no name, are deleted after so many days; results stay.'),
  pseudonym_key: text
    .min(16)
    .optional()
    .describe(
      'The secret that pseudonyms are made with; better in pseudonym_key_file. With another, people count as new.',
    ),
  pseudonym_key_file: text.optional().describe('A file that holds it.'),
});
export type PrivacyConfig = z.infer<typeof privacySchema>;
