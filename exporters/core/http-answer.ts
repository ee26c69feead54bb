/** What comes of a request, as the HTTP client hands it on: answers and errors, without secrets. */
import { FetchError, type Response } from 'node-fetch';
import { PlumblineError } from './errors.ts';

import { redactUrl } from './secrets.ts';

export interface HttpResponse {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  /** Only with `mayBeCut`: the body is not all of it. */
  readonly isCut?: boolean;
  readonly text: () => string;
  /** Throws HTTP_NOT_JSON for HTML, text and JSON that is cut short. */
  readonly json: () => unknown;
}

/** What comes of a body until it breaks off. */
export async function untilCut(response: Response, most: number): Promise<{ bytes: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= most) return { bytes: Buffer.concat(chunks), isCut: true };
    }
  } catch {
    return { bytes: Buffer.concat(chunks), isCut: true };
  }
  return { bytes: Buffer.concat(chunks), isCut: false };
}

export function answer(
  status: number,
  url: string,
  headers: Response['headers'],
  body: Buffer,
  method: string,
): HttpResponse {
  const text = () => body.toString('utf8');
  return {
    status,
    url,
    body,
    text,
    header: name => headers.get(name) ?? undefined,
    json: () => {
      try {
        return JSON.parse(text()) as unknown;
      } catch (error) {
        const start = text().slice(0, 80).replace(/\s+/g, ' ').trim();
        const kind = start.startsWith('<') ? 'HTML' : start === '' ? 'nothing' : 'no whole JSON document';
        const type = headers.get('content-type') ?? 'no type';
        throw new PlumblineError(
          'HTTP_NOT_JSON',
          { method, url: redactUrl(url), kind, type, bytes: body.length, start },
          error,
        );
      }
    },
  };
}

export function statusError(response: HttpResponse, method: string, clean: (text: string) => string): PlumblineError {
  const said = clean(response.text().slice(0, 2000)).replace(/\s+/g, ' ').trim().slice(0, 300) || 'nothing';
  const retryAfter = response.header('retry-after');
  const details = { method, url: redactUrl(response.url), status: response.status, said };
  return new PlumblineError('HTTP_STATUS', retryAfter === undefined ? details : { ...details, retryAfter });
}

interface FailureContext {
  readonly method: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly clean: (text: string) => string;
}

/** The cause is rebuilt with its message cleaned: node-fetch's own holds the URL with all its secrets. */
export function failure(
  error: unknown,
  { method, url, timeoutMs, maxBodyBytes, clean }: FailureContext,
): PlumblineError {
  if (error instanceof PlumblineError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new PlumblineError('HTTP_TIMEOUT', { method, url, seconds: timeoutMs / 1000 });
  if (error instanceof FetchError && error.type === 'max-size')
    return new PlumblineError('HTTP_TOO_LARGE', { method, url, limit: maxBodyBytes });
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const reason = clean(text).replace(/^request to .* failed, reason: /, '') || code || 'no reason given';
  return new PlumblineError(
    'HTTP_FAILED',
    { method, url, reason: code && !reason.includes(code) ? `${code} ${reason}` : reason },
    new Error(clean(text)),
  );
}
