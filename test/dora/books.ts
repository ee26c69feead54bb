/** A dora exporter over facts that are told by hand: linear histories, deployments, pull requests, incidents. */
import { pino } from 'pino';
import type { Ownership } from '../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Parameters, type Row, type Transaction } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { type DoraConfig, doraSchema } from '../../exporters/dora/config.ts';
import type { CommitFact, DeploymentFact, Facts } from '../../exporters/dora/facts.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { storeFacts } from '../../exporters/dora/store-facts.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  readonly config: DoraConfig;
  /** Stores facts as a batch of a source does, and derives; at an instant of our clock. */
  readonly tell: (
    facts: Facts,
    now: string,
    source?: string,
    also?: (tx: Transaction) => Promise<void>,
  ) => Promise<void>;
  /** Does so within one transaction of its own. */
  readonly derive: (now: string) => Promise<void>;
  readonly rows: (sql: string, parameters?: Parameters) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface BooksOptions {
  readonly dora?: unknown;
  readonly ownership?: Ownership;
  readonly path?: string;
  readonly ledger?: Ledger;
  /** When the exporter starts. */
  readonly now?: string;
}

export async function openBooks({
  dora = {},
  ownership = noOwnership,
  path,
  ledger: own,
  now = '2026-01-01T00:00:00Z',
}: BooksOptions = {}): Promise<Books> {
  const log = pino({ level: 'silent' });
  const config = doraSchema.parse(dora);
  const exporter = doraExporter(config, ownership);
  const ledger = own ?? (await openLedger({ path: path ?? ':memory:', tables: exporter.tables }));
  const start = new Date(now);
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now: () => start, log });
    await exporter.derive?.(tx, { now: () => start, log });
  });
  const rows = (sql: string, parameters?: Parameters) => ledger.read(reader => reader.all(sql, parameters));
  return {
    ledger,
    exporter,
    config,
    tell: async (facts, now, source = 'ci', also) => {
      const at = new Date(now);
      await ledger.write(async tx => {
        await storeFacts(tx, source, facts, at);
        await also?.(tx);
        await exporter.derive?.(tx, { now: () => at, log });
      });
    },
    derive: async now => {
      await ledger.write(async tx => {
        await exporter.derive?.(tx, { now: () => new Date(now), log });
      });
    },
    rows,
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    close: () => ledger.close(),
  };
}

const noOwnership = ownershipOf({});

/** A sha that a name stands for. */
export const sha = (name: string): string => {
  let hex = '';
  for (const character of name) hex += character.codePointAt(0)!.toString(16).padStart(2, '0');
  return hex.padEnd(40, '0').slice(0, 40);
};

export interface Step {
  readonly name: string;
  readonly at: string;
  readonly committedAt?: string;
  /** Names of parents; the step before it unless given. */
  readonly parents?: readonly string[];
  readonly reverts?: readonly string[];
  readonly pickedFrom?: readonly string[];
  readonly pullRequest?: number;
  readonly author?: string;
}

/** Commits, each the child of the one before it unless it says otherwise. */
export const history = (repository: string, steps: readonly Step[]): readonly CommitFact[] =>
  steps.map((step, index) => ({
    ...{ repository, sha: sha(step.name), subject: step.name },
    parents: (step.parents ?? (index === 0 ? [] : [steps[index - 1]!.name])).map(sha),
    ...{ authoredAt: step.at, committedAt: step.committedAt ?? step.at },
    ...{ authorName: step.author ?? 'Ada', authorEmail: 'ada@acme.example' },
    reverts: (step.reverts ?? []).map(sha),
    pickedFrom: (step.pickedFrom ?? []).map(sha),
    ...(step.pullRequest === undefined ? {} : { pullRequest: step.pullRequest }),
  }));

export type Told = Partial<DeploymentFact> & { readonly outcome?: 'success' | 'failure' | 'cancelled' };

/** A deployment to production of ten minutes that ended at an instant; `deployment` names the version it deploys too. */
export function deployed(
  deployment: string,
  endedAt: string,
  { outcome = 'success', ...told }: Told = {},
): DeploymentFact {
  const began = new Date(Date.parse(endedAt) - 600_000).toISOString();
  return {
    ...{ deployment, repository: 'acme/shop', environment: 'production', sha: sha(deployment), createdAt: began },
    ...{
      updatedAt: endedAt,
      statuses: [
        { status: 'running', at: began },
        { status: outcome, at: endedAt },
      ],
    },
    ...told,
  };
}
