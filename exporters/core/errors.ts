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
  CONFIG_MISSING: {
    sentence: 'found no configuration {file}',
    remedy: 'write one with "plumbline init --catalog DIR --bill FILE", or name one with --config',
  },
  CONFIG_UNREADABLE: {
    sentence: 'could not read the configuration {file}: {reason}',
    remedy: 'check that it is a file and that this user may read it',
  },
  CONFIG_INVALID: {
    sentence: 'the configuration {file} has {count}:\n{problems}',
    remedy: 'correct the lines named above',
  },
  COMMAND_USAGE: {
    sentence: '{reason}',
    remedy: 'see "plumbline help"',
  },
  FILE_EXISTS: {
    sentence: 'refused to overwrite {file}',
    remedy: 'name another with --out, or overwrite it with --force',
  },
  LEDGER_UNANSWERED: {
    sentence:
      'could not use the ledger {path}: process {pid} holds it, and no server of Plumbline answered at {url} ({reason})',
    remedy: 'stop that process, or wait until it ends; a running "plumbline serve" would have answered',
  },
  REMOTE_COMMAND: {
    sentence: 'the server at {url} could not do {command}: {reason}',
    remedy: 'see its log',
  },
  REMOTE_WRITE_UNREACHABLE: {
    sentence: 'remote write to {url} does not get through: {said}; {samples} samples are kept in {directory}',
    remedy:
      'check the address and the server; the next "plumbline history" or "plumbline serve" with this target sends them',
  },
  REMOTE_WRITE_REFUSED: {
    sentence: 'remote write to {url}: {samples} samples were refused, the first ({series} at {time}) with: {said}',
    remedy: 'see what "plumbline check --prometheus URL" says of the out-of-order window and the retention',
  },
  SERIES_OVER_BUDGET: {
    sentence: '{metric} would have {series} series, above its budget of {limit}',
    remedy: "lower its top-N, or raise the family's budget where it is defined; its last good values stay on the page",
  },
  CATALOG_NO_FILES: {
    sentence: 'could not read the catalog: no file matches "{glob}" in {directory}',
    remedy: 'correct catalog.files in plumbline.yaml; a folder is written as FOLDER/**/*.yaml',
  },
  OWNERSHIP_DATE_INVALID: {
    sentence: 'could not reassign owners from "{date}": it is not a day',
    remedy: 'write it as YYYY-MM-DD, such as 2026-10-01',
  },
  OWNERSHIP_VERSION_UNREADABLE: {
    sentence: 'could not read ownership version {version} of the ledger: its format is {format}',
    remedy: 'this ledger was written by a newer version of Plumbline; use that one',
  },
  HTTP_STATUS: {
    sentence: '{method} {url} answered {status}: {said}',
    remedy: 'see what the server says; for 401 and 403 check the token and its rights',
  },
  HTTP_FAILED: {
    sentence: '{method} {url} failed: {reason}',
    remedy: 'check the address and the network; the next refresh tries again',
  },
  HTTP_TIMEOUT: {
    sentence: '{method} {url} did not answer within {seconds} s',
    remedy: 'check the server and the network; the next refresh tries again',
  },
  HTTP_TOO_LARGE: {
    sentence: '{method} {url} answered with more than {limit} bytes',
    remedy: 'ask for smaller pages',
  },
  HTTP_NOT_JSON: {
    sentence: '{method} {url} answered with {kind} instead of JSON ({type}, {bytes} bytes): "{start}"',
    remedy: 'check the address: a proxy, a log-in page or a cut connection answers like this',
  },
  HTTP_REDIRECT: {
    sentence: '{method} {url} was redirected more than {count} times',
    remedy: 'correct the address',
  },
  HTTP_PAGING_LOOP: {
    sentence: 'the pages of {url} lead back to a page already read',
    remedy: 'report it: either the server repeats a cursor or the source reads it wrongly',
  },
  SPOOL_FULL: {
    sentence: 'could not keep {bytes} bytes for remote write in {directory}: {held} of {limit} bytes are taken',
    remedy: 'check that the target can be reached; nothing is lost, the same samples are written again later',
  },
  SPOOL_FAILED: {
    sentence: 'could not use the remote-write spool {directory}: {reason}',
    remedy: 'free space or correct its permissions; nothing is lost, the same samples are written again later',
  },
  PORT_TAKEN: {
    sentence: 'could not listen on {host}:{port}: another program does',
    remedy: 'stop that program, or set server.port',
  },
  LISTEN_FAILED: {
    sentence: 'could not listen on {host}:{port}: {reason}',
    remedy: 'correct server.host and server.port',
  },
  PUSH_INVALID: {
    sentence: 'could not take what was posted to {source}: {reason}',
    remedy: 'correct what the other system sends',
  },
  BILL_NOT_FOUND: {
    sentence: 'found no FOCUS bill (.csv, .csv.gz, .parquet) at {path}',
    remedy: 'correct cost.focus[].path, or wait for the first export; what was read before is kept',
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
