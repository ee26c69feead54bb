/**
 * The Open Policy Agents that post: uploads of decisions and statuses as OPA's own plugins send them. One of them loses
 * some of its decisions without a word, and another drops some and says so.
 */
import { gzipSync } from 'node:zlib';
import fetch from 'node-fetch';
import { dayMs } from '../chance.ts';
import { agents, type DemoAgent, decisionOf } from './decisions.ts';

/** What is posted to /ingest/policy/opa/`rest`, gzipped. */
export interface AgentPost {
  readonly rest: 'logs' | 'status';
  readonly body: Buffer;
}

export interface RunningAgents {
  /** What they send at an instant: what was decided since the last one, then how they are. */
  readonly beat: (at: Date) => readonly AgentPost[];
}

/**
 * Lets agents post to a server every few minutes, beginning now; what it does not take is lost, as it is the demo's.
 * Returns what ends that.
 */
export function keepAgentsPosting({ url, token }: { readonly url: string; readonly token: string }): () => void {
  const { beat } = runAgents(new Date());
  const turn = async () => {
    for (const { rest, body } of beat(new Date()))
      await fetch(new URL(`/ingest/policy/opa/${rest}`, url), {
        ...{ method: 'POST', body },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      }).catch(() => undefined);
  };
  const timer = setInterval(() => void turn(), beatMs);
  void turn();
  return () => clearInterval(timer);
}

const beatMs = 240_000;
const perBeat = 20;
const dropping = 'inference';
/** Its bundle server refuses it. */
const refused = 'ci-runners';

/** Agents that were started now: their labels.id is of this start. */
export function runAgents(started: Date): RunningAgents {
  const run = agents.map(agent => ({ agent, id: `${agent.app}-${started.getTime()}`, requests: 0, dropped: 0 }));
  let beats = 0;
  return {
    beat: at => {
      beats += 1;
      return run.flatMap(one => {
        const { agent, id } = one;
        // The first status is where counting begins.
        const count = beats === 1 ? 0 : perBeat;
        const decided = Array.from({ length: count }, (_, index) => {
          const number = one.requests + index + 1;
          const time = new Date(at.getTime() - (count - index) * 1000);
          return decisionOf(agent, String(number), { at: time, id, number });
        });
        one.requests += count;
        if (agent.app === dropping) one.dropped += count > 0 ? 1 : 0;
        const sent = decided.filter(
          (_, index) => (index + 1) % perBeat >= perBeat * (agent.loses ?? 0) || index + 1 === perBeat,
        );
        const status = { rest: 'status', body: packed(statusOf(agent, { ...one, at, started })) } as const;
        return sent.length > 0 ? [{ rest: 'logs', body: packed(sent) } as const, status] : [status];
      });
    },
  };
}

const packed = (value: unknown): Buffer => gzipSync(JSON.stringify(value));

interface Counters {
  readonly id: string;
  readonly requests: number;
  readonly dropped: number;
  readonly at: Date;
  readonly started: Date;
}

function statusOf(agent: DemoAgent, { id, requests, dropped, at, started }: Counters) {
  const label = (name: string, value: string) => ({ name, value });
  // A bundle that is built each morning; one agent is a week behind.
  const activated = Math.floor(at.getTime() / dayMs) * dayMs - (agent.loses ? 7 * dayMs : 0) + 6 * 3_600_000;
  const active = new Date(Math.min(activated, started.getTime()));
  return {
    labels: { id, version: '1.22.2', app: agent.app, environment: 'production' },
    bundles: {
      platform: {
        ...{ name: 'platform', type: 'snapshot', active_revision: active.toISOString().slice(0, 10) },
        ...{ last_successful_activation: active.toISOString(), last_successful_request: at.toISOString() },
      },
    },
    plugins: {
      bundle: { state: agent.app === refused ? 'NOT_READY' : 'OK' },
      decision_logs: { state: 'OK' },
      status: { state: 'OK' },
    },
    decision_logs: {},
    metrics: {
      prometheus: {
        http_request_duration_seconds: {
          ...{ name: 'http_request_duration_seconds', type: 'HISTOGRAM' },
          metric: [
            {
              label: [label('code', '200'), label('handler', 'v1/data'), label('method', 'post')],
              histogram: { sampleCount: String(requests), sampleSum: requests / 1000 },
            },
          ],
        },
        ...(dropped > 0
          ? {
              decision_logs_dropped_rate_limit_exceeded_total: {
                ...{ name: 'decision_logs_dropped_rate_limit_exceeded_total', type: 'COUNTER' },
                metric: [{ label: [], counter: { value: dropped } }],
              },
            }
          : {}),
      },
    },
  };
}
