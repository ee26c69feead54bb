import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { promqlText, type Query } from '../promql.ts';
import { datasource } from '../variables.ts';
import type { NamedQuery } from './panel.ts';

/** A query asked over the time range; one of days in steps of a day, so that each bar is one day. */
export function overTime({ query, name }: NamedQuery, index: number): DataqueryBuilder {
  const target = base(query, index).range().legendFormat(name).format(PromQueryFormat.TimeSeries);
  return query.byDay ? target.interval('1d') : target;
}

/** A query asked once, at the end of the time range. */
export function once({ query, name }: NamedQuery, index: number): DataqueryBuilder {
  return asked(query, index).legendFormat(name).format(PromQueryFormat.TimeSeries);
}

/** A query asked once, whose labels become a table's columns. */
export function asTable(query: Query, index: number): DataqueryBuilder {
  return asked(query, index).format(PromQueryFormat.Table);
}

function asked(query: Query, index: number): DataqueryBuilder {
  if (query.byDay)
    throw new Error(`a query of days has no value now, use its twin or a sum of days: ${promqlText(query)}`);
  return base(query, index).instant();
}

function base(query: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId(index))
    .datasource(datasource)
    .editorMode(QueryEditorMode.Code)
    .expr(promqlText(query));
}

/** `A`, `B`, … */
export function refId(index: number): string {
  if (index > 25) throw new Error('a panel has at most 26 queries');
  return String.fromCharCode(65 + index);
}
