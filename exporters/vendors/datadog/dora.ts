/**
 * The events of Datadog's DORA metrics (Delivery Performance): deployments and failures. Their lists have a limit and no
 * cursor: a window that is full is halved. Source: "Get a list of deployment events" and "… of failure events" of
 * Datadog's API reference (v2).
 */
import { z } from 'zod';
import type { DatadogClient } from './client.ts';
import { PlumblineError } from './errors.ts';
import { datadogTime } from './time.ts';

export type DoraKind = 'deployments' | 'failures';

export interface DoraWindow {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

export interface DoraEvent {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The greatest that the reference shows. */
export const mostEvents = 500;
const shortestMs = 1000;

const eventSchema = z.looseObject({ id: z.string().min(1), attributes: z.record(z.string(), z.unknown()) });
const listSchema = z.looseObject({ data: z.array(z.unknown()) });
const oneSchema = z.looseObject({ data: z.unknown() });

/** An event as it can be read; undefined where it has no id. */
export function readEvent(record: unknown): DoraEvent | undefined {
  const read = eventSchema.safeParse(record);
  return read.success ? read.data : undefined;
}

/**
 * The events of a window, in parts; an event at the edge of two parts may come twice. Errors: DATADOG_TOO_MANY,
 * DATADOG_ANSWER, and those of the client.
 */
export function doraEvents(
  client: DatadogClient,
  kind: DoraKind,
  { window, query }: { readonly window: DoraWindow; readonly query?: string | undefined },
): AsyncGenerator<readonly unknown[]> {
  const list = async ({ from, to }: DoraWindow): Promise<readonly unknown[]> => {
    const attributes = {
      ...{ from: seconds(from), to: seconds(to), limit: mostEvents },
      ...(query === undefined ? {} : { query }),
    };
    const body = { data: { type: `dora_${kind}_list_request`, attributes } };
    const said = listSchema.safeParse(await client.ask({ path: `api/v2/dora/${kind}`, body }));
    if (said.success) return said.data.data;
    throw new PlumblineError('DATADOG_ANSWER', { what: `the DORA ${kind}`, reason: 'it is no list of events' });
  };
  // Whole seconds, as all examples have.
  const [from, to] = [Math.floor(window.from / 1000) * 1000, Math.ceil(window.to / 1000) * 1000];
  return parts({ list, kind, most: mostEvents, whole: new Set() }, { from, to });
}

interface Listing {
  readonly list: (window: DoraWindow) => Promise<readonly unknown[]>;
  readonly kind: DoraKind;
  /** How many an answer may have; Datadog may cut below what is asked for, without a word. */
  most: number;
  /** Counts that were seen not to be such a limit. */
  readonly whole: Set<number>;
}

async function* parts(listing: Listing, window: DoraWindow): AsyncGenerator<readonly unknown[]> {
  const events = await listing.list(window);
  const middle = window.from + Math.floor((window.to - window.from) / 2000) * 1000;
  const halves = [
    { from: window.from, to: middle },
    { from: middle, to: window.to },
  ];
  const isShort = window.to - window.from <= shortestMs;
  if (events.length < listing.most && isRound(events.length) && !listing.whole.has(events.length)) {
    if (await hasMore(listing, window, events)) listing.most = events.length;
    else listing.whole.add(events.length);
  }
  if (events.length < listing.most) {
    yield events;
    return;
  }
  if (isShort) {
    const span = { from: seconds(window.from), to: seconds(window.to) };
    throw new PlumblineError('DATADOG_TOO_MANY', { count: listing.most, what: `DORA ${listing.kind}`, ...span });
  }
  for (const half of halves) yield* parts(listing, half);
}

const seconds = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');

/** Limits are round numbers; counts seldom are. */
const isRound = (count: number) => count > 0 && count % 10 === 0;

/** Whether a window has events beyond the first and the last that were listed, by whichever of their times it goes. */
async function hasMore({ list }: Listing, window: DoraWindow, events: readonly unknown[]): Promise<boolean> {
  const known = new Set<string>();
  let [firstEnd, lastStart] = [window.to, window.from];
  for (const event of events.flatMap(record => readEvent(record) ?? [])) {
    known.add(event.id);
    const started = datadogTime(event.attributes.started_at);
    const finished = datadogTime(event.attributes.finished_at) ?? started;
    if (started !== undefined) lastStart = Math.max(lastStart, Date.parse(started));
    if (finished !== undefined) firstEnd = Math.min(firstEnd, Date.parse(finished));
  }
  const beyond = [
    ...(await list({ from: window.from, to: Math.max(window.from, firstEnd) })),
    ...(await list({ from: Math.min(window.to, lastStart), to: window.to })),
  ];
  return beyond.some(record => !known.has(readEvent(record)?.id ?? ''));
}

/** One event; undefined where there is none any more. */
export async function oneEvent(client: DatadogClient, kind: DoraKind, id: string): Promise<unknown> {
  const answer = await client.ask({ path: `api/v2/dora/${kind}/${encodeURIComponent(id)}` });
  return answer === undefined ? undefined : oneSchema.safeParse(answer).data?.data;
}
