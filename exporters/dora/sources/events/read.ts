/** Reads what was posted: one event, a list, or a line each (JSON lines). One mistake refuses the whole post. */
import type { z } from 'zod';
import { PlumblineError } from '../../../core/errors.ts';
import { type DeliveryEvent, eventSchema } from './schema.ts';

export interface ReadOptions {
  readonly source: string;
  readonly now: Date;
}

/** Clocks differ; a time that is further ahead is a mistake that would stand on every page for years. */
const aheadMs = 24 * 3600 * 1000;
const mostMistakes = 5;

/** Errors: PUSH_INVALID, which names each event and field that is wrong. */
export function readEvents(body: Buffer, { source, now }: ReadOptions): DeliveryEvent[] {
  const invalid = (reason: string, cause?: unknown) => new PlumblineError('PUSH_INVALID', { source, reason }, cause);
  const items = itemsOf(body.toString('utf8').replace(/^\uFEFF/, ''), invalid);
  if (items.length === 0) throw invalid('it is empty; expected an event, a list of events, or an event a line');
  const events: DeliveryEvent[] = [];
  const mistakes: string[] = [];
  for (const [index, item] of items.entries()) {
    const read = eventOf(item.value, now);
    if ('event' in read) events.push(read.event);
    else mistakes.push(...read.mistakes.map(text => `${item.at ?? `event ${index + 1}`}${named(item.value)}: ${text}`));
  }
  if (mistakes.length === 0) return events;
  const more = mistakes.length > mostMistakes ? `; and ${mistakes.length - mostMistakes} more` : '';
  throw invalid(`${mistakes.slice(0, mostMistakes).join('; ')}${more}`);
}

/** One event of a file's line; its mistakes as sentences. */
export function readEvent(
  line: string,
  now: Date,
):
  | { readonly event: DeliveryEvent }
  | { readonly reason: 'not_json' | 'not_an_event'; readonly mistakes: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { reason: 'not_json', mistakes: [(error as Error).message] };
  }
  const read = eventOf(value, now);
  return 'event' in read ? read : { reason: 'not_an_event', mistakes: read.mistakes };
}

function eventOf(
  value: unknown,
  now: Date,
): { readonly event: DeliveryEvent } | { readonly mistakes: readonly string[] } {
  const read = eventSchema.safeParse(value);
  const mistakes = read.success ? futures(read.data, now) : read.error.issues.map(sentence);
  return read.success && mistakes.length === 0 ? { event: read.data } : { mistakes };
}

interface Item {
  readonly value: unknown;
  /** `line 3` of JSON lines. */
  readonly at?: string;
}

function itemsOf(text: string, invalid: (reason: string, cause?: unknown) => Error): Item[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, at: `line ${index + 1}` }));
  const filled = lines.filter(({ line }) => line.trim() !== '');
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (error) {
    // Lines that each are JSON; text over several lines that is none as a whole is one document with a mistake.
    if (filled.length < 2 || !filled.every(({ line }) => /^\s*\{.*\}\s*$/.test(line)))
      throw filled.length === 0
        ? invalid('it is empty')
        : invalid(`it is not JSON: ${(error as Error).message}`, error);
    return filled.map(({ line, at }) => {
      try {
        return { value: JSON.parse(line) as unknown, at };
      } catch (cause) {
        throw invalid(`${at} is not JSON: ${(cause as Error).message}`, cause);
      }
    });
  }
  return (Array.isArray(whole) ? whole : [whole]).map(value => ({ value }));
}

function named(value: unknown): string {
  const { type, id } = (value ?? {}) as { readonly type?: unknown; readonly id?: unknown };
  return typeof type === 'string' && typeof id === 'string' ? ` (${type} ${id.slice(0, 100)})` : '';
}

function sentence({ path, message, ...issue }: z.core.$ZodIssue): string {
  const field = path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return `no field is called ${issue.keys.join(', ')}`;
  if (field === 'type') return 'the field type: expected deployment, incident, commit, pull_request or pipeline_run';
  return field === '' ? message : `the field ${field}: ${message.replace(/^Invalid input: /, '')}`;
}

const futures = (event: DeliveryEvent, now: Date): string[] =>
  Object.entries(event).flatMap(([field, value]) =>
    field.endsWith('_at') && typeof value === 'string' && Date.parse(value) > now.getTime() + aheadMs
      ? [`the field ${field}: ${value} has not come yet`]
      : [],
  );
