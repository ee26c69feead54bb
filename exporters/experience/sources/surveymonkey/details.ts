/**
 * Questions as `GET /v3/surveys/{id}/details` has them, and what the ids in responses mean by them. Presentations ask
 * nothing; contact data (the family `demographic`) and files that were sent are never read.
 * Source: api.surveymonkey.com/v3/docs, "Formatting Question Types".
 */
import { z } from 'zod';
import { plainText } from '../../surveys/plain-text.ts';
import type { SurveyItem } from '../../surveys/told.ts';

const id = z.union([z.string(), z.number()]).transform(String);
const label = z.string().nullish();

const choiceSchema = z.object({
  id,
  text: label,
  weight: z.number().nullish(),
  position: z.number().nullish(),
});
const rowSchema = z.object({ id, text: label });
const otherSchema = z.object({ id, text: label, is_answer_choice: z.boolean().nullish() });
const answersSchema = z.object({
  choices: z.array(choiceSchema).nullish(),
  rows: z.array(rowSchema).nullish(),
  cols: z.array(z.object({ id, text: label, choices: z.array(choiceSchema).nullish() })).nullish(),
  // One in answers, though the documentation says a list.
  other: z.union([otherSchema.transform(one => [one]), z.array(otherSchema)]).nullish(),
});
const questionSchema = z.object({
  id,
  family: z.string(),
  subtype: z.string().nullish(),
  headings: z.array(z.object({ heading: label })).nullish(),
  answers: answersSchema.nullish(),
  display_options: z.object({ display_type: label }).nullish(),
});
type Question = z.infer<typeof questionSchema>;
type Choice = z.infer<typeof choiceSchema>;

export const detailsSchema = z.object({
  title: label,
  pages: z.array(z.object({ questions: z.array(questionSchema).nullish() })),
});

export interface RawAnswer {
  readonly choice_id?: string | undefined;
  readonly row_id?: string | undefined;
  readonly col_id?: string | undefined;
  readonly other_id?: string | undefined;
  readonly text?: string | undefined;
}

export interface AskedQuestion {
  readonly items: readonly SurveyItem[];
  /** The item that an answer belongs to and its text; undefined where the ids mean nothing. */
  readonly read: (answer: RawAnswer) => readonly (readonly [item: string, text: string])[] | undefined;
}

export interface Asked {
  readonly items: readonly SurveyItem[];
  /** By id; `undefined` are those that are not read, whatever was answered. */
  readonly questions: ReadonlyMap<string, AskedQuestion | undefined>;
  /** Of families that are not known. */
  readonly unknown: readonly string[];
}

export function askedBy({ pages }: z.infer<typeof detailsSchema>): Asked {
  const questions = new Map<string, AskedQuestion | undefined>();
  const unknown: string[] = [];
  for (const question of pages.flatMap(page => page.questions ?? [])) {
    const known = readerOf(question);
    if (known === 'unknown') unknown.push(question.id);
    questions.set(question.id, known === 'unknown' || known === 'left_out' ? undefined : known);
  }
  return { items: [...questions.values()].flatMap(question => question?.items ?? []), questions, unknown };
}

function readerOf(question: Question): AskedQuestion | 'left_out' | 'unknown' {
  switch (question.family) {
    case 'single_choice':
      return chosen(question, false);
    case 'multiple_choice':
      return chosen(question, true);
    case 'matrix':
      return question.subtype === 'menu' ? menus(question) : grid(question);
    case 'open_ended':
      return question.display_options?.display_type === 'file_upload' ? 'left_out' : written(question);
    case 'datetime':
      return written(question);
    case 'presentation':
    case 'demographic':
      return 'left_out';
    default:
      return 'unknown';
  }
}

const textOf = ({ id, headings }: Question): string => plainText(headings?.[0]?.heading) || id;

const choiceText = ({ id, text, weight, position }: Choice): string =>
  // Stars and smileys have no words.
  plainText(text) || String(weight ?? position ?? id);

const textsOf = (choices: readonly Choice[] | null | undefined) =>
  new Map((choices ?? []).map(choice => [choice.id, choiceText(choice)] as const));

/** The free text beside choices, an item of its own. */
function otherOf(question: Question): {
  readonly items: readonly SurveyItem[];
  readonly read: (answer: RawAnswer) => readonly (readonly [string, string])[] | undefined;
  /** Texts of those that are choices too. */
  readonly choices: readonly string[];
} {
  const others = question.answers?.other ?? [];
  const words = (other: (typeof others)[number]) => plainText(other.text) || 'Other';
  return {
    items: others.map(other => ({ id: `${question.id}:${other.id}`, text: `${textOf(question)} [${words(other)}]` })),
    choices: others.filter(({ is_answer_choice }) => is_answer_choice === true).map(words),
    read: ({ other_id, text }) => {
      const other = others.find(({ id }) => id === other_id);
      if (other === undefined) return undefined;
      return [
        ...(other.is_answer_choice === true ? [[question.id, words(other)] as const] : []),
        ...(text ? [[`${question.id}:${other.id}`, text] as const] : []),
      ];
    },
  };
}

function chosen(question: Question, isMultiple: boolean): AskedQuestion {
  const texts = textsOf(question.answers?.choices);
  const other = otherOf(question);
  const choices = [...texts.values(), ...other.choices];
  return {
    items: [
      { id: question.id, text: textOf(question), choices, ...(isMultiple ? { isMultiple } : {}) },
      ...other.items,
    ],
    read: answer => {
      if (answer.other_id !== undefined) return other.read(answer);
      const text = texts.get(answer.choice_id ?? '');
      return text === undefined ? undefined : [[question.id, text]];
    },
  };
}

/** An item a row; the only row of a scale, such as the one of a Net Promoter Score, is the question. */
function rowsOf(question: Question): ReadonlyMap<string, { readonly id: string; readonly text: string }> {
  const rows = question.answers?.rows ?? [];
  return new Map(
    rows.map(row => {
      const words = plainText(row.text);
      return [
        row.id,
        {
          id: rows.length === 1 ? question.id : `${question.id}:${row.id}`,
          text: words === '' ? textOf(question) : `${textOf(question)} [${words}]`,
        },
      ] as const;
    }),
  );
}

function grid(question: Question): AskedQuestion {
  const rows = rowsOf(question);
  const texts = textsOf(question.answers?.choices);
  const other = otherOf(question);
  const isMultiple = question.subtype === 'multi';
  return {
    items: [
      ...[...rows.values()].map(row => ({
        ...row,
        choices: [...texts.values()],
        ...(isMultiple ? { isMultiple } : {}),
      })),
      ...other.items,
    ],
    read: answer => {
      if (answer.other_id !== undefined) return other.read(answer);
      const row = rows.get(answer.row_id ?? '');
      const text = texts.get(answer.choice_id ?? '');
      return row === undefined || text === undefined ? undefined : [[row.id, text]];
    },
  };
}

function menus(question: Question): AskedQuestion {
  const rows = rowsOf(question);
  const other = otherOf(question);
  const columns = new Map(
    (question.answers?.cols ?? []).map(
      column => [column.id, { words: plainText(column.text) || column.id, texts: textsOf(column.choices) }] as const,
    ),
  );
  return {
    items: [
      ...[...rows.values()].flatMap(row =>
        [...columns].map(([column, { words, texts }]) => ({
          ...{ id: `${row.id}:${column}`, text: `${row.text} [${words}]`, choices: [...texts.values()] },
        })),
      ),
      ...other.items,
    ],
    read: answer => {
      if (answer.other_id !== undefined) return other.read(answer);
      const row = rows.get(answer.row_id ?? '');
      const column = columns.get(answer.col_id ?? '');
      const text = column?.texts.get(answer.choice_id ?? '');
      return row === undefined || text === undefined ? undefined : [[`${row.id}:${answer.col_id}`, text]];
    },
  };
}

/** Free text, numbers, a slider, a date; with rows where there are several fields. */
function written(question: Question): AskedQuestion {
  const rows = rowsOf(question);
  if (rows.size === 0)
    return {
      items: [{ id: question.id, text: textOf(question) }],
      read: ({ text }) => (text === undefined ? undefined : [[question.id, text]]),
    };
  return {
    items: [...rows.values()],
    read: ({ row_id, text }) => {
      const row = rows.get(row_id ?? '') ?? (rows.size === 1 ? [...rows.values()][0] : undefined);
      return row === undefined || text === undefined ? undefined : [[row.id, text]];
    },
  };
}
