/** Values of one of Eng Intelligence's metrics over a period: rows are positional, `metadata.columns` names them. */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import { type CortexClient, cortexAnswer } from '../../../vendors/cortex/client.ts';
import type { Period } from '../../external.ts';
import type { ExternalMetricFact } from '../../facts.ts';
import type { CortexMetric } from './registry.ts';

export type Told = Omit<ExternalMetricFact, 'updatedAt'>;

export const rowsAPage = 500;

const answerSchema = z.looseObject({
  metadata: z.looseObject({
    columns: z.array(
      z.looseObject({
        ordinal: z.number(),
        name: z.string().nullish(),
        attributeName: z.string().nullish(),
        metricKey: z.string().nullish(),
        aggregationFunction: z.string().nullish(),
      }),
    ),
  }),
  rows: z.array(z.array(z.unknown())),
  nextPage: z.string().nullish(),
});

type Column = z.infer<typeof answerSchema>['metadata']['columns'][number];

export const metricPlace = (key: string, end: string): string => `metric ${key} to ${end}`;

/** By team, by service or of all; what could not be read of it is said. */
export async function valuesOf(
  api: CortexClient,
  asked: CortexMetric,
  period: Period,
  group: 'team' | 'service' | undefined,
): Promise<{ readonly told: readonly Told[]; readonly rejections: readonly Rejection[] }> {
  const told: Told[] = [];
  const rejections: Rejection[] = [];
  const file = metricPlace(asked.key, period.end);
  const groupKey = group === undefined ? undefined : asked.groups[group];
  const seen = new Set<string>();
  for (let nextPage: string | undefined; ; ) {
    const said = answerSchema.safeParse(
      await api.post('api/v1/eng-intel/metrics/point-in-time', {
        metrics: asked.aggregations.map(({ aggregation }) => ({ metric: asked.key, aggregation })),
        ...{ startTime: `${period.start}T00:00:00Z`, endTime: `${period.end}T00:00:00Z`, filters: [] },
        groupBy: groupKey === undefined ? [] : [groupKey],
        orderBy: asked.orderBy === undefined ? [] : [{ attribute: asked.orderBy, direction: 'DESC' }],
        limit: rowsAPage,
        ...(nextPage === undefined ? {} : { nextPage }),
      }),
    );
    if (!said.success) throw cortexAnswer(`the metric ${asked.key}`, said.error);
    const { metadata, rows } = said.data;
    for (const row of rows) {
      const read = readRow(row, metadata.columns, { asked, period, group, groupKey, file });
      told.push(...read.told);
      rejections.push(...read.rejections);
    }
    nextPage = said.data.nextPage ?? undefined;
    if (nextPage === undefined || seen.has(nextPage)) {
      // It offers no further page of what is perhaps not all.
      if (rows.length >= rowsAPage) rejections.push({ file, reason: 'cut_off', value: `${rows.length} rows` });
      return { told, rejections };
    }
    seen.add(nextPage);
  }
}

interface Reading {
  readonly asked: CortexMetric;
  readonly period: Period;
  readonly group: 'team' | 'service' | undefined;
  readonly groupKey: string | undefined;
  readonly file: string;
}

function readRow(row: readonly unknown[], columns: readonly Column[], reading: Reading) {
  const { asked, period, group, groupKey, file } = reading;
  const told: Told[] = [];
  const rejections: Rejection[] = [];
  const reject = (reason: string) => rejections.push({ file, reason, value: JSON.stringify(row).slice(0, 200) });
  const word = group === undefined ? '' : wordOf(row, columns, groupKey);
  if (word === undefined) {
    reject(`no_${group}`);
    return { told, rejections };
  }
  for (const { aggregation, statistic } of asked.aggregations) {
    const column = columns.find(
      ({ metricKey, aggregationFunction }) => metricKey === asked.key && aggregationFunction === aggregation,
    );
    const value = column === undefined ? undefined : row[column.ordinal];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      reject('no_measurement');
      continue;
    }
    told.push({
      ...({ tool: 'cortex', metric: asked.metric, statistic, value: value * asked.unit } as const),
      ...(group === undefined ? {} : { [group]: word }),
      ...{ periodStart: `${period.start}T00:00:00Z`, periodEnd: `${period.end}T00:00:00Z` },
    });
  }
  return { told, rejections };
}

/** A group is a word, or a reference to an entity with its tag. */
function wordOf(row: readonly unknown[], columns: readonly Column[], groupKey: string | undefined): string | undefined {
  const attributes = columns.filter(({ metricKey }) => metricKey == null);
  const column = attributes.find(({ attributeName }) => attributeName === groupKey) ?? attributes[0];
  const value = column === undefined ? undefined : row[column.ordinal];
  if (typeof value === 'string') return value === '' ? undefined : value;
  const reference = z.looseObject({ tag: z.string().nullish(), name: z.string().nullish() }).safeParse(value);
  return reference.success ? (reference.data.tag ?? reference.data.name ?? undefined) : undefined;
}
