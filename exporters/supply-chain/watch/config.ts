/** The `watch:` of `supply_chain:`: packages whose exposure is a metric. */
import { z } from 'zod';
import { isPattern, readPattern } from '../find/pattern.ts';
import { isRangeOf, readRange } from '../versions/vers.ts';

export const watchSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, 'expected lower case letters, digits, and _ . - between them')
      .describe('Names it in metrics: log4shell.'),
    purl: z.string().trim().min(1).describe('A package URL with or without a version, * for any text; or a name.'),
    range: z.string().trim().min(1).optional().describe('Versions: vers:maven/<2.17.1; all of them unless set.'),
  })
  .check(ctx => {
    const { purl, range } = ctx.value;
    const wrong = (key: string, message: string): void => {
      ctx.issues.push({ code: 'custom', path: [key], input: ctx.value, message });
    };
    const pattern = readPattern(purl);
    if ('fault' in pattern) return wrong('purl', pattern.fault);
    if (range === undefined) return;
    const type = pattern.type === undefined || isPattern(pattern.type) ? undefined : pattern.type;
    const read = readRange(range, type);
    if ('fault' in read) return wrong('range', read.fault);
    if (pattern.version !== undefined) return wrong('range', `the package URL has the version ${pattern.version}`);
    if (type !== undefined && !isRangeOf(read, type))
      wrong('range', `versions of ${type} are not compared as vers:${read.scheme} says`);
  });

export const watchesSchema = z
  .array(watchSchema)
  .max(100)
  .default([])
  .check(ctx => {
    const names = ctx.value.map(({ name }) => name);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) !== index)
        ctx.issues.push({
          ...{ code: 'custom', path: [index, 'name'], input: name },
          message: 'expected a name of its own for each',
        });
  });

export type WatchConfig = z.infer<typeof watchSchema>;
