/** Marks on the time axis of every panel: what happened, from a metric whose value is when. */
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { promqlText, type Query, times } from './promql.ts';
import { datasource } from './variables.ts';

export interface Annotation {
  readonly draw: () => AnnotationQueryBuilder;
}

interface AnnotationOptions<Label extends string> {
  readonly name: string;
  /** Values are Unix seconds: each new one is a mark. */
  readonly at: Query<Label>;
  /** What a mark says: text with `{{label}}`. */
  readonly says: string;
  readonly colour: string;
  /** Whether a reader sees it without switching it on. */
  readonly shown: boolean;
}

export function marks<Label extends string>({ name, at, says, colour, shown }: AnnotationOptions<Label>): Annotation {
  if (at.unit !== 'timestamp_seconds')
    throw new Error(`the marks "${name}" need a query of timestamps, and ${promqlText(at)} is none`);
  return Object.freeze({
    draw: () =>
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(datasource)
        .iconColor(colour)
        .enable(shown)
        .expr(promqlText(times(at, 1000)))
        .step('1m')
        .titleFormat(says)
        .useValueForTime(true),
  });
}

/** Grafana's own annotations, out of the way: nothing of ours makes any. */
export const annotationsOff = (): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name('Annotations & Alerts')
    .builtIn(1)
    .type('dashboard')
    .datasource({ type: 'grafana', uid: '-- Grafana --' })
    .iconColor('rgba(0, 211, 255, 1)')
    .enable(false)
    .hide(true);
