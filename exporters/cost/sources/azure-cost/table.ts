/**
 * Answers of the Query and Forecast APIs: a table whose columns are read by name, for their order follows what was
 * asked. Source: Microsoft.CostManagement query and forecast, API version 2023-11-01.
 */
import { z } from 'zod';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { redactUrl } from '../../../core/secrets.ts';
import { PlumblineError } from '../../errors.ts';
import { parseJsonKeepingNumbers } from '../../money.ts';

const answerSchema = z.object({
  properties: z.object({
    nextLink: z.string().nullish(),
    columns: z.array(z.object({ name: z.string(), type: z.string().nullish() })),
    // Numbers have become text on the way.
    rows: z.array(z.array(z.union([z.string(), z.boolean(), z.null()]))),
  }),
});

export interface Table {
  readonly url: string;
  readonly nextLink: string | undefined;
  /** One object a row, by column name in lower case; numbers as the text they were written in. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** One page. 204 and an empty body are a table without rows. Errors: HTTP_NOT_JSON, AZURE_ANSWER. */
export function tableOf(response: HttpResponse): Table {
  const url = redactUrl(response.url);
  if (response.status === 204) return { url, nextLink: undefined, rows: [] };
  // For its error: it tells HTML, a cut body and nothing apart.
  response.json();
  const answer = answerSchema.safeParse(parseJsonKeepingNumbers(response.text()));
  if (!answer.success)
    throw new PlumblineError('AZURE_ANSWER', {
      url,
      reason: z.prettifyError(answer.error).replace(/\s+/g, ' ').slice(0, 200),
    });
  const { columns, rows, nextLink } = answer.data.properties;
  const names = columns.map(({ name }) => name.toLowerCase());
  for (const row of rows)
    if (row.length !== names.length)
      throw new PlumblineError('AZURE_ANSWER', {
        url,
        reason: `a row has ${row.length} values for ${names.length} columns`,
      });
  return {
    url,
    nextLink: nextLink === null || nextLink === '' ? undefined : nextLink,
    rows: rows.map(row => Object.fromEntries(row.map((value, index) => [names[index]!, String(value ?? '')]))),
  };
}

/** The value of the first of these columns that the row has. Errors: AZURE_ANSWER where it has none. */
export function cell(row: Table['rows'][number], url: string, ...names: readonly string[]): string {
  for (const name of names) {
    const value = row[name.toLowerCase()];
    if (value !== undefined) return value;
  }
  throw new PlumblineError('AZURE_ANSWER', { url, reason: `the column ${names[0]} is missing` });
}

/** A UTC day: Azure writes the number 20261031, or a time. Errors: AZURE_ANSWER. */
export function dayOf(row: Table['rows'][number], url: string): string {
  const written = cell(row, url, 'UsageDate', 'Date');
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:$|T|\.0+$)/.exec(written) ?? [];
  if (day === undefined) throw new PlumblineError('AZURE_ANSWER', { url, reason: `"${written}" is no day` });
  return `${year}-${month}-${day}`;
}
