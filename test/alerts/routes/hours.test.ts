/**
 * Office hours on a running Alertmanager: in two time zones at once, and over a change of clocks. No clock is turned: the
 * hours are laid around now, and of time zones Alertmanager is given a data base whose clocks change within seconds.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { AlertsInput } from '../../../alerts/index.ts';
import { startAlertmanager } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { startWebhookReceiver } from '../../tools/webhook.ts';
import { lay, quickFiles, temporary } from './given.ts';
import { eventually, postAlerts } from './servers.ts';

type Receivers = NonNullable<NonNullable<AlertsInput['alerts']>['receivers']>;

/** A ticket for each team, on Alertmanager with our file; `told` is who has heard of it. */
async function started(t: TestContext, receivers: Receivers) {
  const hook = await startWebhookReceiver(t);
  const configFile = await lay(await temporary(t), {
    ...quickFiles({ alerts: { receivers } }),
    'secrets/webhook-url': `${hook.url}/platform`,
    ...Object.fromEntries(receivers.map(({ team }) => [`secrets/${team}`, `${hook.url}/${team}`])),
  });
  const { url } = await startAlertmanager({ t, configFile });
  const ticket = (team: string, alertname: string) =>
    postAlerts(url, [{ labels: { alertname, severity: 'ticket', team } }]);
  const told = (alertname = 'BudgetExceeded') =>
    hook.received
      .filter(({ message }) => message.commonLabels.alertname === alertname)
      .map(({ path: at }) => at.slice(1))
      .sort();
  return { ticket, told };
}

/** Minutes of the day in a time zone now. */
function minutesIn(timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
    .formatToParts(new Date())
    .map(({ type, value }) => [type, Number(value)] as const);
  const { hour = 0, minute = 0 } = Object.fromEntries(parts);
  return hour * 60 + minute;
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const daily = { weekdays: ['sunday:saturday'] };

test('at one instant a ticket is told where the office is open, and held where it is not, by each time zone’s own clock', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  // one of the north has winter while one of the south has summer, each with other clocks for it
  const zones = ['Europe/Zurich', 'Australia/Adelaide', 'America/Santiago', 'Asia/Kolkata'].filter(
    zone => minutesIn(zone) > 120 && minutesIn(zone) < 1320,
  );
  const [one, other] = zones;
  assert.ok(one && other, zones.join());
  const hours = (zone: string, from: number, to: number) => ({
    ...{ time_zone: zone, office_hours: { ...daily, from: clock(from), to: clock(to) } },
  });
  const receivers = [one, other].flatMap((zone, index) => {
    const now = minutesIn(zone);
    return [
      { team: `open-${index}`, webhook_url_file: `secrets/open-${index}`, ...hours(zone, now - 30, now + 30) },
      // an hour off, as it would be with the clock of the other half of the year
      { team: `later-${index}`, webhook_url_file: `secrets/later-${index}`, ...hours(zone, now + 30, now + 90) },
      { team: `over-${index}`, webhook_url_file: `secrets/over-${index}`, ...hours(zone, now - 90, now - 30) },
    ];
  });
  const { ticket, told } = await started(t, receivers);
  for (const { team } of receivers) await ticket(team, 'BudgetExceeded');
  await eventually(() => (told().length >= 2 ? true : undefined), told);
  await sleep(3000);
  assert.deepEqual(told(), ['open-0', 'open-1']);
});

test('over a change of clocks tickets go by what the clock on the wall says', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  // what is to be there before the clocks change may take longer on a busy machine
  for (const seconds of [20, 60, 180]) if (await overChange(t, seconds)) return;
  assert.fail('the server was not started before the clocks change');
});

/** Clocks change in so many seconds; false where what is to be told before that was not told in time. */
async function overChange(t: TestContext, seconds: number): Promise<boolean> {
  const zoneInfo = await temporary(t);
  const change = new Date(Math.ceil(Date.now() / 1000) * 1000 + seconds * 1000);
  const utcMinutes = change.getUTCHours() * 60 + change.getUTCMinutes();
  // offsets from UTC with which the wall says a time when the clocks change
  const saying = (minutes: number) => `${minutes < utcMinutes ? '-' : ''}${clock(Math.abs(minutes - utcMinutes))}`;
  const [, day, month, year, time] = change.toUTCString().split(' ');
  const until = `${year} ${month} ${day} ${time}u`;
  const zone = (name: string, before: number, after: number) =>
    `Zone ${name} ${saying(before)} - OLD ${until}\n  ${saying(after)} - NEW\n`;
  const [seven, eight, halfPastFive, halfPastSix] = [7 * 60, 8 * 60, 17 * 60 + 30, 18 * 60 + 30];
  const source = await lay(zoneInfo, {
    zones: [
      zone('Europe/Zurich', seven + 15, eight + 15),
      zone('America/New_York', halfPastSix, halfPastFive),
      zone('Europe/Lisbon', halfPastFive, halfPastSix),
    ].join(''),
  });
  try {
    await promisify(execFile)('zic', ['-d', path.join(zoneInfo, 'compiled'), source], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    t.skip('there is no zic, which compiles time zones');
    return true;
  }
  const office = { office_hours: { ...daily, from: '08:00', to: '18:00' } };
  const receivers = [
    { team: 'opens', time_zone: 'Europe/Zurich', webhook_url_file: 'secrets/opens', ...office },
    { team: 'reopens', time_zone: 'America/New_York', webhook_url_file: 'secrets/reopens', ...office },
    { team: 'closes', time_zone: 'Europe/Lisbon', webhook_url_file: 'secrets/closes', ...office },
  ];
  const usual = process.env.ZONEINFO;
  process.env.ZONEINFO = path.join(zoneInfo, 'compiled');
  const { ticket, told } = await started(t, receivers).finally(() => {
    if (usual === undefined) delete process.env.ZONEINFO;
    else process.env.ZONEINFO = usual;
  });
  for (const { team } of receivers) await ticket(team, 'BudgetExceeded');
  const left = () => change.getTime() - Date.now();
  while (told().length === 0 && left() > 0) await sleep(100);
  await sleep(Math.max(left() - 2000, 0));
  const before = told();
  if (left() <= 0) return false;
  assert.deepEqual(before, ['closes'], 'before the clocks change');
  await sleep(left() + 500);
  await ticket('closes', 'BudgetAtRisk');
  await eventually(() => (told().length >= 3 ? true : undefined), told);
  await sleep(2500);
  assert.deepEqual(told(), ['closes', 'opens', 'reopens'], 'after the clocks have changed');
  assert.deepEqual(told('BudgetAtRisk'), [], 'what came after the office had closed');
  return true;
}
