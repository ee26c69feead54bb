/**
 * Questions as `GET /v1/forms/{id}` has them. A grid is a group of questions that share their columns. Files that were sent
 * are never read. Source: "REST Resource: forms".
 */
import { z } from 'zod';
import type { SurveyItem } from '../../surveys/told.ts';

const label = z.string().nullish();
const choiceSchema = z.object({
  type: label,
  options: z.array(z.object({ value: label, isOther: z.boolean().nullish() })).nullish(),
});

const questionSchema = z.object({
  questionId: z.string(),
  choiceQuestion: choiceSchema.nullish(),
  scaleQuestion: z.object({ low: z.int().nullish(), high: z.int() }).nullish(),
  ratingQuestion: z.object({ ratingScaleLevel: z.int() }).nullish(),
  rowQuestion: z.object({ title: label }).nullish(),
  fileUploadQuestion: z.unknown().optional(),
});

export const formSchema = z.object({
  items: z
    .array(
      z.object({
        itemId: label,
        title: label,
        questionItem: z.object({ question: questionSchema }).nullish(),
        questionGroupItem: z
          .object({ questions: z.array(questionSchema), grid: z.object({ columns: choiceSchema.nullish() }).nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});

type Question = z.infer<typeof questionSchema>;

export interface AskedForm {
  readonly items: readonly SurveyItem[];
  /** Ids of questions whose answers are not read. */
  readonly leftOut: ReadonlySet<string>;
}

export function askedBy({ items }: z.infer<typeof formSchema>): AskedForm {
  const found: SurveyItem[] = [];
  const leftOut = new Set<string>();
  const add = (question: Question, text: string, columns: z.infer<typeof choiceSchema> | null | undefined) => {
    const choices = choicesOf(question, columns);
    if (question.fileUploadQuestion !== undefined) leftOut.add(question.questionId);
    else
      found.push({
        ...{ id: question.questionId, text: text || question.questionId },
        ...(choices.length > 0 ? { choices } : {}),
        ...((columns ?? question.choiceQuestion)?.type === 'CHECKBOX' ? { isMultiple: true } : {}),
      });
  };
  for (const { title, questionItem, questionGroupItem } of items ?? []) {
    const text = (title ?? '').trim();
    if (questionItem) add(questionItem.question, text, undefined);
    for (const question of questionGroupItem?.questions ?? [])
      add(question, `${text} [${(question.rowQuestion?.title ?? '').trim()}]`, questionGroupItem?.grid?.columns);
  }
  return { items: found, leftOut };
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, Math.min(to - from + 1, 100)) }, (_, index) => String(from + index));

function choicesOf(question: Question, columns: z.infer<typeof choiceSchema> | null | undefined): readonly string[] {
  const { scaleQuestion, ratingQuestion, choiceQuestion } = question;
  if (scaleQuestion) return range(scaleQuestion.low ?? 0, scaleQuestion.high);
  if (ratingQuestion) return range(1, ratingQuestion.ratingScaleLevel);
  // What people type beside "Other" is no choice of the form's.
  return ((columns ?? choiceQuestion)?.options ?? []).flatMap(({ value, isOther }) =>
    isOther === true || !value ? [] : [value.trim()],
  );
}
