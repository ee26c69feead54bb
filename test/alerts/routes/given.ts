/** What the tests of routes share: a configuration with every channel, and the servers that read it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { type AlertsInput, alertFiles } from '../../../alerts/index.ts';
import type { Coverage } from '../../../alerts/routes/coverage.ts';
import { type RouteNode, type RouteValue, routeNode } from '../../../alerts/routes/file.ts';
import { labelsFor } from '../../../alerts/routes/routed.ts';
import { startAlertmanager } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { postAlerts } from './servers.ts';

/** Teams with each kind of channel, hours, and names that a file has to quote. */
export const configured = {
  alerts: {
    receivers: [
      { team: 'shop', webhook_url_file: 'secrets/shop' },
      {
        team: 'search & ads',
        time_zone: 'Asia/Tokyo',
        slack: { api_url_file: 'secrets/slack', channel: '#search' },
        pagerduty: { routing_key_file: 'secrets/pager' },
        jira: { api_url: 'https://jira.example.org/rest/api/2', token_file: 'secrets/jira', project: 'OPS' },
        email: { to: 'finance@example.org', kinds: ['cost'], severities: ['ticket', 'digest'] },
      },
      {
        team: 'on',
        email: { to: 'on@example.org' },
        msteams: { webhook_url_file: 'secrets/on', severities: ['digest'] },
      },
      { team: 'say "hi"\\', webhook: { url_file: 'secrets/hi', kinds: ['slo', 'supply-chain'] } },
      { team: 'night', jsm: { api_key_file: 'secrets/jsm' }, office_hours: { from: '07:00', to: '16:00' } },
      { team: 'platform', webhook_url_file: 'secrets/platform', pagerduty: { routing_key_file: 'secrets/pager' } },
    ],
    smtp: { smarthost: 'mail.example.org:587', from: 'plumbline@example.org' },
    office_hours: { location: 'Europe/Zurich' },
    watchdog: { webhook_url_file: 'secrets/outside' },
  },
} as const satisfies AlertsInput;

export const teams = ['shop', 'search & ads', 'on', 'say "hi"\\', 'night', 'platform', 'unowned', ''];

export interface AlertmanagerFile {
  readonly route: RouteValue;
  readonly receivers: readonly { readonly name: string }[];
}

export const fileOf = (input: AlertsInput): AlertmanagerFile => parse(alertFiles(input)['alertmanager.yml'] ?? '');

export const treeOf = (input: AlertsInput): RouteNode => routeNode(fileOf(input).route);

/** What Alertmanager reads, where only the waiting is shortened. */
export function quickFiles(input: AlertsInput): Readonly<Record<'alertmanager.yml' | 'plumbline.tmpl', string>> {
  const files = alertFiles(input);
  return {
    'alertmanager.yml': (files['alertmanager.yml'] ?? '')
      .replaceAll(/group_wait: .*/g, 'group_wait: 1s')
      .replaceAll(/group_interval: .*/g, 'group_interval: 1s'),
    'plumbline.tmpl': files['plumbline.tmpl'] ?? '',
  };
}

/** The receivers of a file, and whether they send anything. */
export const sending = ({ receivers }: AlertmanagerFile): ReadonlyMap<string, boolean> =>
  new Map(receivers.map(({ name, ...channels }) => [name, Object.keys(channels).length > 0]));

export async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-routes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by name, and returns the path of the first. */
export async function lay(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return path.join(folder, Object.keys(files)[0] ?? '');
}

export type Amtool = {
  check(file: string): Promise<string>;
  /** The receivers that labels reach, as amtool says them: separated by commas. */
  receivers(file: string, labels: Readonly<Record<string, string>>): Promise<string>;
};

/** The pinned amtool, or undefined after skipping the test. */
export async function amtoolFor(t: TestContext): Promise<Amtool | undefined> {
  const tool = await requireTool(t, 'amtool');
  if (tool === undefined) return undefined;
  const run = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(tool.path, [...args])).stdout;
  return {
    check: file => run('check-config', file),
    receivers: async (file, labels) => {
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return (await run('config', 'routes', 'test', `--config.file=${file}`, ...pairs)).trim();
    },
  };
}

/** Where an Alertmanager that runs puts an alert: a receiver, and the labels of its group. */
export interface Put {
  readonly receiver: string;
  readonly group: Labels;
}

type Labels = Readonly<Record<string, string>>;

/** The same for the same labels; an absent one and an empty one are the same to Alertmanager. */
export const labelKey = (labels: Labels): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/**
 * Runs Alertmanager with a configuration, and says where it puts each alert, by `labelKey`: one process for as many as
 * there are. It tells nobody, since each route waits for hours; nothing else of the routes is changed.
 */
export async function putBy(
  t: TestContext,
  text: string,
  alerts: readonly Labels[],
): Promise<ReadonlyMap<string, readonly Put[]>> {
  const value = parse(text) as { route: RouteValue };
  const waiting = (route: RouteValue): RouteValue => ({
    ...{ ...route, group_wait: '9h' },
    ...(route.routes ? { routes: route.routes.map(waiting) } : {}),
  });
  const configFile = await lay(await temporary(t), {
    'alertmanager.yml': stringify({ ...value, route: waiting(value.route) }, { aliasDuplicateObjects: false }),
    'plumbline.tmpl': alertFiles()['plumbline.tmpl'] ?? '',
  });
  const { url, stop } = await startAlertmanager({ t, configFile });
  const wanted = new Set(alerts.map(labelKey));
  await postAlerts(
    url,
    alerts.map(labels => ({ labels })),
  );
  for (const end = Date.now() + 120_000; ; ) {
    const put = new Map<string, Put[]>();
    const groups = (await (await fetch(`${url}/api/v2/alerts/groups`)).json()) as readonly {
      readonly labels: Labels;
      readonly receiver: { readonly name: string };
      readonly alerts: readonly { readonly labels: Labels }[];
    }[];
    for (const { labels: group, receiver, alerts: its } of groups)
      for (const { labels } of its)
        put.set(labelKey(labels), [...(put.get(labelKey(labels)) ?? []), { receiver: receiver.name, group }]);
    if (put.size === wanted.size || Date.now() > end) {
      await stop();
      return put;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Where the proof says that it is put. */
export const expectedPut = (labels: Labels, places: readonly RouteNode[]): readonly Put[] =>
  places.map(({ receiver, groupBy }) => ({
    receiver,
    group: Object.fromEntries(
      Object.entries(labels).filter(
        ([name, value]) => value !== '' && (groupBy.includes('...') || groupBy.includes(name)),
      ),
    ),
  }));

/** What differs between where an Alertmanager that runs puts alerts and where the proof says, in sentences. */
export async function differences(
  t: TestContext,
  text: string,
  covered: readonly Coverage[],
): Promise<readonly string[]> {
  const expected = covered.map(({ alert, team, places }) => {
    const labels = labelsFor(alert, team);
    return { labels, puts: expectedPut(labels, places) };
  });
  const put = await putBy(
    t,
    text,
    expected.map(({ labels }) => labels),
  );
  const sorted = (puts: readonly Put[]) =>
    puts
      .map(({ receiver, group }) => `${receiver} ${labelKey(group)}`)
      .sort()
      .join(' and ');
  return expected.flatMap(({ labels, puts }) => {
    const [found, wanted] = [sorted(put.get(labelKey(labels)) ?? []), sorted(puts)];
    return found === wanted ? [] : [`${labelKey(labels)} is put to ${found}, not to ${wanted}`];
  });
}
