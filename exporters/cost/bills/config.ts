/** The keys that sources of cost have in common. */
import { z } from 'zod';
import type { BillFilesOptions } from './files.ts';

const text = z.string().trim().min(1);

/** Keys of every source of money. */
export const sourceShape = {
  role: z
    .enum(['authoritative', 'reconciliation'])
    .default('authoritative')
    .describe(
      'authoritative: it is the bill, which is allocated and shown; one source is, per billing account and period. reconciliation: it adds no money, and is only held against the bill.',
    ),
} as const;

/** `name:`; what was read is kept by it. */
export const sourceName = (name: string) =>
  text
    .default(name)
    .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.');

/** Keys of a source of files, but its name. */
export const billFileShape = {
  ...sourceShape,
  every: z.int().min(1).default(300).describe('Seconds between two looks at the files.'),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
  delivery: z
    .enum(['files', 'folders', 'snapshots', 'runs'])
    .optional()
    .describe(
      'files: each file is a delivery of its own; folders: a folder is one delivery, and what it holds is all of it; snapshots: a file is all of each account and billing period in it, and the one written last wins; runs: a folder per billing period holds a folder per run, and the newest complete run is all of it. Unless given: folders below the given one are folders, all else is files.',
    ),
  default_currency: text.optional().describe('The currency of rows that name none.'),
} as const;

type BillFileKeys = z.infer<z.ZodObject<typeof billFileShape>> & { readonly name: string; readonly path: string };

/** What those keys mean to the reader of files. */
export const fileOptions = ({ name, path, role, every, settle, delivery, default_currency }: BillFileKeys) =>
  ({
    name,
    path,
    role,
    everySeconds: every,
    settleSeconds: settle,
    ...(delivery === undefined ? {} : { delivery }),
    ...(default_currency === undefined ? {} : { defaultCurrency: default_currency }),
  }) satisfies Partial<BillFilesOptions>;
