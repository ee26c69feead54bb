/** Marks on the time axis of every panel: what happened, from a metric whose value is when, or while a query finds anything. */
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { promqlText, type Query, times } from './promql.ts';
import { datasource } from './variables.ts';

export interface Annotation {
  readonly draw: () => AnnotationQueryBuilder;
}

interface AnnotationOptions {
  readonly name: string;
  /** What a mark says: text with `{{label}}`. */
  readonly says: string;
  readonly colour: string;
  /** Whether a reader sees it without switching it on. */
  readonly shown: boolean;
  /** How often is looked for new ones. What is closer together than that is drawn as one. */
  readonly step?: string;
}

/** A mark at each new value of `at`, which are Unix seconds. */
export function marks<Label extends string>({
  at,
  ...options
}: AnnotationOptions & { readonly at: Query<Label> }): Annotation {
  if (at.unit !== 'timestamp_seconds')
    throw new Error(`the marks "${options.name}" need a query of timestamps, and ${promqlText(at)} is none`);
  return annotation(options, promqlText(times(at, 1000)), true);
}

/** A mark wherever a query, asked each `step`, finds anything above 0. */
export const marksWhile = ({ found, ...options }: AnnotationOptions & { readonly found: Query }): Annotation =>
  annotation(options, promqlText(found), false);

const annotation = (
  { name, says, colour, shown, step = '1m' }: AnnotationOptions,
  expr: string,
  valueIsTime: boolean,
): Annotation =>
  Object.freeze({
    draw: () =>
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(datasource)
        .iconColor(colour)
        .enable(shown)
        .expr(expr)
        .step(step)
        .titleFormat(says)
        .useValueForTime(valueIsTime),
  });

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
