/**
 * One survey told by several tables: of a response that several have, the one in the newest counts. Forms number their
 * responses from 1 each: what was begun in another minute is another response, though its number may be the same.
 */
import { createHash } from 'node:crypto';
import type { SurveyItem, SurveyResponse } from '../surveys/told.ts';
import type { SheetRead } from './read.ts';

export interface NamedSheet {
  /** How places name it; a file's name. */
  readonly name: string;
  readonly read: SheetRead;
}

/** The oldest first. */
export function joinedSheets(sheets: readonly NamedSheet[]): {
  readonly items: readonly SurveyItem[];
  readonly responses: readonly SurveyResponse[];
} {
  const items = new Map<string, SurveyItem>();
  const responses = new Map<string, Map<string, SurveyResponse>>();
  for (const { name, read } of sheets) {
    for (const item of read.items) items.set(item.id, item);
    for (const response of read.responses) {
      const sameId = responses.get(response.id) ?? new Map<string, SurveyResponse>();
      sameId.set(minuteOf(response), { ...response, place: `${name} ${response.place}` });
      responses.set(response.id, sameId);
    }
  }
  return { items: [...items.values()], responses: [...responses.values()].flatMap(ownIds) };
}

/** 3 April and 4 March are one day here: one file alone may not tell which of the two is meant, and a later one does. */
const minuteOf = ({ submittedAt }: SurveyResponse) => {
  const [year = '', month = '', day = '', clock = ''] = submittedAt.slice(0, 'YYYY-MM-DDTHH:MM'.length).split(/[-T]/);
  return [year, ...[month, day].sort(), clock].join(' ');
};

/** The one begun first keeps the id: a form that comes later changes nothing of those before. */
const ownIds = (sameId: ReadonlyMap<string, SurveyResponse>): readonly SurveyResponse[] =>
  [...sameId]
    .sort(([, a], [, b]) => (a.submittedAt < b.submittedAt ? -1 : 1))
    .map(([minute, response], index) => (index === 0 ? response : { ...response, id: `${response.id} ${minute}` }));

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
