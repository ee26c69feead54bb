/**
 * A table of answers, a response a record, as what a survey tells. Of what can't be read there is a rejection with its line
 * and column and never with its text.
 */
import type { Rejection } from '../../core/rejections.ts';
import { isLike } from '../surveys/like.ts';
import type { SurveyItem, SurveyResponse } from '../surveys/told.ts';
import { splitChoices } from './choices.ts';
import { type ColumnNames, columnsOf, type QuestionColumn } from './columns.ts';
import { choiceSeparator, headerOf, type SheetHeader } from './header.ts';
import { type DateOrder, isTimeZone, readTimes } from './local-time.ts';
import { type SheetFault, type SheetRecord, sheetRecords } from './records.ts';
import { type SheetTool, type SheetToolName, saysSeveral, sheetTools } from './tools.ts';

export interface SheetOptions {
  readonly tool: SheetToolName;
  readonly columns?: ColumnNames;
  readonly timeZone?: string | undefined;
  readonly dateOrder?: DateOrder | undefined;
  /** `3,5` is three and a half; unless given, where semicolons are between columns. */
  readonly decimalComma?: boolean | undefined;
  /** Questions of which several choices may be taken, with the choices that are known. */
  readonly multiple?: Readonly<Record<string, readonly string[]>>;
  readonly respondent?: string | undefined;
  readonly encoding?: string | undefined;
  /**
   * What stands for a response without an id: of its content, by a secret, so that nobody finds it by trying answers. The
   * same whoever reads the table, so that what two surveys tell of it is known to be of the same people.
   */
  readonly keyed: (content: string) => string;
}

export interface SheetRead {
  readonly items: readonly SurveyItem[];
  readonly responses: readonly SurveyResponse[];
  readonly rejections: readonly Omit<Rejection, 'file'>[];
}

export type SheetReadFault = { readonly fault: SheetFault | 'missing_column'; readonly column?: string };

export function readSheet(bytes: Buffer, options: SheetOptions): SheetRead | SheetReadFault {
  const said = sheetRecords(bytes, options.encoding);
  if (typeof said === 'string') return { fault: said };
  const tool: SheetTool = sheetTools[options.tool];
  const { records, delimiter } = said;
  const header = headerOf(records, tool);
  const { names, texts } = header;
  const columns = columnsOf({ names, texts }, { tool, given: options.columns ?? {}, respondent: options.respondent });
  if ('missing' in columns) return { fault: 'missing_column', column: columns.missing };
  const { submitted, updated, complete, kind, questions } = columns;

  const rejections: Omit<Rejection, 'file'>[] = columns.repeated.map(field => ({
    line: 1,
    reason: 'duplicate_column',
    field,
  }));
  const rows: SheetRecord[] = [];
  for (const record of header.records) {
    if (record.fields.every(field => field === '')) continue;
    if (record.fields.length > names.length) rejections.push({ line: record.line, reason: 'too_many_fields' });
    else if (kind === undefined || kind.isReal(fieldOf(record, kind.index))) rows.push(record);
  }

  const zone = { timeZone: tool.timeZone ?? zoneOfIds(records[2], tool) ?? options.timeZone, order: options.dateOrder };
  const begun = readTimes(
    rows.map(row => fieldOf(row, submitted)),
    zone,
  );
  const changed =
    updated === undefined
      ? []
      : readTimes(
          rows.map(row => fieldOf(row, updated)),
          zone,
        );
  const decimalComma = options.decimalComma ?? delimiter === ';';
  const answers = questions.map(question =>
    answersOf(question, rows, { ...options, tool, decimalComma, choices: header.choices }),
  );

  const responses = new Map<string, SurveyResponse>();
  for (const [index, row] of rows.entries()) {
    const time = begun[index]!;
    const change = changed[index];
    const isEnd = complete === undefined || isComplete(fieldOf(row, complete.index), complete.is);
    if ('fault' in time) {
      // Of one that has not been sent some tools have no time at all.
      if (isEnd || fieldOf(row, submitted) !== '')
        rejections.push({ line: row.line, reason: time.fault, field: names[submitted]! });
      continue;
    }
    const own = columns.id === undefined ? '' : fieldOf(row, columns.id);
    if (columns.id !== undefined && own === '') {
      rejections.push({ line: row.line, reason: 'no_id', field: names[columns.id]! });
      continue;
    }
    const base = columns.id === undefined ? options.keyed(contentOf(row, submitted, questions)) : own;
    let id = base;
    // Two records of one content are two people who said the same in the same second.
    if (columns.id === undefined) for (let n = 2; responses.has(id); n += 1) id = `${base}-${n}`;
    else if (responses.has(id)) rejections.push({ line: row.line, reason: 'duplicate_id', field: names[columns.id]! });
    responses.set(id, {
      ...{ id, place: `row ${row.line}`, submittedAt: time.at },
      ...(change !== undefined && 'at' in change ? { updatedAt: change.at } : {}),
      isComplete: isEnd,
      answers: Object.fromEntries(
        questions.flatMap(({ id: question }, at) => {
          const given = answers[at]!.cells[index]!;
          return given.length === 0 ? [] : [[question, given]];
        }),
      ),
    });
  }
  return { items: answers.map(({ item }) => item), responses: [...responses.values()], rejections };
}

const fieldOf = (record: SheetRecord, index: number): string => record.fields[index] ?? '';

const isComplete = (text: string, is: readonly string[] | 'filled') =>
  is === 'filled' ? text !== '' : is.some(one => one.toLowerCase() === text.toLowerCase());

/** Of what was answered in which second, whatever the columns are called and in whatever order they stand. */
const contentOf = (row: SheetRecord, submitted: number, questions: readonly QuestionColumn[]): string =>
  JSON.stringify([
    fieldOf(row, submitted),
    ...questions
      .filter(({ isRespondent }) => isRespondent !== true)
      .map(({ index }) => fieldOf(row, index))
      .filter(text => text !== '')
      .sort(),
  ]);

function answersOf(
  { index, id, text }: QuestionColumn,
  rows: readonly SheetRecord[],
  options: {
    readonly tool: SheetTool;
    readonly decimalComma: boolean;
    readonly multiple?: Readonly<Record<string, readonly string[]>>;
    readonly choices: SheetHeader['choices'];
  },
): { readonly item: SurveyItem; readonly cells: readonly (readonly string[])[] } {
  const texts = rows.map(row => fieldOf(row, index));
  const own = options.choices.get(index);
  if (own !== undefined)
    return {
      item: { id, text, choices: own.words, ...(own.isMultiple ? { isMultiple: true } : {}) },
      cells: texts.map(one => (one === '' ? [] : one.split(choiceSeparator))),
    };
  const named = Object.entries(options.multiple ?? {}).find(([name]) => isLike(name, text) || isLike(name, id));
  if (named === undefined && !saysSeveral.test(text))
    return {
      item: { id, text },
      cells: texts.map(one => (one === '' ? [] : [options.decimalComma ? one.replace(decimal, '$1.$2') : one])),
    };
  const choices = named?.[1] ?? [];
  const separator = separatorOf(texts, options.tool);
  return {
    item: { id, text, isMultiple: true, ...(choices.length > 0 ? { choices } : {}) },
    cells: splitChoices(texts, { separator, choices }),
  };
}

const decimal = /^(-?\d+),(\d+)$/;

/** Google Forms' own CSV has semicolons where Sheets has a comma and a space, which a free text may hold in either. */
const separatorOf = (texts: readonly string[], { separator }: SheetTool) =>
  separator === ', ' &&
  texts.filter(text => /\S;\S/.test(text)).length > texts.filter(text => text.includes(', ')).length
    ? ';'
    : separator;

/** Qualtrics' third record says of each time `{"ImportId":"startDate","timeZone":"America/Denver"}`. */
function zoneOfIds(record: SheetRecord | undefined, { headerRecords }: SheetTool): string | undefined {
  if (headerRecords !== 3) return undefined;
  return record?.fields
    .map(field => /"timeZone"\s*:\s*"([^"]+)"/.exec(field)?.[1])
    .find(zone => zone !== undefined && isTimeZone(zone));
}
