/**
 * Responses as `GET /v3/surveys/{id}/responses/bulk` has them: ids of choices, which the questions give their texts. Of a
 * response nothing is taken but what is named here: no IP address, name, e-mail, custom value or link to it.
 */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import { issuesOf } from '../../surveys/api-answer.ts';
import type { SurveyResponse } from '../../surveys/told.ts';
import type { Asked } from './details.ts';

const id = z.union([z.string(), z.number()]).transform(String);
const optionalId = id.nullish().transform(one => one ?? undefined);

const responseSchema = z.object({
  id,
  date_created: z.string(),
  date_modified: z.string().nullish(),
  response_status: z.string(),
  collection_mode: z.string().nullish(),
  pages: z
    .array(
      z.object({
        questions: z
          .array(
            z.object({
              id,
              answers: z
                .array(
                  z.object({
                    choice_id: optionalId,
                    row_id: optionalId,
                    col_id: optionalId,
                    other_id: optionalId,
                    text: z
                      .string()
                      .nullish()
                      .transform(one => one ?? undefined),
                  }),
                )
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

export interface ResponsesRead {
  readonly responses: readonly SurveyResponse[];
  readonly rejections: readonly Rejection[];
  /** What rejections are kept by, of every response that was looked at. */
  readonly read: readonly string[];
  /** When they last changed, in the order given; ISO 8601 in UTC. */
  readonly changed: readonly string[];
  /** How many could not be read at all. */
  readonly lost: number;
}

export function responsesOf(
  given: readonly unknown[],
  { asked, survey }: { readonly asked: Asked; readonly survey: string },
): ResponsesRead {
  const placeOf = (response: string) => `survey ${survey}, response ${response}`;
  const responses: SurveyResponse[] = [];
  const rejections: Rejection[] = [];
  const read: string[] = [];
  const changed: string[] = [];
  let lost = 0;
  for (const [index, one] of given.entries()) {
    const said = responseSchema.safeParse(one);
    if (!said.success) {
      const known = z.object({ id }).safeParse(one);
      const file = placeOf(known.success ? known.data.id : `at ${index + 1}`);
      lost += 1;
      read.push(file);
      rejections.push({ file, reason: 'not_understood', field: issuesOf(said.error) });
      continue;
    }
    const { data } = said;
    const file = placeOf(data.id);
    read.push(file);
    const submittedAt = instantOf(data.date_created);
    const updatedAt = instantOf(data.date_modified ?? data.date_created);
    if (submittedAt === undefined || updatedAt === undefined) {
      lost += 1;
      rejections.push({ file, reason: 'bad_time', field: 'date_created, date_modified' });
      continue;
    }
    changed.push(updatedAt);
    // What its author tries out is nobody's answer.
    if (data.collection_mode === 'preview' || data.collection_mode === 'survey_preview') continue;
    const isComplete = data.response_status === 'completed';
    const answers: Record<string, string[]> = {};
    // Of somebody over a quota, or disqualified, it counts only that there is no answer.
    const isCounted = isComplete || data.response_status === 'partial';
    for (const question of (isCounted && data.pages?.flatMap(page => page.questions ?? [])) || []) {
      const reader = asked.questions.get(question.id);
      if (!asked.questions.has(question.id))
        rejections.push({ file, reason: 'unknown_question', field: `question ${question.id}` });
      if (reader === undefined) continue;
      for (const answer of question.answers ?? []) {
        const found = reader.read(answer);
        if (found === undefined) rejections.push({ file, reason: 'unknown_choice', field: `question ${question.id}` });
        for (const [item, text] of found ?? []) {
          answers[item] ??= [];
          answers[item].push(text);
        }
      }
    }
    responses.push({ id: data.id, place: `response ${data.id}`, submittedAt, updatedAt, isComplete, answers });
  }
  return { responses, rejections, read, changed, lost };
}

/** "All date strings are implicitly in UTC" where they have no offset. */
function instantOf(text: string): string | undefined {
  const ms = Date.parse(/(z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
