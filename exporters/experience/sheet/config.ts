/** Keys of sources that read tables of answers. */
import { z } from 'zod';
import { dateOrders, isTimeZone } from './local-time.ts';

const text = z.string().trim().min(1);

export const timeZone = text
  .refine(isTimeZone, 'expected a name of the time zone database, such as Europe/Berlin')
  .optional()
  .describe('Where the clock stood that its times without a zone were read from, such as Europe/Berlin.');

export const dateOrder = z
  .enum(dateOrders)
  .optional()
  .describe(
    'What stands first in dates such as 4/3/2026; unless given, what all of a table allow, else the month with slashes and the day with dots.',
  );

export const multiple = z
  .record(text, z.array(text))
  .default({})
  .describe(
    'Questions of which several choices may be taken, with their choices, or none where the answers shall tell: they stand in one cell, joined by a comma that a choice may hold itself. Those that say "select all that apply" need not be named.',
  );

export const isWhole = z
  .boolean()
  .default(true)
  .describe(
    'The files together hold every response that there is: one that is missing has been withdrawn. False where each brings new ones alone.',
  );

export const tablePath = text.describe(
  'A file, a folder or a glob of exports (.csv, .tsv, .txt, gzipped or not), relative to this file. Where several have the same response, the one written last counts.',
);

export const settle = z
  .int()
  .min(0)
  .default(60)
  .describe('A file is read when it has not changed for so many seconds, or between two looks.');

export const encoding = z
  .string()
  .refine(isEncoding, 'expected an encoding such as windows-1252')
  .optional()
  .describe('Of files that are neither UTF-8 nor marked as UTF-16, such as windows-1252.');

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) !== undefined;
  } catch {
    return false;
  }
}
