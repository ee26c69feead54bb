/** Prometheus and Alertmanager with generated rules and routes, quick enough for a test: intervals are lowered, nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
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
  /** Further secrets by the name of their file in `secrets`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Scrapes besides those of compose. */
  readonly jobs?: readonly object[];
  /** Of Prometheus, where it is to know something already. */
  readonly dataDir?: string;
  /** Between two looks, and before a first message; long enough that what has one cause is there as a whole. */
  readonly every?: `${number}s`;
  readonly wait?: `${number}s`;
}

/**
 * Rule files as they were generated, but for the two numbers that decide how long a test takes: `for`, and how often an
 * SLO's groups are looked at, which counts events more than once, and bad ones as often as all. Returns how many of each
 * there were; asserts that nothing else differs.
 */
export function hasten(rendered: string): { readonly waits: number; readonly intervals: number } {
  const counted = { waits: 0, intervals: 0 };
  for (const name of readdirSync(rendered).filter(each => each.endsWith('.rules.yml'))) {
    const file = path.join(rendered, name);
    const [before, after] = [readFileSync(file, 'utf8').split('\n'), [] as string[]];
    for (const line of before) {
      const [, indent, key] = /^( +)(for|interval): \d+[smhd]$/.exec(line) ?? [];
      if (key === 'for') counted.waits += 1;
      if (key === 'interval') counted.intervals += 1;
      after.push(key === undefined ? line : `${indent}${key}: ${key === 'for' ? '4s' : '2s'}`);
    }
    const { groups } = parse(before.join('\n')) as RuleFile;
    const meant = groups.map(({ interval, rules, ...group }) => ({
      ...{ ...group, ...(interval === undefined ? {} : { interval: '2s' }) },
      rules: rules.map(rule => ({ ...rule, ...('for' in rule ? { for: '4s' } : {}) })),
    }));
    assert.deepEqual(parse(after.join('\n')), { groups: meant }, name);
    writeFileSync(file, after.join('\n'));
  }
  return counted;
}

interface RuleFile {
  readonly groups: readonly { readonly interval?: string; readonly rules: readonly object[] }[];
}

/** Starts both; returns Prometheus. */
export async function startAlerting(
  t: TestContext,
  {
    directory,
    rendered,
    port,
    hook,
    team,
    secrets = {},
    jobs = [],
    dataDir,
    every = '1s',
    wait = '1s',
  }: AlertingOptions,
): Promise<Awaited<ReturnType<typeof startPrometheus>>> {
  const folder = path.join(directory, 'alertmanager');
  const alertmanagerFile = await layAlertmanager(folder, `${hook}/platform`, rendered);
  writeFileSync(path.join(folder, 'secrets', team), `${hook}/${team}`);
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(path.join(folder, 'secrets', name), secret);
  lower(alertmanagerFile, [
    [/\bgroup_wait: .*/g, `group_wait: ${wait}`],
    [/\bgroup_interval: .*/g, `group_interval: ${wait}`],
  ]);
  const alertmanager = await startAlertmanager({ t, configFile: alertmanagerFile });
  const targets = { plumbline: `127.0.0.1:${port}`, alertmanager: `127.0.0.1:${alertmanager.port}` };
  const prometheusFile = await layPrometheus(path.join(directory, 'prometheus'), targets, rendered);
  lower(prometheusFile, [
    [/\bscrape_interval: .*/g, `scrape_interval: ${every}`],
    [/\bevaluation_interval: .*/g, `evaluation_interval: ${every}`],
  ]);
  if (jobs.length > 0) {
    const { scrape_configs, ...rest } = parse(readFileSync(prometheusFile, 'utf8'));
    writeFileSync(prometheusFile, stringify({ ...rest, scrape_configs: [...scrape_configs, ...jobs] }));
  }
  return startPrometheus({ t, configFile: prometheusFile, ...(dataDir === undefined ? {} : { dataDir }) });
}
