/**
 * What every SLO does where nothing is: its rules are taken, its objective is recorded, and nothing is told to be met or
 * missed. It is all that is tried of an SLO whose expressions are beyond what series can be made for.
 */
import type { Slo } from '../model.ts';
import { expectation, selectorOf } from './expectations.ts';
import type { PromtoolTest } from './promtool-test.ts';

/** Expressions that have a value without any series. */
const hasValueAlone = (slo: Slo): boolean =>
  slo.parts.some(({ indicator }) => {
    const texts = indicator.kind === 'events' ? [indicator.events.promql, indicator.total.promql] : [indicator.promql];
    return texts.some(text => /\b(?:vector|absent|absent_over_time|scalar)\s*\(/.test(text));
  });

export function idleTests(
  slo: Slo,
  { resolution, scrapeInterval }: { readonly resolution: number; readonly scrapeInterval: number },
): readonly PromtoolTest[] {
  const at = 3 * resolution;
  const targets = slo.parts.map(({ target }) => target.toNumber());
  const selector = selectorOf(slo);
  const alerts = `ALERTS${selectorOf(slo, ',alertname=~"SloBudget.+",condition=""')}`;
  return [
    {
      name: `${slo.service} ${slo.name} ${slo.objective}: without any series`,
      interval: `${scrapeInterval}s`,
      input_series: [],
      promql_expr_test: [
        expectation(`max(slo:objective:ratio${selector})`, at, Math.max(...targets)),
        expectation(`count(slo:info${selector})`, at, 1),
        ...(hasValueAlone(slo)
          ? []
          : [
              expectation(`count(slo:burn_rate:ratio${selector})`, at, undefined),
              expectation(`count(slo:error_budget_remaining:ratio${selector})`, at, undefined),
              expectation(`count(${alerts})`, at, undefined),
            ]),
      ],
    },
  ];
}
