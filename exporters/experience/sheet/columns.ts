/** What the columns of a table of answers are, found by its header. */
import { isLike } from '../surveys/like.ts';
import { spaced } from '../surveys/numbers.ts';
import { isContactColumn, type SheetTool } from './tools.ts';

export interface ColumnNames {
  readonly id?: string | undefined;
  readonly submitted?: string | undefined;
  readonly updated?: string | undefined;
  readonly complete?: { readonly column: string; readonly is: readonly string[] } | undefined;
}

export interface QuestionColumn {
  readonly index: number;
  /** What tells it from the others; the text unless the table has an id too. */
  readonly id: string;
  readonly text: string;
  /** It is read because `respondent` names it, and would not be else. */
  readonly isRespondent?: boolean;
}

export interface Columns {
  readonly id?: number;
  readonly submitted: number;
  readonly updated?: number;
  readonly complete?: { readonly index: number; readonly is: readonly string[] | 'filled' };
  readonly kind?: { readonly index: number; readonly isReal: (text: string) => boolean };
  readonly questions: readonly QuestionColumn[];
  /** Texts that several columns have. */
  readonly repeated: readonly string[];
}

export type ColumnFault = { readonly missing: string };

/**
 * `names` are of the first record, `texts` of the one that has the questions as people read them. Contact data is left
 * out, but for the column that `respondent` names.
 */
export function columnsOf(
  { names, texts }: { readonly names: readonly string[]; readonly texts: readonly string[] },
  {
    tool,
    given,
    respondent,
  }: { readonly tool: SheetTool; readonly given: ColumnNames; readonly respondent?: string | undefined },
): Columns | ColumnFault {
  const find = (wanted: readonly string[]) => {
    for (const name of wanted) {
      const index = names.findIndex(column => same(column, name));
      if (index >= 0) return index;
    }
    return undefined;
  };
  for (const name of [given.id, given.submitted, given.updated, given.complete?.column])
    if (name !== undefined && find([name]) === undefined) return { missing: name };
  const id = find(given.id === undefined ? tool.id : [given.id]);
  const submitted = find(given.submitted === undefined ? tool.submitted : [given.submitted]);
  if (submitted === undefined) return { missing: tool.submitted[0] ?? 'columns.submitted' };
  const updated = find(given.updated === undefined ? tool.updated : [given.updated]);
  const complete = given.complete ? find([given.complete.column]) : find(tool.complete?.columns ?? []);
  const is = given.complete?.is ?? tool.complete?.is;
  const kind = find(tool.kind?.columns ?? []);
  const taken = new Set([id, submitted, updated, complete, kind]);
  const isOther = (name: string) =>
    [...tool.others, ...tool.id, ...tool.submitted, ...tool.updated].some(other => same(name, other));
  const isRespondent = (index: number) =>
    respondent !== undefined && [names[index], texts[index]].some(text => isLike(respondent, text ?? ''));
  const questions: QuestionColumn[] = [];
  const counts = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const text = texts[index] || name;
    if (text === '') continue;
    const isNoQuestion = taken.has(index) || isOther(name) || isContactColumn(name) || isContactColumn(text);
    if (isNoQuestion && !isRespondent(index)) continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const more = count === 1 ? '' : ` (${count})`;
    questions.push({
      ...{ index, id: `${name || text}${more}`, text: `${text}${name === text ? more : ''}` },
      ...(isNoQuestion ? { isRespondent: true } : {}),
    });
  }
  return {
    ...{ submitted, questions, repeated: [...counts].filter(([, count]) => count > 1).map(([name]) => name) },
    ...(id === undefined ? {} : { id }),
    ...(updated === undefined ? {} : { updated }),
    ...(complete === undefined || is === undefined ? {} : { complete: { index: complete, is } }),
    ...(kind === undefined || tool.kind === undefined ? {} : { kind: { index: kind, isReal: tool.kind.isReal } }),
  };
}

const same = (a: string, b: string) => spaced(a) === spaced(b);
