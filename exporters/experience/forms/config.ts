/** `experience.forms` in plumbline.yaml: forms whose responses are feedback, or visits to office hours. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected lower case letters, digits, hyphens and underscores, 64 at most');

export const formSchema = z.strictObject({
  form: name.describe('Its name: sources of answers (google_forms, csv, surveymonkey) give it as their survey.'),
  counts_as: z
    .enum(['feedback', 'office_hours'])
    .describe('Each response is a piece of feedback that waits for an answer, or a visit to office hours.'),
  team: text
    .default('platform')
    .describe('Whom it is for: a team of the catalog, by its name or an alias; another word is unowned.'),
  area: z
    .strictObject({
      question: text.describe('The question (the column) that says what it is about.'),
      answers: z
        .record(text, text)
        .describe('The area that each answer is. Others have none: what people write is no label.'),
    })
    .optional(),
  answered: text
    .optional()
    .describe(
      'The column in which whoever answers notes that they have, such as a date: feedback whose cell is empty waits. Kept as a time alone.',
    ),
});

export type FormConfig = z.infer<typeof formSchema>;
