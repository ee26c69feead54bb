/** A real Open Policy Agent that posts to a run, with a bundle that the test serves, and requests to make it decide. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../../compose/server-process.ts';
import { startLocalServer } from '../core/local-server.ts';
import { freePort } from '../tools/ports.ts';
import { requireTool } from '../tools/tools.ts';
import { temporary, token } from './opa-run.ts';

export interface Opa {
  readonly url: string;
  /** Asks for decisions, several at a time; returns the statuses by path. */
  readonly ask: (questions: readonly Question[], atOnce?: number) => Promise<void>;
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

export interface Question {
  /** After /v1/data/. */
  readonly path: string;
  readonly input?: unknown;
}

export interface OpaOptions {
  /** Where services.plumbline.url points: the base of /logs and /status. */
  readonly postTo: string;
  /** Further keys of decision_logs.reporting. */
  readonly reporting?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly decisionLogs?: Readonly<Record<string, unknown>>;
}

/** A budget that may conflict with itself, which is an error; a set of reasons; an allow that may be undefined. */
export const policy = `package platform.budget

allow if input.cost < 100

owner := "ann" if input.owner != "nobody"
owner := "bob" if input.owner == "both"

deny contains "too much" if input.cost > 1000

mode := {"allow": input.cost < 500, "limit": 500}
`;

/** Undefined after skipping the test where OPA is not built. */
export async function startOpa(t: TestContext, options: OpaOptions): Promise<Opa | undefined> {
  const tool = await requireTool(t, 'opa');
  if (!tool) return undefined;
  const folder = await temporary(t);
  await mkdir(path.join(folder, 'bundle'));
  await writeFile(path.join(folder, 'bundle', 'budget.rego'), policy);
  await writeFile(path.join(folder, 'bundle', '.manifest'), JSON.stringify({ revision: 'r1', roots: ['platform'] }));
  execFileSync(tool.path, ['build', '-b', path.join(folder, 'bundle'), '-o', path.join(folder, 'bundle.tar.gz')]);
  const { readFileSync } = await import('node:fs');
  const bundle = readFileSync(path.join(folder, 'bundle.tar.gz'));
  const bundles = await startLocalServer(t, (_, response) => {
    response.setHeader('content-type', 'application/gzip');
    response.setHeader('etag', '"r1"');
    response.end(bundle);
  });
  const config = {
    services: {
      plumbline: { url: options.postTo, credentials: { bearer: { token } } },
      bundles: { url: bundles.url },
    },
    labels: { team: 'shop', service: 'admission', environment: 'test', ...options.labels },
    bundles: {
      platform: {
        service: 'bundles',
        resource: 'bundle.tar.gz',
        polling: { min_delay_seconds: 1, max_delay_seconds: 2 },
      },
    },
    decision_logs: {
      service: 'plumbline',
      reporting: { min_delay_seconds: 1, max_delay_seconds: 1, ...options.reporting },
      ...options.decisionLogs,
    },
    status: { service: 'plumbline', prometheus: true },
  };
  const file = path.join(folder, 'opa.json');
  await writeFile(file, JSON.stringify(config));
  const port = await freePort();
  const args = ['run', '--server', `--addr=127.0.0.1:${port}`, `--config-file=${file}`, '--log-level=error'];
  const server = await startServer({ name: 'opa', path: tool.path, args, port, readyPath: '/health?bundles' });
  t.after(() => server.stop());
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  t.after(() => agent.destroy());
  return {
    url: server.url,
    logs: server.logs,
    stop: server.stop,
    ask: async (questions, atOnce = 8) => {
      let next = 0;
      const asker = async () => {
        for (let index = next++; index < questions.length; index = next++)
          await askOne(server.url, agent, questions[index]!);
      };
      await Promise.all(Array.from({ length: atOnce }, asker));
    },
  };
}

function askOne(url: string, agent: http.Agent, { path: of, input }: Question): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/v1/data/${of}`, { method: 'POST', agent }, response => {
      response.resume().on('end', resolve);
    });
    request.on('error', reject);
    request.end(JSON.stringify(input === undefined ? {} : { input }));
  });
}

/** Waits until it holds; throws when it never does. */
export async function until(holds: () => Promise<boolean> | boolean, what: string, seconds = 180): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) if (await holds()) return;
  throw new Error(`waited ${seconds} s for ${what}`);
}
