/**
 * Incidents of Datadog's Incident Management: listed or searched by page[size] and page[offset]. Source: "Incidents" of
 * Datadog's API reference (v2).
 */
import { z } from 'zod';
import type { DatadogClient } from './client.ts';
import { PlumblineError } from './errors.ts';

const pageSize = 100;

const meta = z.looseObject({ pagination: z.looseObject({ next_offset: z.number().nullish() }).nullish() }).nullish();
const listSchema = z.looseObject({ data: z.array(z.unknown()), meta });
const searchSchema = z.looseObject({
  data: z.looseObject({
    attributes: z.looseObject({
      incidents: z.array(z.looseObject({ data: z.unknown() })),
      total: z.number().nullish(),
    }),
  }),
  meta,
});
const oneSchema = z.looseObject({ data: z.unknown() });

export interface IncidentsPage {
  /** Incidents as they are. */
  readonly records: readonly unknown[];
  /** Where the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

/** Pages of all incidents, from an offset on. Errors: DATADOG_ANSWER, and those of the client. */
export async function* listIncidents(client: DatadogClient, from = 0): AsyncGenerator<IncidentsPage> {
  for (let offset: number | undefined = from; offset !== undefined; ) {
    const page: IncidentsPage = await listPage(client, offset);
    yield page;
    offset = page.next;
  }
}

async function listPage(client: DatadogClient, offset: number): Promise<IncidentsPage> {
  const query = { 'page[size]': pageSize, 'page[offset]': offset };
  const said = read(listSchema, await client.ask({ path: 'api/v2/incidents', query }), 'the list of incidents');
  return { records: said.data, next: nextOf(said.meta?.pagination?.next_offset, offset, said.data.length) };
}

/** Pages of the incidents that a query finds, newest created first. Errors: DATADOG_ANSWER, and those of the client. */
export async function* searchIncidents(client: DatadogClient, query: string, from = 0): AsyncGenerator<IncidentsPage> {
  for (let offset: number | undefined = from; offset !== undefined; ) {
    const page: IncidentsPage = await searchPage(client, query, offset);
    yield page;
    offset = page.next;
  }
}

async function searchPage(client: DatadogClient, query: string, offset: number): Promise<IncidentsPage> {
  const said = read(
    searchSchema,
    await client.ask({
      path: 'api/v2/incidents/search',
      query: { query, sort: '-created', 'page[size]': pageSize, 'page[offset]': offset },
    }),
    `the incidents of ${query}`,
  );
  const records = said.data.attributes.incidents.map(({ data }) => data);
  return { records, next: nextOf(said.meta?.pagination?.next_offset, offset, records.length) };
}

/** One incident; undefined where there is none any more. */
export async function oneIncident(client: DatadogClient, id: string): Promise<unknown> {
  const answer = await client.ask({ path: `api/v2/incidents/${encodeURIComponent(id)}` });
  return answer === undefined ? undefined : read(oneSchema, answer, `the incident ${id}`).data;
}

// A full page of which it isn't said where it goes on may have another after it.
const nextOf = (told: number | null | undefined, offset: number, count: number): number | undefined =>
  count === 0 ? undefined : told != null && told > offset ? told : count === pageSize ? offset + count : undefined;

function read<T>(schema: z.ZodType<T>, said: unknown, what: string): T {
  const parsed = schema.safeParse(said);
  if (parsed.success) return parsed.data;
  const reason = said === undefined ? 'there is none (404)' : z.prettifyError(parsed.error).replace(/\s+/g, ' ');
  throw new PlumblineError('DATADOG_ANSWER', { what, reason: reason.slice(0, 300) });
}
