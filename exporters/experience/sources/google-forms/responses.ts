/**
 * Responses as `GET /v1/forms/{id}/responses` has them. The e-mail address of who responded is taken where the survey's
 * `respondent` asks for it, to become a pseudonym. Source: "REST Resource: forms.responses".
 */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import { issuesOf } from '../../surveys/api-answer.ts';
import type { SurveyItem, SurveyResponse } from '../../surveys/told.ts';
import type { AskedForm } from './form.ts';

/** As the sheet of a form calls it. */
export const emailItem: SurveyItem = { id: 'respondentEmail', text: 'Email Address' };

const responseSchema = z.object({
  responseId: z.string(),
  createTime: z.string(),
  lastSubmittedTime: z.string().nullish(),
  respondentEmail: z.string().nullish(),
  answers: z
    .record(
      z.string(),
      z.object({
        textAnswers: z.object({ answers: z.array(z.object({ value: z.string().nullish() })).nullish() }).nullish(),
      }),
    )
    .nullish(),
});

export interface ResponsesRead {
  readonly responses: readonly SurveyResponse[];
  readonly rejections: readonly Rejection[];
  /** Every place that was looked at. */
  readonly read: readonly string[];
  /** How many could not be read at all. */
  readonly lost: number;
}

export function responsesOf(
  given: readonly unknown[],
  { asked, form, isEmailAsked }: { readonly asked: AskedForm; readonly form: string; readonly isEmailAsked: boolean },
): ResponsesRead {
  const known = new Set(asked.items.map(({ id }) => id));
  const responses: SurveyResponse[] = [];
  const rejections: Rejection[] = [];
  const read: string[] = [];
  let lost = 0;
  for (const [index, one] of given.entries()) {
    const said = responseSchema.safeParse(one);
    if (!said.success) {
      const named = z.object({ responseId: z.string() }).safeParse(one);
      const file = `form ${form}, response ${named.success ? named.data.responseId : `at ${index + 1}`}`;
      lost += 1;
      read.push(file);
      rejections.push({ file, reason: 'not_understood', field: issuesOf(said.error) });
      continue;
    }
    const { responseId, createTime, lastSubmittedTime, respondentEmail, answers } = said.data;
    const file = `form ${form}, response ${responseId}`;
    read.push(file);
    const submittedAt = instantOf(createTime);
    const updatedAt = instantOf(lastSubmittedTime ?? createTime);
    if (submittedAt === undefined || updatedAt === undefined) {
      lost += 1;
      rejections.push({ file, reason: 'bad_time', field: 'createTime, lastSubmittedTime' });
      continue;
    }
    const texts: Record<string, readonly string[]> = {};
    for (const [question, { textAnswers }] of Object.entries(answers ?? {})) {
      if (asked.leftOut.has(question)) continue;
      // A question that was deleted keeps its answers.
      if (known.has(question))
        texts[question] = (textAnswers?.answers ?? []).flatMap(({ value }) => value?.trim() || []);
    }
    if (isEmailAsked && respondentEmail) texts[emailItem.id] = [respondentEmail];
    responses.push({
      ...{ id: responseId, place: `response ${responseId}`, submittedAt, updatedAt, isComplete: true, answers: texts },
    });
  }
  return { responses, rejections, read, lost };
}

function instantOf(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
