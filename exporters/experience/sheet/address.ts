/** A table of answers at an address, such as a sheet's export: read whole at every refresh, stored where it has changed. */
import type { Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient } from '../../core/http-client.ts';
import type { Rejection } from '../../core/rejections.ts';
import { redactUrl } from '../../core/secrets.ts';
import type { PullSource, SourceContext } from '../../core/source.ts';
import { PlumblineError } from '../errors.ts';
import { type SurveyDesk, tell } from '../surveys/desk.ts';
import { digestOf, joinedSheets } from './joined.ts';
import { readSheet, type SheetOptions } from './read.ts';

export interface SheetAddress {
  readonly name: string;
  readonly url: string;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  readonly shape: string;
  readonly options: SheetOptions;
  /** A bearer token, where one is needed. */
  readonly token?: (context: SourceContext) => Promise<string>;
}

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

/** Errors of a refresh: SURVEY_REFUSED, SURVEY_NOT_FOUND, SURVEY_TABLE, those of the HTTP client and of the token. */
export function sheetAddress(source: SheetAddress, desk: SurveyDesk, client: ClientOptions = {}): PullSource {
  const { name, shape } = source;
  // Whoever has the address of a published sheet has the sheet.
  const shown = new URL(source.url).origin;
  return {
    kind: 'pull',
    name,
    everySeconds: source.everySeconds,
    plan: async () => ({
      requests: 1,
      text: `the table of answers at ${shown}, every ${Math.round(source.everySeconds / 60)} minutes`,
    }),
    batches: async function* (context, before) {
      const response = await ask(source, context, client, shown);
      const digest = digestOf(response.body);
      const known = before as { readonly shape?: string; readonly digest?: string } | null | undefined;
      if (known?.shape === shape && known.digest === digest) return;
      const what = `answers at ${shown}`;
      const read = readSheet(response.body, source.options);
      if ('fault' in read)
        throw new PlumblineError('SURVEY_TABLE', {
          ...{ what, reason: read.column === undefined ? read.fault : `it has no column ${read.column}` },
        });
      const rejections: readonly Rejection[] = read.rejections.map(rejection => ({ ...rejection, file: what }));
      yield {
        cursor: { shape, digest },
        write: tx =>
          tell(
            tx,
            { source: name, desk, now: context.now() },
            {
              ...joinedSheets([{ name: 'table', read }]),
              // What can't be read has not been withdrawn.
              isWhole: rejections.every(({ reason }) => reason === 'duplicate_column' || reason === 'duplicate_id'),
            },
            { read: [what], rejections },
          ),
      };
    },
  };
}

async function ask(
  { url, timeoutSeconds, token }: SheetAddress,
  context: SourceContext,
  { sleep, retries = 4 }: ClientOptions,
  shown: string,
): Promise<HttpResponse> {
  const bearer = await token?.(context);
  const http = createHttpClient({
    baseUrl: url,
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    timeoutMs: timeoutSeconds * 1000,
    retries,
    // Its warnings would show the address.
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  const response = await http.request({ url, anyStatus: true }).catch((error: unknown) => {
    throw withoutAddress(error, url, shown);
  });
  const { status } = response;
  if (status < 300) return response;
  const said = `${response.body.length} bytes`;
  const about = { tool: shown, what: 'a table of answers', url: shown, said };
  if (status === 401 || status === 403) throw new PlumblineError('SURVEY_REFUSED', { ...about, status });
  if (status === 404 || status === 410) throw new PlumblineError('SURVEY_NOT_FOUND', about);
  throw new PlumblineError('HTTP_STATUS', { method: 'GET', url: shown, status, said });
}

/** The same error where its address is not the secret that it is. */
function withoutAddress(error: unknown, url: string, shown: string): unknown {
  if (!(error instanceof PlumblineError)) return error;
  const details = Object.entries(error.details).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replaceAll(url, shown).replaceAll(redactUrl(url), shown) : value,
  ]);
  if (error.code === 'HTTP_TIMEOUT' || error.code === 'HTTP_FAILED' || error.code === 'HTTP_TOO_LARGE')
    return new PlumblineError(error.code, Object.fromEntries(details));
  return new PlumblineError('SURVEY_TABLE', { what: `answers at ${shown}`, reason: error.code });
}
