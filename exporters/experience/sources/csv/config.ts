/** An item of `experience.csv` in plumbline.yaml. */
import { z } from 'zod';
import { dateOrder, encoding, isWhole, multiple, settle, tablePath, timeZone } from '../../sheet/config.ts';
import { type SheetToolName, sheetTools } from '../../sheet/tools.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const csvSchema = z
  .strictObject({
    name: sourceName('csv'),
    every: every(600),
    survey: text.describe('The name of its definition in experience.surveys or experience.forms.'),
    tool: z
      .enum(Object.keys(sheetTools) as [SheetToolName, ...SheetToolName[]])
      .default('other')
      .describe('What wrote the table: its columns of ids, times and completeness are known by it.'),
    path: tablePath.optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address' })
      .optional()
      .describe('Where the table is read from instead.'),
    settle,
    columns: z
      .strictObject({
        id: text.optional().describe('The column of ids; without one, what a row says tells it from others.'),
        submitted: text.optional().describe('The column of the time when it was begun or sent.'),
        updated: text.optional().describe('The column of the time when it last changed.'),
        complete: z
          .strictObject({ column: text, is: z.array(text).min(1) })
          .optional()
          .describe('The column that says whether the end was reached, and what it says then.'),
      })
      .default({})
      .describe('Names of columns, where the tool is another or they have been renamed.'),
    time_zone: timeZone,
    date_order: dateOrder,
    decimal_comma: z
      .boolean()
      .optional()
      .describe('3,5 is three and a half; unless given, where semicolons stand between columns.'),
    multiple,
    encoding,
    is_whole: isWhole,
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  })
  .check(ctx => {
    const { path, url, tool, columns } = ctx.value;
    if ((path === undefined) === (url === undefined))
      ctx.issues.push({ code: 'custom', path: ['path'], input: path, message: 'expected path, or url instead of it' });
    if (tool === 'other' && columns.submitted === undefined)
      ctx.issues.push({
        ...{ code: 'custom', path: ['columns', 'submitted'], input: undefined },
        message: 'expected the column of times, or the tool that wrote the table',
      });
  });

export type CsvConfig = z.infer<typeof csvSchema>;
