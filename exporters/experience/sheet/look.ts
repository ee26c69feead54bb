/**
 * A first look at a table of answers, for a configuration to begin with: what wrote it, and which of its questions are
 * scales. Questions are told, and answers never: of those it counts alone whether all are numbers or words of a known scale.
 */
import { readFile } from 'node:fs/promises';
import { gunzipped } from '../../core/gzip.ts';
import { type QuestionConfig, questionSchema } from '../surveys/config.ts';
import { numberOf, spaced } from '../surveys/numbers.ts';
import { readTimes } from './local-time.ts';
import { readSheet, type SheetRead } from './read.ts';
import { sheetRecords } from './records.ts';
import { microsoftTimes, type SheetToolName, sheetTools } from './tools.ts';

export interface SurveyLook {
  readonly tool: SheetToolName;
  /** The column of times, where the tool is not known by its columns. */
  readonly submitted?: string;
  /** Some times say no zone. */
  readonly isLocal: boolean;
  readonly responses: number;
  readonly questions: readonly QuestionLook[];
  /** The question that asks for the team. */
  readonly team?: string;
  /** Other questions, by text. */
  readonly others: readonly string[];
}

export interface QuestionLook {
  readonly text: string;
  readonly as: 'nps' | 'scale';
  /** Of a scale of numbers. */
  readonly max?: number;
  /** Of a scale of words, with what each stands for. */
  readonly answers?: Readonly<Record<string, number | null>>;
}

const mostBytes = 128 << 20;

/** The fault where it is no such table, by its name in the table `files`. */
export async function lookAtSurvey(file: string): Promise<SurveyLook | { readonly fault: string }> {
  const packed = await readFile(file);
  const bytes = await gunzipped(packed, mostBytes);
  if (typeof bytes === 'string') return { fault: bytes };
  const said = sheetRecords(bytes);
  if (typeof said === 'string') return { fault: said };
  const [header, ...rows] = said.records.map(({ fields }) => fields);
  const names = header ?? [];
  const known = toolOf(names, rows[1] ?? []);
  const timeColumn = known === 'other' ? timeColumnOf(names, rows) : undefined;
  if (known === 'other' && timeColumn === undefined) return { fault: 'missing_column' };
  const read = readSheet(bytes, {
    ...{ tool: known, timeZone: 'UTC', keyed: (text: string) => text },
    ...(timeColumn === undefined ? {} : { columns: { submitted: timeColumn } }),
  });
  if ('fault' in read) return { fault: read.fault };
  const found = read.items.map(item => ({ text: item.text, guess: guessOf(item.text, textsOf(read, item.id)) }));
  const team = found.find(({ text, guess }) => guess === undefined && asksForTeam.test(text))?.text;
  return {
    ...{ tool: known, isLocal: isLocal(bytes, known, timeColumn), responses: read.responses.length },
    ...(timeColumn === undefined ? {} : { submitted: timeColumn }),
    ...(team === undefined ? {} : { team }),
    questions: found.flatMap(({ text, guess }) => (guess === undefined ? [] : [{ text, ...guess }])),
    others: found.filter(({ text, guess }) => guess === undefined && text !== team).map(({ text }) => text),
  };
}

function toolOf(names: readonly string[], third: readonly string[]): SheetToolName {
  const has = (...wanted: readonly string[]) => wanted.every(name => names.some(one => spaced(one) === spaced(name)));
  if (third.some(field => field.includes('ImportId'))) return 'qualtrics';
  if (sheetTools.surveymonkey.id.some(id => has(id)) && sheetTools.surveymonkey.submitted.some(time => has(time)))
    return 'surveymonkey';
  if (microsoftTimes.some(times => has(...times))) return 'microsoft_forms';
  if (has('Submit Date (UTC)')) return 'typeform';
  if (has('submitdate', 'lastpage') || has('Date submitted', 'Last page')) return 'limesurvey';
  return sheetTools.google.submitted.some(name => has(name)) ? 'google' : 'other';
}

/** The first of which every cell is a time. */
function timeColumnOf(names: readonly string[], rows: readonly (readonly string[])[]): string | undefined {
  return names.find((name, index) => {
    const texts = rows.map(row => row[index] ?? '');
    return name !== '' && rows.length > 0 && readTimes(texts, { timeZone: 'UTC' }).every(time => 'at' in time);
  });
}

function isLocal(bytes: Buffer, tool: SheetToolName, submitted: string | undefined): boolean {
  const read = readSheet(bytes, {
    tool,
    keyed: text => text,
    ...(submitted === undefined ? {} : { columns: { submitted } }),
  });
  return !('fault' in read) && read.rejections.some(({ reason }) => reason === 'no_time_zone');
}

const textsOf = ({ responses }: SheetRead, item: string): readonly string[] =>
  responses.flatMap(({ answers }) => answers[item] ?? []);

const wordScales: readonly Readonly<Record<string, number | null>>[] = [
  { 'Strongly disagree': 1, Disagree: 2, Neutral: 3, 'Neither agree nor disagree': 3, Agree: 4, 'Strongly agree': 5 },
  {
    'Very dissatisfied': 1,
    Dissatisfied: 2,
    Neutral: 3,
    'Neither satisfied nor dissatisfied': 3,
    Satisfied: 4,
    'Very satisfied': 5,
  },
  { Never: 1, Rarely: 2, Sometimes: 3, Often: 4, Always: 5 },
  { 'Very poor': 1, Poor: 2, Fair: 3, Good: 4, 'Very good': 5 },
  { 'Very difficult': 1, Difficult: 2, Neutral: 3, Easy: 4, 'Very easy': 5 },
];
/** Questions of a Net Promoter Score, and those for a team, in the languages of whoever asks. */
const recommends =
  /\brecommend|\brecom(iend|end)|empf(ehl|iehl)|recommand|consigli|raccomand|aanbevel|aanraden|\bpole[cć]|doporuč|rekommender|anbefal|推[荐薦]|薦め|勧め|추천/i;
const asksForTeam = /\b(team|squad|équipe|equipo|equipe|gruppo|tým|zespół)\b|チーム|团队|團隊|소속 팀/i;
const noAnswers = ['Not applicable', 'N/A', "Don't know", 'I don’t know', "I don't know"] as const;
/** Fewer tell of no scale. */
const enough = 3;

function guessOf(text: string, texts: readonly string[]): Omit<QuestionLook, 'text'> | undefined {
  if (texts.length < enough) return undefined;
  const fits = (question: Readonly<Record<string, unknown>>) => {
    const config: QuestionConfig = questionSchema.parse({ question: text, name: 'look', ...question });
    return texts.every(one => {
      const number = numberOf(one, config);
      return number !== undefined && 'value' in number && Number.isInteger(number.value);
    });
  };
  if (recommends.test(text) && fits({ as: 'nps' })) return { as: 'nps' };
  for (const max of [5, 7, 10]) if (fits({ as: 'scale', max })) return { as: 'scale', max };
  const used = new Set(texts.map(spaced));
  for (const words of wordScales) {
    const known = { ...words, ...Object.fromEntries(noAnswers.map(word => [word, null])) };
    const answers = Object.fromEntries(Object.entries(known).filter(([word]) => used.has(spaced(word))));
    const numbers = Object.values(answers).filter(value => value !== null);
    if (numbers.length > 1 && Object.keys(answers).length >= used.size) return { as: 'scale', answers };
  }
  return undefined;
}
