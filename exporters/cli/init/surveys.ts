/** Surveys from tables of answers: the questions that are scales, for a person to say what they are about. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { explainFile } from '../../core/file-faults.ts';
import type { Ledger } from '../../core/ledger.ts';
import { lookAtSurvey, type SurveyLook } from '../../experience/index.ts';
import { PlumblineError } from '../errors.ts';
import { count } from '../output.ts';

export interface ProposedSurvey extends SurveyLook {
  readonly path: string;
  /** As written in the file. */
  readonly where: string;
}

/** Errors: COMMAND_USAGE where a path is none, no such table, or has no question that is a scale. */
export async function lookAtSurveys(files: readonly string[]): Promise<readonly Omit<ProposedSurvey, 'where'>[]> {
  const found: Omit<ProposedSurvey, 'where'>[] = [];
  for (const file of files) {
    const place = path.resolve(file);
    if (!existsSync(place) || !statSync(place).isFile())
      throw new PlumblineError('COMMAND_USAGE', { reason: `--survey ${file} is no file` });
    const look = await lookAtSurvey(place);
    if ('fault' in look)
      throw new PlumblineError('COMMAND_USAGE', {
        reason: `--survey ${file} is no table of answers with a column of times: ${faultOf(look.fault)}`,
      });
    if (look.questions.length === 0)
      throw new PlumblineError('COMMAND_USAGE', {
        reason: `--survey ${file} has no question that at least three have answered by numbers or by words of a known scale`,
      });
    found.push({ ...look, path: place });
  }
  return found;
}

/** What is wrong and what to do; of a table without a time the header names nothing that one could look for. */
const faultOf = (fault: string): string =>
  fault === 'missing_column'
    ? 'no column of it has a time in every row; export it with the times at which answers were sent'
    : explainFile(fault);

/** `key` is the file of the secret that pseudonyms are made with, as written in the configuration. */
export function surveyLines(surveys: readonly ProposedSurvey[], key: string): string[] {
  const labels = unique(surveys.map(({ path: file }) => labelOf(path.basename(file).replace(/\..*$/, ''))));
  return [
    'experience:',
    '  privacy:',
    '    # What pseudonyms of respondents are made with: keep it, and keep it secret. Groups of fewer than five stay untold.',
    `    pseudonym_key_file: ${text(key)}`,
    '  # What surveys ask. Say of each scale which dimension of SPACE it is about: satisfaction, performance, activity,',
    '  # communication or efficiency; and is_reversed where the highest answer is the worst.',
    '  surveys:',
    ...surveys.flatMap((survey, index) => oneSurvey(survey, labels[index]!)),
    '  csv:',
    ...surveys.flatMap(({ where, tool, submitted, isLocal }, index) => [
      `    - survey: ${labels[index]}`,
      ...(surveys.length > 1 ? [`      name: csv-${index + 1}`] : []),
      `      path: ${text(where)}`,
      `      tool: ${tool}`,
      ...(submitted === undefined ? [] : [`      columns: { submitted: ${text(submitted)} }`]),
      ...(isLocal
        ? [
            '      # Its times say no zone; correct it where the tool had another.',
            `      time_zone: ${text(Intl.DateTimeFormat().resolvedOptions().timeZone)}`,
          ]
        : []),
    ]),
    '',
  ];
}

function oneSurvey({ questions, team, others, responses }: ProposedSurvey, label: string): string[] {
  const names = unique(questions.map(question => labelOf(question.text)));
  return [
    `    # ${count(responses, 'response')}`,
    `    - survey: ${label}`,
    '      # cadence: quarter',
    ...(team === undefined ? [] : [`      team: { question: ${text(team)} }`]),
    '      questions:',
    ...questions.flatMap((question, index) => [
      `        - question: ${text(question.text)}`,
      `          name: ${names[index]}`,
      `          as: ${question.as}`,
      ...(question.as === 'scale' ? ['          # dimension: satisfaction'] : []),
      ...(question.max === undefined || question.max === 5 ? [] : [`          max: ${question.max}`]),
      ...(question.answers === undefined
        ? []
        : [
            `          answers: { ${Object.entries(question.answers)
              .map(([word, value]) => `${text(word)}: ${value}`)
              .join(', ')} }`,
          ]),
    ]),
    ...(others.length === 0 ? [] : ['      # Questions that are no scales:']),
    ...others.slice(0, 40).map(other => `      #   ${text(other)}`),
  ];
}

/** JSON is YAML, on one line, and `*` of a question is that sign or any other text. */
const text = (words: string) => JSON.stringify(words);

const labelOf = (words: string): string =>
  words
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '') || 'question';

/** Numbers those that are the same. */
function unique(labels: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return labels.map(label => {
    const n = (counts.get(label) ?? 0) + 1;
    counts.set(label, n);
    return n === 1 ? label : `${label}-${n}`;
  });
}

export interface SurveySummary {
  readonly surveys: number;
  readonly responses: number;
}

export const summariseSurveys = (ledger: Ledger): Promise<SurveySummary> =>
  ledger.read(async reader => {
    const [row] = await reader.all(
      'SELECT count(DISTINCT survey)::INTEGER AS surveys, count(*)::INTEGER AS responses FROM survey_responses',
    );
    return { surveys: Number(row?.surveys ?? 0), responses: Number(row?.responses ?? 0) };
  });

export const surveyLine = ({ surveys, responses }: SurveySummary): string =>
  `experience   ${count(responses, 'response')} to ${count(surveys, 'survey')}`;
