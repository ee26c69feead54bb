/** Answers of survey tools' APIs: never repeated in an error, since people's words and addresses stand in them. */
import type { z } from 'zod';
import type { HttpResponse } from '../../core/http-answer.ts';
import { PlumblineError } from '../errors.ts';

/** The answer's JSON in a shape. Errors: SURVEY_ANSWER. */
export function answered<Schema extends z.ZodType>(
  response: HttpResponse,
  schema: Schema,
  { tool, what }: { readonly tool: string; readonly what: string },
): z.output<Schema> {
  const type = response.header('content-type') ?? 'no type';
  let value: unknown;
  try {
    value = JSON.parse(response.text());
  } catch {
    // Without the cause: a parser's error quotes the text that it stumbles over.
    const reason = `got ${/^\s*</.test(response.text()) ? 'HTML' : 'no whole JSON document'} (${type}, ${response.body.length} bytes)`;
    throw new PlumblineError('SURVEY_ANSWER', { tool, what, reason });
  }
  const said = schema.safeParse(value);
  if (!said.success) throw new PlumblineError('SURVEY_ANSWER', { tool, what, reason: issuesOf(said.error) });
  return said.data;
}

/** Where a value has another shape and what was expected there; never the value. */
export const issuesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(
      issue =>
        `${'expected' in issue ? `expected ${issue.expected}` : issue.code} at ${issue.path.join('.') || 'its top'}`,
    )
    .join('; ');
