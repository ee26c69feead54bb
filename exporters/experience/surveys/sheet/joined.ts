/** One survey told by several tables: of a response that several have, the one in the newest counts. */
import { createHash } from 'node:crypto';
import type { SurveyItem, SurveyResponse } from '../told.ts';
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
  const responses = new Map<string, SurveyResponse>();
  for (const { name, read } of sheets) {
    for (const item of read.items) items.set(item.id, item);
    for (const response of read.responses)
      responses.set(response.id, { ...response, place: `${name} ${response.place}` });
  }
  return { items: [...items.values()], responses: [...responses.values()] };
}

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
