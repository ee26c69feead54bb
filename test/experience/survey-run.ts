/** A source of answers over a ledger of its own, refreshed as the runtime does; what it tells is kept for a test to see. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { Exporter } from '../../exporters/core/exporter.ts';
import type { Row } from '../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../exporters/core/refresh.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import type { Source } from '../../exporters/core/source.ts';
import { pseudonymsOf } from '../../exporters/experience/pseudonym.ts';
import { type SurveyConfig, surveySchema } from '../../exporters/experience/surveys/config.ts';
import type { SurveyDesk } from '../../exporters/experience/surveys/desk.ts';
import type { SurveyTold } from '../../exporters/experience/surveys/told.ts';

export interface SurveyRun {
  readonly runtime: Runtime;
  readonly clock: { now: Date };
  /** Milliseconds that were waited for. */
  readonly waits: number[];
  readonly logged: string[];
  /** What reached the desk, in order. */
  readonly told: SurveyTold[];
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** Every byte that was written, and every line that was logged. */
  readonly traces: () => Promise<Buffer>;
  readonly restart: (definition?: unknown) => Promise<SurveyRun>;
}

export interface ClientOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly retries: number;
}

interface Options {
  readonly source: (desk: SurveyDesk, client: ClientOptions) => Source;
  readonly now: string;
  readonly definition?: unknown;
  readonly retries?: number;
  readonly dataDir?: string;
}

export const definition = {
  survey: 'developer',
  questions: [{ question: 'How likely*', name: 'recommend', as: 'nps' }],
} as const;

/** Means none of the questions, so that a source has no reason to leave any out. */
export const nothingMeant = {
  survey: 'developer',
  questions: [{ question: 'no such question', name: 'recommend', as: 'nps' }],
} as const;

export async function surveyRun(t: TestContext, options: Options): Promise<SurveyRun> {
  const { source, now, retries = 2 } = options;
  const survey: SurveyConfig = surveySchema.parse(options.definition ?? definition);
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-survey-'));
  const logged: string[] = [];
  const waits: number[] = [];
  const told: SurveyTold[] = [];
  const clock = { now: new Date(now) };
  const desk: SurveyDesk = {
    survey,
    pseudonyms: pseudonymsOf('a key that nobody guesses'),
    store: async (_tx, _source, one) => {
      told.push(one);
      return { records: one.responses.length, changed: one.responses.length, rejected: {} };
    },
  };
  const exporter: Exporter = {
    name: 'experience',
    tables: [],
    metrics: [],
    facts: [],
    sources: [source(desk, { sleep: async wait => void waits.push(wait), retries })],
  };
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const runtime = await openRuntime(exporter, { dataDir, log, now: () => clock.now, threads: 1 });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await runtime.stop();
    stopped = true;
  };
  t.after(async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    ...{ runtime, clock, waits, logged, told },
    refresh: async () => (await runtime.refresh())[0]!,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    traces: async () => {
      const page = await runtime.ledger.read(reader => reader.all('FROM rejects'));
      await stop();
      const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
      return Buffer.concat([
        ...files.map(entry => readFileSync(path.join(entry.parentPath, entry.name))),
        Buffer.from(JSON.stringify(page) + logged.join('')),
      ]);
    },
    restart: async again => {
      await stop();
      const more = again === undefined ? {} : { definition: again };
      return surveyRun(t, { ...options, ...more, dataDir, now: clock.now.toISOString() });
    },
  };
}

/** How often each text was given for an item. */
export function counted(responses: SurveyTold['responses'], item: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { answers } of responses) for (const one of answers[item] ?? []) counts[one] = (counts[one] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
