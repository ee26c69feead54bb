/** Which of a tool's questions each configured one is. */
import { createHash } from 'node:crypto';
import { wildcard } from '../../catalog/wildcard.ts';
import type { QuestionConfig, SurveyConfig } from './config.ts';
import { spaced } from './numbers.ts';
import type { SurveyItem } from './told.ts';

/** Names that no configured question can have. */
export const teamQuestion = '(team)';
export const respondentQuestion = '(respondent)';

export interface Match {
  readonly question: QuestionConfig;
  /** Several where a form has the same question on several ways through it. */
  readonly items: readonly SurveyItem[];
}

export interface Matches {
  readonly questions: readonly Match[];
  readonly team: readonly SurveyItem[];
  readonly respondent: readonly SurveyItem[];
  /** How each configured question fares, for `plumbline check`. */
  readonly notes: readonly MatchNote[];
}

export interface MatchNote {
  readonly question: string;
  readonly items: number;
  /** `unmatched`, `multiple` (several choices are no number), or ''. */
  readonly problem: 'unmatched' | 'multiple' | '';
}

export function matchItems(config: SurveyConfig, items: readonly SurveyItem[]): Matches {
  const asked = items.map(item => ({ item, words: [spaced(item.id), spaced(item.text)] }));
  const find = (pattern: string): readonly SurveyItem[] => {
    const matches = wildcard([spaced(pattern)]);
    return asked.filter(({ words }) => words.some(matches)).map(({ item }) => item);
  };
  const single = (found: readonly SurveyItem[]) => found.filter(({ isMultiple = false }) => !isMultiple);
  const note = (question: string, found: readonly SurveyItem[]): MatchNote => ({
    question,
    items: found.length,
    problem: found.length === 0 ? 'unmatched' : single(found).length === 0 ? 'multiple' : '',
  });
  const questions = config.questions.map(question => ({ question, found: find(question.question) }));
  const team = config.team === undefined ? [] : find(config.team.question);
  const respondent = config.respondent === undefined ? [] : find(config.respondent);
  return {
    questions: questions.map(({ question, found }) => ({ question, items: single(found) })),
    team: single(team),
    respondent: single(respondent),
    notes: [
      ...questions.map(({ question, found }) => note(question.name, found)),
      ...(config.team === undefined ? [] : [note(teamQuestion, team)]),
      ...(config.respondent === undefined ? [] : [note(respondentQuestion, respondent)]),
    ],
  };
}

/** A tool's question in the ledger: some tools have no id but the text. */
export const itemKey = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 16);

/**
 * Changes where answers would be read otherwise: a source that skips what it has read takes it into its cursor, so that it
 * reads all again.
 */
export const surveyDigest = (config: SurveyConfig): string =>
  createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16);
