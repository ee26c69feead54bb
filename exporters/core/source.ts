/**
 * A source knows one system's API or file format and nothing of metrics. It yields batches; the ledger commits each
 * batch together with the cursor to go on from, so that a killed process neither loses nor repeats a fact.
 */
import type { Logger } from 'pino';
import type { Ledger, Transaction } from './ledger.ts';
import type { QueuedPost } from './post-queue.ts';

export interface BatchCounts {
  /** Facts read, whether new or known already. */
  readonly records: number;
  /** Facts that were new or changed something. */
  readonly changed: number;
  /** Records that could not be read, by reason (snake_case). */
  readonly rejected: Readonly<Record<string, number>>;
  /** Files that are not whole yet, posts that are kept: no rejection, for their turn comes later. */
  readonly waiting?: number;
}

export interface Batch {
  /** Where the source goes on from after this batch; JSON, committed in the same transaction. */
  readonly cursor: unknown;
  /** Writes the batch's facts; runs inside the ledger's one write transaction, so it must be set SQL or an appender. */
  readonly write: (tx: Transaction) => Promise<BatchCounts>;
}

export interface SourceContext {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Reports long work: done and total in any unit, and what the unit is. */
  readonly progress: (done: number, total: number | undefined, unit: string) => void;
}

interface SourceBase {
  /** The system's name as in the configuration and the `source` label. */
  readonly name: string;
  /** Seconds between two refreshes. */
  readonly everySeconds: number;
}

/** What a refresh is about to ask of an API. */
export interface RequestPlan {
  readonly requests: number;
  /** What the requests cost; decimal text. */
  readonly money?: { readonly amount: string; readonly currency: string };
  /** One sentence for people: what is asked for, and how often. */
  readonly text: string;
}

/** An API asked on a schedule. */
export interface PullSource extends SourceBase {
  readonly kind: 'pull';
  /** Its schedule begins when this is true: what reads others waits for them. */
  readonly isReady?: () => Promise<boolean>;
  /** What the next refresh asks; `check` prints it, and a long first one says it before it begins. */
  readonly plan?: (context: Pick<SourceContext, 'ledger' | 'now'>) => Promise<RequestPlan>;
  /** Whether a refresh that failed may be tried again before the schedule's next; where absent it may. */
  readonly mayRetry?: (context: Pick<SourceContext, 'ledger' | 'now'>) => Promise<boolean>;
  readonly batches: (context: SourceContext, cursor: unknown) => AsyncIterable<Batch>;
}

/** Files: a path, a glob or a folder, looked at on a schedule. */
export interface ReadSource extends SourceBase {
  readonly kind: 'read';
  readonly batches: (context: SourceContext, cursor: unknown) => AsyncIterable<Batch>;
}

/** Who a token or a signature speaks for; a team's principal writes that team's facts only. */
export type Principal = { readonly name: string } & (
  | { readonly role: 'admin' }
  | { readonly role: 'reader' }
  | { readonly role: 'team'; readonly team: string }
);

export interface PushRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the address that was posted to; where a sender can set no header, its secret stands there. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Of the address, what follows the source's name: `logs` of /push/policy/opa/logs. */
  readonly rest?: string;
  readonly principal: Principal;
}

/** An HTTP endpoint that the other system posts to: POST /push/EXPORTER/NAME, or /ingest/EXPORTER/NAME. */
export interface PushSource extends PushBase {
  readonly accept: (context: SourceContext, request: PushRequest) => Promise<Batch>;
  /** Of a body, unpacked; the server's own limit unless given. */
  readonly maxBytes?: number;
}

/**
 * As a PushSource, for what is posted so often that each post can't be a transaction. A post is answered as soon as it is
 * on the disk, as it was posted, and committed with others after; a queue that is full is answered with 429.
 */
export interface QueueSource extends PushBase {
  readonly queue: PostQueueing;
}

export interface PostQueueing {
  /** Of one body, as it is posted and uncompressed. */
  readonly maxBodyBytes: number;
  readonly maxInflatedBytes: number;
  /** Of all that waits, as it was posted. */
  readonly maxBytes: number;
  readonly maxPosts: number;
  /** How much `drain` is given at a time. */
  readonly drainPosts: number;
  readonly drainInflatedBytes: number;
  /** What is to be known of a post beside its body, 100 characters at most. Throws PUSH_INVALID, PUSH_FORBIDDEN. */
  readonly note: (request: Omit<PushRequest, 'body'>) => string;
  /** Reads the oldest posts. Never throws for what is in them; one that can't be read is a rejection. */
  readonly drain: (context: SourceContext, posts: readonly QueuedPost[]) => Promise<Batch>;
}

interface PushBase extends SourceBase {
  readonly kind: 'push';
  /** True where it takes posts though nothing in the configuration asks for it: it is told of once one has come. */
  readonly isAlwaysThere?: boolean;
  /** A webhook signature's check; where absent, a token is asked for. Returns undefined when it does not hold. */
  readonly verify?: (
    body: Buffer,
    headers: PushRequest['headers'],
    query?: PushRequest['query'],
  ) => Principal | undefined | Promise<Principal | undefined>;
}

export type Source = PullSource | ReadSource | PushSource | QueueSource;

/** One record that could not be read; kept in the ledger's `rejects`, printed by `plumbline check`. */
export interface Reject {
  readonly source: string;
  readonly file: string;
  /** 1-based line or record number where known. */
  readonly line?: number;
  readonly reason: string;
  readonly field?: string;
  /** The offending value, cut to 200 characters. */
  readonly value?: string;
}
