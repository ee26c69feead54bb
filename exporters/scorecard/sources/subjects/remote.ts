/** Subject facts of an exporter that another Plumbline serves: GET /api/EXPORTER/subject-checks and subject-facts. */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { z } from 'zod';
import { authHeaders, createHttpClient, type HttpClient } from '../../../core/http-client.ts';
import type { SourceContext } from '../../../core/source.ts';
import { type SubjectReader, subjectColumns } from '../../../core/subjects.ts';
import { daySeconds } from '../../../core/time.ts';
import { PlumblineError } from '../../errors.ts';
import type { RemoteConfig } from './config.ts';

const checksSchema = z.object({
  'subject-checks': z.array(
    z.object({
      check: z.string(),
      help: z.string(),
      every_seconds: z.number(),
      version: z.string(),
      sources_read: z.string().nullable(),
    }),
  ),
});
const cell = z
  .union([z.string(), z.number(), z.boolean()])
  .nullable()
  .transform(value => (value === null ? null : String(value)));
const factsSchema = z.object({
  'subject-facts': z.array(z.record(z.string(), cell)),
  next: z.string().nullable(),
});

const pageSize = 5_000;
/** The facts may change while their pages are read: then they are read from the beginning. */
const attempts = 4;

/** Errors: SUBJECTS_REFUSED, SUBJECTS_ANSWER, SUBJECTS_FILE, and those of the HTTP client. */
export function remoteReader(config: RemoteConfig, context: Pick<SourceContext, 'log' | 'signal'>): SubjectReader {
  const { exporter, url } = config;
  const client = createHttpClient({
    baseUrl: url,
    headers: { accept: 'application/json', ...authHeaders(config) },
    ...agentOf(config),
    timeoutMs: config.timeout * 1000,
    log: context.log,
    signal: context.signal,
  });
  const base = `api/${exporter}`;
  const ask = async <T>(schema: z.ZodType<T>, path: string, query: Parameters<HttpClient['getJson']>[1] = {}) => {
    const answer = await client.getJson(path, query).catch((error: unknown) => {
      const { status } = (error as { details?: { status?: unknown } }).details ?? {};
      if (status === 401 || status === 403) throw new PlumblineError('SUBJECTS_REFUSED', { url, status }, error);
      throw error;
    });
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`;
    throw new PlumblineError('SUBJECTS_ANSWER', { exporter, url, reason });
  };
  const pages = async (check: string, times: Readonly<Record<string, string>>) => {
    const rows: (string | null)[][] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { check, limit: pageSize, ...times, ...(cursor === undefined ? {} : { cursor }) };
      const page = await ask(factsSchema, `${base}/subject-facts`, { query });
      for (const item of page['subject-facts'])
        rows.push(subjectColumns.map(name => item[name]?.replace(/^(\d{4}-\d\d-\d\d)T(.*)Z$/, '$1 $2') ?? null));
      if (page.next === null) return rows;
      cursor = page.next;
    }
  };
  return {
    exporter,
    checks: async () =>
      (await ask(checksSchema, `${base}/subject-checks`))['subject-checks'].map(one => ({
        ...{ check: one.check, help: one.help, everySeconds: one.every_seconds, version: one.version },
        sourcesRead: one.sources_read === null ? undefined : one.sources_read.split(' ').filter(Boolean),
      })),
    read: async (check, instants, onRows) => {
      const [first, last] = [instants[0], instants.at(-1)];
      if (first === undefined || last === undefined) return;
      const times: Record<string, string> =
        instants.length === 1 ? {} : { from: first.toISOString(), to: last.toISOString(), step: String(daySeconds) };
      for (let attempt = 1; ; attempt += 1)
        try {
          return onRows(await pages(check, times));
        } catch (error) {
          const { status, said } = (error as { details?: { status?: unknown; said?: unknown } }).details ?? {};
          if (attempt >= attempts || status !== 400 || !String(said).includes('changed since')) throw error;
        }
    },
  };
}

/** How it is connected to by TLS; nothing where that is as usual. Files are read anew each time: certificates are renewed. */
function agentOf(config: RemoteConfig): { readonly agent?: Agent } {
  const { ca_file: ca, client_certificate_file: cert, client_key_file: key, server_name: servername } = config;
  if ([ca, cert, servername].every(each => each === undefined) || config.url.startsWith('http:')) return {};
  const agent = new Agent({
    ...(ca === undefined ? {} : { ca: read(ca, 'certificate authorities') }),
    ...(cert === undefined || key === undefined
      ? {}
      : { cert: read(cert, 'client certificate'), key: read(key, 'key of the client certificate') }),
    ...(servername === undefined ? {} : { servername }),
  });
  return { agent };
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('SUBJECTS_FILE', { file, what, reason }, error);
  }
}
