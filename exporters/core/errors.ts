/**
 * What an error is: a stable code, one sentence that says what was being done and with which value, and what to do
 * about it. Each room keeps its own in an `errors.ts`; here stand core's. ERRORS.md beside this file lists those of all
 * rooms; a test fails when they differ, or when two rooms use one code.
 */
import { maskSecrets } from './secrets.ts';

type Detail = string | number | undefined;
type Details = Readonly<Record<string, Detail>>;

/** What kind of failure it is to whoever started the program, where it isn't simply a problem. */
export type ErrorKind = 'usage' | 'locked' | 'remote' | 'problem';

export interface ErrorEntry {
  /** Lower case; `{name}` is replaced by the detail of that name. */
  readonly sentence: string;
  readonly remedy: string;
  /** `problem` where it is left out. */
  readonly kind?: ErrorKind;
  /** Asking again soon is in vain: someone has to renew, allow or correct something first. */
  readonly needsPerson?: true;
}

export type ErrorCatalog = Readonly<Record<string, ErrorEntry>>;

type NamesIn<Sentence> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Every name in the sentence's braces must be given; more may be, for whoever catches it. */
type DetailArguments<Names extends string> = [Names] extends [never]
  ? [details?: Details, cause?: unknown]
  : [details: Details & Readonly<Record<Names, Detail>>, cause?: unknown];

type CodeOf<Catalog> = keyof Catalog & string;

/** Makes errors of the catalog's codes alone; `instanceof` holds for the errors of every room. */
export type ErrorClass<Catalog extends ErrorCatalog> = new <Code extends CodeOf<Catalog>>(
  code: Code,
  ...rest: DetailArguments<NamesIn<Catalog[Code]['sentence']>>
) => PlumblineError<CodeOf<Catalog>>;

/** `Code` are the codes that the room which looks at it knows; the error may come from another. */
export interface PlumblineError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly remedy: string;
  readonly kind: ErrorKind;
  readonly needsPerson: boolean;
  readonly details: Details;
}

const defined = new Map<string, ErrorEntry>();

class DefinedError extends Error implements PlumblineError {
  readonly code: string;
  readonly remedy: string;
  readonly kind: ErrorKind;
  readonly needsPerson: boolean;
  readonly details: Details;

  constructor(code: string, given: Details = {}, cause?: unknown) {
    const details = withoutSecrets(given);
    const { sentence, remedy, kind = 'problem', needsPerson = false } = defined.get(code)!;
    const text = sentence.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? '?'));
    super(text, cause === undefined ? undefined : { cause });
    this.name = 'PlumblineError';
    this.code = code;
    this.remedy = remedy;
    this.kind = kind;
    this.needsPerson = needsPerson;
    this.details = details;
  }
}

/** Details are logged too; what another system or library has said may hold a secret that no one expected. */
const withoutSecrets = (details: Details): Details =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? maskSecrets(value) : value]),
  );

function classOf<Catalog extends ErrorCatalog>(catalog: ErrorCatalog): ErrorClass<Catalog> {
  for (const [code, entry] of Object.entries(catalog)) {
    if (defined.has(code)) throw new Error(`the error ${code} is defined twice`);
    defined.set(code, entry);
  }
  return DefinedError;
}

export const errors = {
  LEDGER_LOCKED: {
    sentence: 'could not open the ledger {path}: process {pid} holds it',
    remedy: 'stop that process, or let this command ask it over HTTP by starting it with the same configuration',
    kind: 'locked',
  },
  LEDGER_OPEN_TWICE: {
    sentence: 'refused to open the ledger {path} a second time in this process',
    remedy: 'share the ledger that is open; two instances of one file destroy committed rows',
  },
  LEDGER_DISK_FULL: {
    sentence: 'could not write to the ledger {path}: no space left on the device',
    remedy: 'free space; nothing was half-written and the refresh is tried again',
  },
  LEDGER_FOLDER_FAILED: {
    sentence: 'could not make the folder {directory} for a ledger: {reason}',
    remedy: 'correct data_dir, or the rights of the folders above it',
  },
  LEDGER_UNREADABLE: {
    sentence: 'could not open the ledger {path}: {reason}',
    remedy:
      'check that this user may read and write it, and that its disk is whole; a ledger moved away is made anew from the sources',
  },
  LEDGER_FAILED: {
    sentence: 'could not use the ledger {path}: {reason}',
    remedy: 'see the cause; committed data is kept',
  },
  METRIC_INVALID: {
    sentence: 'metric {metric} is not well defined: {reason}',
    remedy: 'correct its definition in metrics.ts',
    kind: 'usage',
  },
  VIEW_FAILED: {
    sentence: 'could not evaluate metric {metric}: {reason}',
    remedy: 'the last good values stay on the page; see the cause',
  },
  SERIES_OVER_LIMIT: {
    sentence: '{exporter} would serve {series} series, above series_limit {limit}',
    remedy: 'raise series_limit, or lower the top-N of the families that "plumbline check" lists',
  },
  SERIES_OVER_BUDGET: {
    sentence: '{metric} would have {series} series by {labels}, above its budget of {limit}',
    remedy:
      "lower the top-N of a label that has one, or read fewer distinct values of the others; the family's budget is where it is defined, and its last good values stay on the page",
  },
  HTTP_STATUS: {
    sentence: '{method} {url} answered {status}: {said}',
    remedy: 'see what the server says; for 401 and 403 check the token and its rights',
    kind: 'remote',
  },
  HTTP_FAILED: {
    sentence: '{method} {url} failed: {reason}',
    remedy: 'check the address and the network; the next refresh tries again',
    kind: 'remote',
  },
  HTTP_TIMEOUT: {
    sentence: '{method} {url} did not answer within {seconds} s',
    remedy: 'check the server and the network; the next refresh tries again',
    kind: 'remote',
  },
  HTTP_TOO_LARGE: {
    sentence: '{method} {url} answered with more than {limit} bytes',
    remedy: 'ask for smaller pages',
    kind: 'remote',
  },
  HTTP_NOT_JSON: {
    sentence: '{method} {url} answered with {kind} instead of JSON ({type}, {bytes} bytes): "{start}"',
    remedy: 'check the address: a proxy, a log-in page or a cut connection answers like this',
    kind: 'remote',
  },
  HTTP_REDIRECT: {
    sentence: '{method} {url} was redirected more than {count} times',
    remedy: 'correct the address',
    kind: 'remote',
  },
  HTTP_PAGING_LOOP: {
    sentence: 'the pages of {url} lead back to a page already read',
    remedy: 'report it: either the server repeats a cursor or the source reads it wrongly',
    kind: 'remote',
  },
  PROMETHEUS_QUERY_REFUSED: {
    sentence: 'the query of {of} was refused by {url}: {said}',
    remedy: 'correct the query, or the address in the configuration; what was read before is kept',
    kind: 'remote',
  },
  PROMETHEUS_ANSWER_PARTIAL: {
    sentence: 'what {url} answered to the query of {of} is not whole: {said}',
    remedy: 'see to the server that did not answer; what was read before is kept',
    kind: 'remote',
  },
  PROMETHEUS_ANSWER_UNEXPECTED: {
    sentence: 'could not use what {url} answered to the query of {of}: {reason}',
    remedy: 'check that the address is an API of Prometheus, and what its query gives; what was read before is kept',
    kind: 'remote',
  },
  OBJECT_INCOMPLETE: {
    sentence: 'the object {key} ended after {bytes} of {size} bytes',
    remedy: 'nothing of it was kept; the next refresh downloads it again',
    kind: 'remote',
  },
  MIRROR_FAILED: {
    sentence: 'could not download {count} of {total} objects to {directory}, the first ({key}) because: {reason}',
    remedy: 'see the reason; what was downloaded is kept, the rest is tried again, and nothing of it is read before',
    kind: 'remote',
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
    kind: 'usage',
  },
  LISTEN_FAILED: {
    sentence: 'could not listen on {host}:{port}: {reason}',
    remedy: 'correct server.host and server.port',
    kind: 'usage',
  },
  PUSH_INVALID: {
    sentence: 'could not take what was posted to {source}: {reason}',
    remedy: 'correct what the other system sends',
  },
  PUSH_TOO_LARGE: {
    sentence: 'could not take what was posted to {source}: it is larger than {bytes} bytes when unpacked',
    remedy: 'post a report for each part of it, or deliver it as a file',
  },
  PUSH_BUSY: {
    sentence: 'did not take what was posted to {source}: {reason}',
    remedy: 'post it again after the seconds that Retry-After says; nothing of it was taken',
  },
  PUSH_FORBIDDEN: {
    sentence: 'refused what {principal} posted to {source}: {reason}',
    remedy: 'post it with a token that may, or leave it out; nothing of the post was taken',
  },
  CHECK_INVALID: {
    sentence: 'the check {check} breaks the contract of subject facts: {reason}',
    remedy: 'correct its definition; nothing starts with it',
  },
  CHECK_FAILED: {
    sentence: 'could not evaluate the check {check}: {reason}',
    remedy: 'report it where it comes again; what was said by it before stands until it can be',
  },
  QUERY_INVALID: {
    sentence: 'could not list {name}: {reason}',
    remedy: 'correct the parameter in the address',
  },
  READ_FORBIDDEN: {
    sentence: 'refused to tell {principal} of {name}: {reason}',
    remedy: 'ask with a token that may, or for your own',
  },
} as const satisfies ErrorCatalog;

type CoreErrors = typeof errors;

export type ErrorCode = CodeOf<CoreErrors>;

export const PlumblineError = classOf<CoreErrors>(errors);

/**
 * The error class of a room: its own codes and core's. Every room's `errors.ts` exports `errors`, which the reference
 * page is made from, and `PlumblineError = defineErrors(errors)`. Throws where a code is taken.
 */
export const defineErrors = <const Own extends ErrorCatalog>(own: Own): ErrorClass<Own & CoreErrors> => classOf(own);

/** The kind of the error that has the code, for one that came over the wire; undefined where no loaded room has it. */
export function kindOfCode(code: string): ErrorKind | undefined {
  const entry = defined.get(code);
  return entry && (entry.kind ?? 'problem');
}

/** The sentence of any thrown value, with its remedy where it has one; for logs, pages and standard error. */
export function describeError(error: unknown): string {
  if (error instanceof PlumblineError) return `${error.message} (${error.code}); ${error.remedy}`;
  return maskSecrets(error instanceof Error ? error.message : String(error));
}
