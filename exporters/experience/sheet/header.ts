/**
 * What the first records of a table of answers say of its columns: one record of names; of Qualtrics names, texts and ids; of
 * SurveyMonkey the questions, and below each what its columns stand for.
 */
import { plainText } from '../surveys/plain-text.ts';
import type { SheetRecord } from './records.ts';
import { isContactColumn, type SheetTool, saysSeveral } from './tools.ts';

export interface SheetHeader {
  /** What tells the columns apart; an empty name is a column that is not read. */
  readonly names: readonly string[];
  /** The questions as people read them. */
  readonly texts: readonly string[];
  /** The records after the header, with all choices of a question in its first column. */
  readonly records: readonly SheetRecord[];
  /** By index, where choices had a column each: joined by `choiceSeparator` where several may be taken. */
  readonly choices: ReadonlyMap<number, { readonly words: readonly string[]; readonly isMultiple: boolean }>;
}

export const choiceSeparator = '\u001f';

export function headerOf(records: readonly SheetRecord[], tool: SheetTool): SheetHeader {
  const names = records[0]?.fields ?? [];
  if (tool.headerRecords === 2) return groupedHeader(records, tool);
  const texts = tool.headerRecords === 3 ? (records[1]?.fields ?? []) : names;
  return { names, texts, records: records.slice(tool.headerRecords), choices: new Map() };
}

/** Whatever the language, the column of a question that needs one alone; its words tell nothing. */
const plainAnswer =
  /^(open-ended )?response$|^(offene )?antwort$|^réponse( ouverte)?$|^respuesta( abierta)?$|^resposta( aberta)?$|^risposta( aperta)?$|^antwoord$/i;

function groupedHeader(records: readonly SheetRecord[], tool: SheetTool): SheetHeader {
  const first = (records[0]?.fields ?? []).map(plainText);
  const second = records[1]?.fields ?? [];
  const own = [...tool.id, ...tool.submitted];
  const known = first.flatMap((name, index) => (own.some(one => same(one, name)) ? [index] : []));
  // A response has an id and a time, and the record below the questions has neither.
  if (known.length === 0 || known.some(index => (second[index] ?? '') !== ''))
    return { names: first, texts: first, records: records.slice(1), choices: new Map() };

  const rows = records.slice(2);
  const names: string[] = first.map(() => '');
  const texts: string[] = [...names];
  const choices = new Map<number, { words: readonly string[]; isMultiple: boolean }>();
  const joined = new Map<number, readonly number[]>();
  for (const { question, columns } of groupsOf(first)) {
    const words = columns.map(index => plainText(second[index]));
    const merged = choicesOf(question, columns, words, rows);
    const rest = merged === undefined ? columns : columns.filter(index => !merged.columns.includes(index));
    if (merged !== undefined) {
      const at = merged.columns[0]!;
      [names[at], texts[at]] = [question, question];
      joined.set(at, merged.columns);
      choices.set(at, { words: merged.columns.map(index => plainText(second[index])), isMultiple: merged.isMultiple });
    }
    for (const index of rest) {
      const word = words[columns.indexOf(index)] ?? '';
      const isPlain = word === '' || plainAnswer.test(word);
      // Of contact data the words below the question say so.
      names[index] = isPlain ? question : isContactColumn(word) ? word : `${question} [${word}]`;
      texts[index] = columns.length === 1 && !isContactColumn(word) ? question : names[index];
    }
  }
  const read = rows.map(({ line, fields }) => {
    const cells = [...fields];
    for (const [at, columns] of joined) {
      const taken = columns.map(index => plainText(fields[index])).filter(text => text !== '');
      for (const index of columns) if (index < cells.length) cells[index] = '';
      cells[at] = taken.join(choiceSeparator);
    }
    return { line, fields: cells };
  });
  return { names, texts, records: read, choices };
}

/** A question with the columns up to the next one's. */
function groupsOf(first: readonly string[]): readonly { readonly question: string; readonly columns: number[] }[] {
  const groups: { question: string; columns: number[] }[] = [];
  for (const [index, question] of first.entries())
    if (question !== '') groups.push({ question, columns: [index] });
    else groups.at(-1)?.columns.push(index);
  return groups;
}

/**
 * The columns of which each holds one choice, its words or nothing; a last one beside them is the free text of "Other".
 * Undefined where they are rows of a grid, fields, or nobody chose any.
 */
function choicesOf(
  question: string,
  columns: readonly number[],
  words: readonly string[],
  rows: readonly SheetRecord[],
): { readonly columns: readonly number[]; readonly isMultiple: boolean } | undefined {
  const isChoice = (at: number) =>
    words[at] !== '' &&
    !plainAnswer.test(words[at]!) &&
    rows.every(({ fields }) => {
      const cell = plainText(fields[columns[at]!]);
      return cell === '' || cell === words[at];
    });
  const found = columns.filter((_, at) => isChoice(at));
  const isFilled = ({ fields }: SheetRecord) => found.filter(index => (fields[index] ?? '') !== '').length;
  const isAllBut = columns.length - found.length;
  if (found.length < 2 || isAllBut > 1 || (isAllBut === 1 && found.includes(columns.at(-1)!))) return undefined;
  const most = Math.max(0, ...rows.map(isFilled));
  return most === 0 ? undefined : { columns: found, isMultiple: most > 1 || saysSeveral.test(question) };
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.toLowerCase();
