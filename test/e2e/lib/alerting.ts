/** Prometheus and Alertmanager with generated rules and routes, quick enough for a test: intervals are lowered, nothing else. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { layAlertmanager, layPrometheus } from '../../../compose/layout.ts';
import { startAlertmanager, startPrometheus } from '../../tools/servers.ts';

/** Replaces what has to be there in a file. */
export function lower(file: string, changes: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    assert.match(text, from, file);
    text = text.replaceAll(from, to);
  }
  writeFileSync(file, text);
}

export interface AlertingOptions {
  readonly directory: string;
  /** The folder of generated rules and routes. */
  readonly rendered: string;
  /** Of the exporter. */
  readonly port: number;
  /** The webhook receiver; a team has the path of its name. */
  readonly hook: string;
  readonly team: string;
}

/** Starts both; returns Prometheus. */
export async function startAlerting(
  t: TestContext,
  { directory, rendered, port, hook, team }: AlertingOptions,
): Promise<Awaited<ReturnType<typeof startPrometheus>>> {
  const folder = path.join(directory, 'alertmanager');
  const alertmanagerFile = await layAlertmanager(folder, `${hook}/platform`, rendered);
  writeFileSync(path.join(folder, 'secrets', team), `${hook}/${team}`);
  lower(alertmanagerFile, [
    [/\bgroup_wait: .*/g, 'group_wait: 1s'],
    [/\bgroup_interval: .*/g, 'group_interval: 1s'],
  ]);
  const alertmanager = await startAlertmanager({ t, configFile: alertmanagerFile });
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: `127.0.0.1:${alertmanager.port}` };
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, rendered);
  lower(prometheusFile, [
    [/\bscrape_interval: .*/g, 'scrape_interval: 1s'],
    [/\bevaluation_interval: .*/g, 'evaluation_interval: 1s'],
  ]);
  return startPrometheus({ t, configFile: prometheusFile });
}
