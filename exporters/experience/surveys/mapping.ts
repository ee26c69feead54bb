/**
 * From what a tool told of a response to what the ledger keeps of it: pseudonyms, a team, numbers. No text of an answer
 * goes further than this file.
 */
import { createHash } from 'node:crypto';
import { type Ownership, unowned } from '../../catalog/ownership.ts';
import type { Rejection } from '../../core/rejections.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import type { SurveyConfig } from './config.ts';
import { itemKey, type Matches, teamQuestion } from './matching.ts';
import { type AnswerReason, numberOf, spaced } from './numbers.ts';
import type { SurveyItem, SurveyResponse } from './told.ts';

export interface MappedAnswer {
  readonly question: string;
  readonly item: string;
  /** Which answer it is, keyed: another where the text is another, though its number may be the same. */
  readonly raw: string;
  readonly value: number;
}

export interface MappedResponse {
  readonly response: string;
  /** The same where two definitions of surveys read the same answers: what they tell together must not tell more. */
  readonly trace: string;
  readonly respondent: string | undefined;
  readonly submittedOn: string;
  readonly team: string;
  readonly answers: readonly MappedAnswer[];
  /** Of the team and the answers. */
  readonly digest: string;
  readonly place: string;
  readonly rejections: readonly Rejection[];
}

export interface MappingContext {
  readonly source: string;
  readonly config: SurveyConfig;
  readonly matches: Matches;
  readonly pseudonyms: Pseudonyms;
  /** Who owned what on a UTC day. */
  readonly ownershipOn: (day: string) => Ownership;
  /** The wave of a UTC day: a person has another pseudonym in each, so that answers of two can't be joined. */
  readonly waveOn: (day: string) => string | undefined;
}

export function mapResponse(told: SurveyResponse, context: MappingContext): MappedResponse {
  const { source, config, matches, pseudonyms, ownershipOn, waveOn } = context;
  const submittedOn = told.submittedAt.slice(0, 10);
  const response = responsePseudonym(pseudonyms, config.survey, source, told.id);
  // Many tools number the answers of each form from 1: what tells them apart is when they were begun.
  const trace = pseudonyms('survey trace', `${told.id}\n${told.submittedAt.slice(0, 'YYYY-MM-DDTHH:MM'.length)}`);
  const place = placeOf(told, context);
  const rejections: Rejection[] = [];
  const reject = (field: string, reason: AnswerReason) => rejections.push({ file: place, reason, field });

  const answers: MappedAnswer[] = [];
  for (const { question, items } of matches.questions) {
    const given = answeredOf(told, items);
    if (given.length === 0) continue;
    if (given.length > 1) {
      reject(question.name, 'question_answered_twice');
      continue;
    }
    const [{ item, texts }] = given as [Given];
    if (texts.length > 1) {
      reject(question.name, 'answers_several');
      continue;
    }
    const read = numberOf(texts[0]!, question);
    if (read === undefined) continue;
    if ('reason' in read) reject(question.name, read.reason);
    else
      answers.push({
        ...{ question: question.name, item: itemKey(item.id), value: read.value },
        raw: pseudonyms('survey answer', `${told.id}\n${spaced(texts[0]!)}`),
      });
  }

  const team = teamOf(told, config, matches.team, ownershipOn(submittedOn));
  if (team === undefined) reject(teamQuestion, 'team_unknown');
  const who = answeredOf(told, matches.respondent)[0]?.texts[0];
  const kept = { team: team ?? unowned, answers: answers.toSorted((a, b) => (a.question < b.question ? -1 : 1)) };
  const respondent =
    who === undefined
      ? undefined
      : pseudonyms('survey respondent', `${config.survey}\n${waveOn(submittedOn) ?? ''}\n${spaced(who)}`);
  return {
    ...{ response, trace, respondent, submittedOn, place, rejections },
    ...kept,
    digest: createHash('sha256')
      .update(JSON.stringify([kept, respondent, submittedOn]))
      .digest('hex')
      .slice(0, 16),
  };
}

/** How rejections name a response. */
export const placeOf = (
  { id, place }: Pick<SurveyResponse, 'id' | 'place'>,
  { pseudonyms, config, source }: Pick<MappingContext, 'pseudonyms' | 'config' | 'source'>,
): string => place ?? `response ${responsePseudonym(pseudonyms, config.survey, source, id).slice(0, 12)}`;

export const responsePseudonym = (pseudonyms: Pseudonyms, survey: string, source: string, id: string): string =>
  pseudonyms('survey response', `${survey}\n${source}\n${id}`);

interface Given {
  readonly item: SurveyItem;
  readonly texts: readonly string[];
}

/** What was answered to any of the items, without what was left empty. */
const answeredOf = ({ answers }: SurveyResponse, items: readonly SurveyItem[]): readonly Given[] =>
  items.flatMap(item => {
    const texts = (answers[item.id] ?? []).filter(text => text.trim() !== '');
    return texts.length === 0 ? [] : [{ item, texts }];
  });

/**
 * The team that the answer names; 'unowned' where nobody was asked or nothing said; undefined where it is a word that
 * neither the configuration, the catalog nor the form's choices know: what somebody typed must not become a label.
 */
function teamOf(
  told: SurveyResponse,
  { team }: SurveyConfig,
  items: readonly SurveyItem[],
  ownership: Ownership,
): string | undefined {
  const given = answeredOf(told, items);
  if (team === undefined || given.length === 0) return unowned;
  const [{ item, texts }] = given as [Given];
  if (given.length > 1 || texts.length > 1) return undefined;
  return teamNamed(texts[0]!, team, item, ownership);
}

export function teamNamed(
  text: string,
  { answers }: NonNullable<SurveyConfig['team']>,
  { choices = [] }: SurveyItem,
  { names, teams }: Ownership,
): string | undefined {
  const wanted = spaced(text);
  const given = Object.entries(answers).find(([answer]) => spaced(answer) === wanted)?.[1];
  const named = names.teamOf(given ?? text);
  if (named === undefined) return undefined;
  const isKnown = given !== undefined || teams.includes(named) || choices.some(choice => spaced(choice) === wanted);
  return isKnown ? named : undefined;
}
