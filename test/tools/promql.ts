import { z } from 'zod';

type Labels = Readonly<Record<string, string>>;
/** One value of one series; `at` is in Unix seconds. A scalar is a sample without labels. */
export type Sample = { readonly labels: Labels; readonly value: number; readonly at: number };
/** The values of one series in the order of time. */
export type Series = {
  readonly labels: Labels;
  readonly values: readonly { readonly at: number; readonly value: number }[];
};
/** Unix seconds, or a Date. */
export type Time = number | Date;

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: point })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: labels, values: z.array(point) })) }),
  z.object({ resultType: z.literal('scalar'), result: point }),
]);
const answer = z.object({ status: z.literal('success'), data });

/** Evaluates an expression at an instant, now unless given. Throws with Prometheus' own words when it refuses. */
export async function promQuery(url: string, expr: string, time?: Time): Promise<readonly Sample[]> {
  const found = await ask(url, 'query', { query: expr, ...(time === undefined ? {} : { time: seconds(time) }) });
  if (found.resultType === 'scalar') return [{ labels: {}, ...toPoint(found.result) }];
  if (found.resultType === 'vector') return found.result.map(each => ({ labels: each.metric, ...toPoint(each.value) }));
  return found.result.flatMap(each => each.values.map(value => ({ labels: each.metric, ...toPoint(value) })));
}

/** Evaluates an expression at each step (seconds) from start to end, both included. */
export async function promQueryRange(
  url: string,
  expr: string,
  range: { readonly start: Time; readonly end: Time; readonly step: number },
): Promise<readonly Series[]> {
  const { start, end, step } = range;
  const found = await ask(url, 'query_range', {
    query: expr,
    start: seconds(start),
    end: seconds(end),
    step: String(step),
  });
  if (found.resultType !== 'matrix') throw new Error(`query_range answered a ${found.resultType}: ${expr}`);
  return found.result.map(each => ({ labels: each.metric, values: each.values.map(toPoint) }));
}

async function ask(url: string, endpoint: string, parameters: Record<string, string>): Promise<z.infer<typeof data>> {
  const response = await fetch(`${url}/api/v1/${endpoint}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const text = await response.text();
  if (!response.ok) throw new Error(`asking ${url} for ${parameters.query}: ${response.status} ${text.trim()}`);
  return answer.parse(JSON.parse(text)).data;
}

function toPoint([at, value]: readonly [number, string]): { at: number; value: number } {
  const special: Record<string, number> = { '+Inf': Infinity, '-Inf': -Infinity, NaN: Number.NaN };
  return { at, value: special[value] ?? Number(value) };
}

function seconds(time: Time): string {
  return String(time instanceof Date ? time.getTime() / 1000 : time);
}
