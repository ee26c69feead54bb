/** An SLO's rules on a course of samples, told by promtool. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { durationText } from '../../../alerts/slo/durations.ts';
import type { Slo } from '../../../alerts/slo/model.ts';
import { requireTool } from '../../tools/tools.ts';
import { server, settings, sloOf } from './given.ts';
import { promtoolSays } from './import/promtool.ts';

export interface Course {
  readonly slo?: Slo;
  /** `2026-03-08T00:00:00Z`: when the series begin; at the epoch unless given. */
  readonly start?: string;
  /** Series by name, a sample each minute. */
  readonly series: Readonly<Record<string, string>>;
  readonly expect: readonly {
    readonly expr: string;
    /** Like `start`, or after it: `5h`. */
    readonly at: string;
    /** Of the one sample without labels; without a value there is none. */
    readonly value?: number | undefined;
    readonly none?: true;
  }[];
}

export async function holds(t: TestContext, { slo = sloOf(), start, series, expect }: Course): Promise<void> {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const began = start === undefined ? 0 : Date.parse(start) / 1000;
  const { groups, resolution } = compileSlo(slo, {
    server: start === undefined ? server : { ...server, now: began },
    settings,
  });
  const after = (at: string) => (at.includes('T') ? `${Date.parse(at) / 1000 - began}s` : at);
  const said = await promtoolSays(
    t,
    promtool.path,
    { 'slo.rules.yml': { groups } },
    {
      evaluation_interval: durationText(resolution),
      group_eval_order: groups.map(({ name }) => name),
      tests: [
        {
          interval: '1m',
          start_timestamp: began,
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: expect.map(({ expr, at, value }) => ({
            expr,
            eval_time: after(at),
            ...(value === undefined ? {} : { exp_samples: [{ labels: '{}', value }] }),
          })),
        },
      ],
    },
  );
  assert.equal(said, '');
}
