/** An experience exporter over surveys that are told by hand, and values of its families as of an instant. */
import { pino } from 'pino';
import type { Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { prune } from '../../../exporters/core/retention.ts';
import type { BatchCounts } from '../../../exporters/core/source.ts';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { pseudonymsOf } from '../../../exporters/experience/pseudonym.ts';
import { surveysMetrics } from '../../../exporters/experience/surveys/metrics.ts';
import { heardSurvey, storeSurvey } from '../../../exporters/experience/surveys/store.ts';
import type { SurveyItem, SurveyResponse, SurveyTold } from '../../../exporters/experience/surveys/told.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { evaluate } from '../../core/as-of.ts';

export const key = 'a key that nobody guesses';

/** Teams a to h. */
export const teams = ownershipOf(Object.fromEntries([...'abcdefgh'].map(team => [team, {}])));

/** NPS of the platform, two scales of one dimension and one of another, and which team. */
export const pulse = {
  survey: 'pulse',
  team: { question: 'Your team' },
  respondent: 'Your e-mail',
  questions: [
    { question: 'How likely are you to recommend*', name: 'recommend', as: 'nps' },
    { question: 'The platform is easy', name: 'easy', as: 'scale', dimension: 'satisfaction' },
    { question: 'I am happy here', name: 'happy', as: 'scale', dimension: 'satisfaction' },
    { question: 'I can focus', name: 'focus', as: 'scale', dimension: 'efficiency' },
  ],
} as const;

export const items: readonly SurveyItem[] = [
  { id: 'q1', text: 'How likely are you to recommend the platform to a colleague?' },
  { id: 'q2', text: 'The platform is easy' },
  { id: 'q3', text: 'I am happy here' },
  { id: 'q4', text: 'I can focus' },
  { id: 'q5', text: 'Your team' },
  { id: 'q6', text: 'Your e-mail' },
  { id: 'q7', text: 'Anything else?' },
];

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  /** Tells at an instant of our clock, in one transaction, as a source does. */
  readonly tell: (told: Partial<SurveyTold>, now: string, source?: string) => Promise<BatchCounts>;
  readonly derive: (now: string) => Promise<void>;
  /** Prunes and derives, as the program does once a day. */
  readonly prune: (now: string) => Promise<Readonly<Record<string, number>>>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  /** Everything that surveys tell at an instant. */
  readonly scrape: (instant: string) => Promise<readonly Sample[]>;
  readonly close: () => Promise<void>;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface BooksOptions {
  readonly surveys?: readonly unknown[];
  readonly privacy?: Readonly<Record<string, unknown>>;
  /** Sources that are expected to tell. */
  readonly csv?: readonly unknown[];
  readonly ownership?: Ownership;
  /** One that is open, of another configuration. */
  readonly ledger?: Ledger;
  readonly path?: string;
  readonly now?: string;
}

export async function openBooks({
  surveys = [pulse],
  privacy = {},
  csv = [],
  ownership = teams,
  ledger: own,
  path = ':memory:',
  now = '2026-01-01T00:00:00Z',
}: BooksOptions = {}): Promise<Books> {
  const log = pino({ level: 'silent' });
  const config = experienceSchema.parse({ surveys, csv, privacy: { pseudonym_key: key, ...privacy } });
  const exporter = experienceExporter(config, ownership);
  const ledger = own ?? (await openLedger({ path, tables: exporter.tables }));
  const at = (text: string) => ({ now: () => new Date(text), log });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, at(now));
    await exporter.derive?.(tx, at(now));
  });
  const part = (text: string) => ({ config, ownership, pseudonyms: pseudonymsOf(key), now: new Date(text) });
  return {
    ledger,
    exporter,
    tell: (told, when, source = 'tool') =>
      ledger.write(async tx => {
        const whole = { survey: 'pulse', items, responses: [], isWhole: true, ...told };
        const counts = await storeSurvey(tx, source, whole, part(when));
        await exporter.derive?.(tx, at(when));
        return counts;
      }),
    derive: when =>
      ledger.write(async tx => {
        for (const survey of config.surveys) await heardSurvey(tx, 'tool', survey, new Date(when));
        await exporter.derive?.(tx, at(when));
      }),
    prune: when =>
      ledger.write(async tx => {
        const gone = await prune(tx, exporter.retention ?? [], new Date(when));
        await exporter.derive?.(tx, at(when));
        return gone;
      }),
    rows: sql => ledger.read(reader => reader.all(sql)),
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    scrape: async instant => {
      const samples: Sample[] = [];
      for (const metric of surveysMetrics as readonly Metric[])
        for (const row of await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] }))
          samples.push({
            name: metric.name,
            labels: Object.fromEntries(metric.labels.map(label => [label, String(row[label])])),
            value: Number(row.value),
          });
      return samples;
    },
    close: () => ledger.close(),
  };
}

export interface Said {
  readonly id: string;
  readonly team?: string;
  readonly day?: string;
  readonly email?: string;
  /** 0 to 10. */
  readonly recommend?: number | string;
  readonly easy?: number | string;
  readonly happy?: number | string;
  readonly focus?: number | string;
  readonly words?: string;
}

/** A complete response to `pulse`. */
export function response({ id, day = '2026-02-10', ...said }: Said): SurveyResponse {
  const answers: Record<string, readonly string[]> = {};
  const given = {
    ...{ q1: said.recommend, q2: said.easy, q3: said.happy, q4: said.focus },
    ...{ q5: said.team, q6: said.email, q7: said.words },
  };
  for (const [item, text] of Object.entries(given)) if (text !== undefined) answers[item] = [String(text)];
  return { id, submittedAt: day.includes('T') ? day : `${day}T10:00:00Z`, isComplete: true, answers };
}

/** One of each: so many of a team, whose answers to a question are given one by one. */
export const group = (
  team: string,
  recommend: readonly number[],
  more: Partial<Said> = {},
): readonly SurveyResponse[] =>
  recommend.map((value, index) => response({ id: `${team}${index}`, team, recommend: value, ...more }));
