/** Numbers from texts of answers: 10, "10 - Extremely likely", "Strongly agree (5)", "7/10", "15 %". */
import { fold } from '../../catalog/refs.ts';
import type { QuestionConfig } from './config.ts';

/** `undefined` is no answer: left empty, or a choice that the configuration says is none. */
export type Read = { readonly value: number } | { readonly reason: AnswerReason } | undefined;

/** Why an answer counts for nothing; a rejection names it, with the response and the question, never the answer. */
export type AnswerReason =
  | 'answer_unknown'
  | 'answer_out_of_range'
  | 'answers_several'
  | 'question_answered_twice'
  | 'team_unknown';

/** Reads one text as the question's own unit: 0 to 10 of nps, min to max of a scale, 1 to 6 or a percentage. */
export function numberOf(text: string, question: QuestionConfig): Read {
  if (text.trim() === '') return undefined;
  const { min, max } = rangeOf(question);
  const given = question.as === 'nps' ? undefined : givenBy(question.answers, text);
  if (given === null) return undefined;
  const value = given ?? numberIn(text, max, isPercentage(question)) ?? wordsOf(text, question);
  if (value === undefined) return { reason: 'answer_unknown' };
  const isWhole = question.as === 'scale' || isPercentage(question) || Number.isInteger(value);
  return isWhole && value >= min && value <= max ? { value } : { reason: 'answer_out_of_range' };
}

export const isPercentage = (question: QuestionConfig): boolean =>
  question.as === 'quick_check' && (question.metric === 'change_fail_rate' || question.metric === 'rework_rate');

export function rangeOf(question: QuestionConfig): { readonly min: number; readonly max: number } {
  if (question.as === 'nps') return { min: 0, max: 10 };
  if (question.as === 'scale') return { min: question.min, max: question.max };
  return isPercentage(question) ? { min: 0, max: 100 } : { min: 1, max: 6 };
}

function givenBy(answers: Readonly<Record<string, number | null>>, text: string): number | null | undefined {
  const wanted = spaced(text);
  for (const [answer, value] of Object.entries(answers)) if (spaced(answer) === wanted) return value;
  return undefined;
}

const plain = /^([+-]?\d+(?:[.,]\d+)?)$/;
const ofMost = /^(\d+(?:[.,]\d+)?)\s*(?:\/|out of)\s*(\d+)$/i;
const percent = /^(\d+(?:[.,]\d+)?)\s*(?:%|percent)$/i;
// A label beside the number may hold no other number: "1-2 days" is neither 1 nor 2.
const leading = /^([+-]?\d+(?:[.,]\d+)?)(?![\d.,]*\d)\s*(?:[-–—:.)=(]\s*|\s+)\D+$/;
const trailing = /^\D*[^\d.,+-]\(?([+-]?\d+(?:[.,]\d+)?)\)?$/;

function numberIn(text: string, max: number, isShare: boolean): number | undefined {
  const trimmed = text.trim();
  const most = ofMost.exec(trimmed);
  if (most) return Number(most[2]) === max ? decimal(most[1]!) : undefined;
  const share = percent.exec(trimmed);
  if (share) return isShare ? decimal(share[1]!) : undefined;
  const found = plain.exec(trimmed) ?? leading.exec(trimmed) ?? trailing.exec(trimmed);
  return found ? decimal(found[1]!) : undefined;
}

/** Answers of dora.dev's Quick Check, slowest first (metrics_question_responses.json of dora-team/dora.dev). */
const quickCheckWords: readonly (readonly string[])[] = [
  ['more than six months', 'less than once per six months', 'fewer than once per six months'],
  ['one to six months', 'one month to six months', 'between once per month and once every six months'],
  ['one week to one month', 'between once per week and once per month'],
  ['one day to one week', 'between once per day and once per week'],
  ['less than one day', 'between once per hour and once per day'],
  ['less than one hour', 'on demand (multiple deploys per day)', 'on demand'],
];

function wordsOf(text: string, question: QuestionConfig): number | undefined {
  if (question.as !== 'quick_check' || isPercentage(question)) return undefined;
  const index = quickCheckWords.findIndex(words => words.includes(spaced(text).replace(/[.]$/, '')));
  return index < 0 ? undefined : index + 1;
}

const decimal = (digits: string) => Number(digits.replace(',', '.'));

/** Case and spaces do not matter. */
export const spaced = (text: string): string => fold(text).replace(/\s+/g, ' ');
