/**
 * Every error that a user can meet: a stable code, one sentence that says what was being done and with which value,
 * and what to do about it. ERRORS.md beside this file lists them; a test fails when the two differ.
 */
type Details = Readonly<Record<string, string | number | undefined>>;

interface ErrorEntry {
  /** Lower case; `{name}` is replaced by the detail of that name. */
  readonly sentence: string;
  readonly remedy: string;
}

export const errorCatalog = {
  LEDGER_LOCKED: {
    sentence: 'could not open the ledger {path}: process {pid} holds it',
    remedy: 'stop that process, or let this command ask it over HTTP by starting it with the same configuration',
  },
  LEDGER_OPEN_TWICE: {
    sentence: 'refused to open the ledger {path} a second time in this process',
    remedy: 'share the ledger that is open; two instances of one file destroy committed rows',
  },
  LEDGER_DISK_FULL: {
    sentence: 'could not write to the ledger {path}: no space left on the device',
    remedy: 'free space; nothing was half-written and the refresh is tried again',
  },
  LEDGER_FAILED: {
    sentence: 'could not use the ledger {path}: {reason}',
    remedy: 'see the cause; committed data is kept',
  },
  METRIC_INVALID: {
    sentence: 'metric {metric} is not well defined: {reason}',
    remedy: 'correct its definition in metrics.ts',
  },
  VIEW_FAILED: {
    sentence: 'could not evaluate metric {metric}: {reason}',
    remedy: 'the last good values stay on the page; see the cause',
  },
  SERIES_OVER_LIMIT: {
    sentence: '{exporter} would serve {series} series, above series_limit {limit}',
    remedy: 'raise series_limit, or lower the top-N of the families that "plumbline check" lists',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalog;

export class PlumblineError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}, cause?: unknown) {
    const entry: ErrorEntry = errorCatalog[code];
    const sentence = entry.sentence.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? '?'));
    super(sentence, cause === undefined ? undefined : { cause });
    this.name = 'PlumblineError';
    this.code = code;
    this.remedy = entry.remedy;
    this.details = details;
  }
}

/** The sentence of any thrown value, with its remedy where it has one; for logs, pages and standard error. */
export function describeError(error: unknown): string {
  if (error instanceof PlumblineError) return `${error.message} (${error.code}); ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}
