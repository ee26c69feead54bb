/** What the demo company's Open Policy Agents decided: console logs of a year, a file a month. */
import { chance, dayMs, isoDay } from '../chance.ts';
import type { Span } from './story.ts';

export interface DemoAgent {
  /** Of the OPA's labels: the service that it stands beside. */
  readonly app: string;
  /** Paths that it is asked for, each with the shares of what it allows, and of what is undefined. */
  readonly paths: readonly (readonly [path: string, allows: number, undefinedShare: number])[];
  /** Of its uploads so much never arrives. */
  readonly loses?: number;
}

export const agents: readonly DemoAgent[] = [
  { app: 'checkout-api', paths: [['shop/authz/allow', 0.93, 0.01]] },
  { app: 'payments-api', paths: [['payments/authz/allow', 0.82, 0.06]], loses: 0.4 },
  {
    app: 'ci-runners',
    paths: [
      ['platform/kubernetes/trusted_images/deny', 0.88, 0],
      ['platform/kubernetes/non_root_containers/deny', 0.8, 0],
    ],
  },
  {
    app: 'inference',
    paths: [
      ['models/authz/allow', 0.7, 0.12],
      ['models/quota/remaining', 1, 0],
    ],
  },
];

/** What it says is no verdict, but a number. */
const quota = 'models/quota/remaining';
const daily = 4;

/** One decision of an agent; the same key decides the same. */
export function decisionOf(
  agent: DemoAgent,
  key: string,
  { at, id, number }: { at: Date; id: string; number: number },
) {
  const roll = (word: string) => chance('decision', agent.app, key, word);
  const [path, allows, undefinedShare] = agent.paths[Math.floor(roll('path') * agent.paths.length)]!;
  const isDenyRule = path.endsWith('/deny');
  const isAllowed = roll('allows') < allows;
  const isError = roll('error') < 0.015;
  const isUndefined = !isError && roll('undefined') < undefinedShare;
  return {
    labels: { id, version: '1.22.2', app: agent.app, environment: 'production' },
    decision_id: `${id}-${key}`,
    path,
    input: { method: 'GET', user: { name: '**REDACTED**' } },
    ...(isError
      ? {
          error: {
            code: 'evaluation_error',
            message: 'eval_conflict_error: complete rules must not produce multiple outputs',
          },
        }
      : isUndefined
        ? {}
        : {
            result:
              path === quota
                ? 1 + Math.floor(roll('quota') * 40)
                : isDenyRule
                  ? isAllowed
                    ? []
                    : ['refused']
                  : isAllowed,
          }),
    ...{ requested_by: '10.0.0.9:40112', timestamp: at.toISOString(), req_id: number },
    // Mostly a millisecond or two, and now and then a bundle with a slow rule.
    metrics: {
      timer_server_handler_ns: Math.round((0.4 + roll('took') ** 4 * 9) * (roll('slow') < 0.004 ? 80 : 1) * 1e6),
    },
  };
}

export function decisionFiles({
  from,
  until,
}: Span): ReadonlyMap<string, { readonly at: Date; readonly text: string }> {
  const months = new Map<string, string[]>();
  for (let day = from.getTime(); day < until.getTime(); day += dayMs)
    for (const agent of agents)
      for (let index = 0; index < daily; index++) {
        const key = `${isoDay(new Date(day))}-${index}`;
        const at = new Date(day + Math.floor(((index + chance('asked', agent.app, key)) / daily) * dayMs));
        const said = decisionOf(agent, key, { at, id: `console-${agent.app}`, number: index + 1 });
        const month = key.slice(0, 7);
        const lines = months.get(month) ?? [];
        lines.push(
          JSON.stringify({
            ...{ ...said, level: 'info', msg: 'Decision Log', time: at.toISOString() },
            type: 'openpolicyagent.org/decision_logs',
          }),
        );
        months.set(month, lines);
      }
  return new Map([...months].map(([month, lines]) => [`${month}.jsonl`, { at: until, text: `${lines.join('\n')}\n` }]));
}
