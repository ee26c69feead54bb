/** What the server shows and serves, and of whom it asks it. */
import type { Logger } from 'pino';
import type { ApiPage, ApiRequest } from './api.ts';
import type { Token } from './auth.ts';
import type { Metric } from './metric.ts';
import type { Runtime } from './runtime.ts';
import type { SelfMetrics } from './self-metrics.ts';
import type { Snapshot } from './snapshot-types.ts';
import type { BatchCounts, Principal, PushRequest, PushSource, QueueSource } from './source.ts';
import type { SourceStatus } from './status.ts';
import { subjectEndpoints } from './subject-api.ts';
import { teamsOfPage } from './team/page-series.ts';
import { teamReaders } from './team/reader.ts';
import type { TeamDirectory, TeamSection } from './team/section.ts';
import type { Web } from './web/server.ts';

/** An exporter as the server sees it. */
export interface ExporterView {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly snapshot: () => Snapshot | undefined;
  readonly sources: () => readonly SourceStatus[];
  /** What is wrong with the page at present. */
  readonly problems: () => readonly string[];
  readonly pushSources: readonly (Pick<PushSource, 'name' | 'verify'> &
    Partial<Pick<PushSource, 'maxBytes'> & Pick<QueueSource, 'queue'>>)[];
  /** Commits what was posted to one of `pushSources`. */
  readonly accept: (source: string, request: PushRequest) => Promise<BatchCounts>;
  /** Lists of it that are read at GET /api/NAME. */
  readonly api?: readonly {
    readonly name: string;
    readonly answer: (request: ApiRequest) => Promise<ApiPage>;
  }[];
  /** What it shows of a team at /teams/TEAM; of a team that nothing is measured of as well. */
  readonly team?: (team: string, now: Date) => Promise<TeamSection>;
  /** Teams that its page has series of. */
  readonly teams?: () => ReadonlySet<string>;
  /** Told when a time series database has fetched the page. */
  readonly scraped: () => Promise<void>;
}

/** The view of a running exporter. */
export function viewOf(runtime: Runtime): ExporterView {
  const { exporter, ledger, snapshot, sources, problems, accept, scraped } = runtime;
  const pushSources = exporter.sources.filter(source => source.kind === 'push');
  const api = [...(exporter.api ?? []), ...subjectEndpoints(runtime)].map(({ name, answer }) => ({
    name,
    answer: (request: ApiRequest) => answer(ledger, request),
  }));
  const { name, metrics } = exporter;
  const readers = teamReaders({ exporter, ledger, snapshot });
  return {
    ...{ name, metrics, snapshot, sources, problems, pushSources, accept, api, scraped },
    ...(exporter.teamPage && { team: (team: string, at: Date) => exporter.teamPage!(readers.of(team, at)) }),
    teams: () => teamsOfPage(snapshot()),
  };
}

/** Runs with the parsed JSON body of POST /command/NAME for an admin; what it returns is answered as JSON. */
export type Command = (body: unknown, principal: Principal) => Promise<unknown>;

export type Explanation = { readonly text: string } | { readonly unknown: string };

export interface ServerOptions {
  /** Asked at every request, so that exporters may come later than the server. */
  readonly exporters: () => readonly ExporterView[];
  readonly tokens: readonly Token[];
  readonly self: SelfMetrics;
  readonly log: Logger;
  readonly version: string;
  readonly demo?: boolean;
  /** For GET /explain/KIND/ID; undefined where there is no such kind, and of an id that nobody knows why. */
  readonly explain?: (kind: string, id: string) => Promise<Explanation | undefined>;
  readonly commands?: Readonly<Record<string, Command>>;
  /** A folder of Markdown files, served at /runbooks/NAME. */
  readonly runbooksDir?: string;
  /** For /teams: teams that are known besides those that pages have series of, and what else is told of one. */
  readonly teams?: TeamDirectory;
  /** Of a post, where its source says no other; 10 MiB. */
  readonly maxPostBytes?: number;
  /** Posts of an exporter that are being taken at a time, 200, and their bytes, 64 MiB; others are answered with 429. */
  readonly maxPendingPosts?: number;
  readonly maxPendingBytes?: number;
  readonly now?: () => Date;
  /** TLS, headers and users by a web configuration file; plain HTTP without. */
  readonly web?: Web;
}
