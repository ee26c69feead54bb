/** When tickets and digests are told. Alertmanager does not inherit these: each route that needs one names it. */
import type { Settings } from '../settings.ts';
import { type TeamReceivers, teamReceivers } from './channels.ts';

export interface Interval {
  readonly name: string;
  readonly weekdays: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly location: string;
}

/** The hours of digests, `digest-time`, and with a place where it isn't the usual one. */
export function digestTime({ alerts: { digest } }: Settings, location: string): Interval {
  const name = location === digest.location ? 'digest-time' : `digest-time ${location}`;
  return { name, weekdays: digest.weekdays, from: digest.from, to: digest.to, location };
}

/** The hours of the weekly digest. */
export function weeklyTime({ alerts: { digest } }: Settings, location: string): Interval {
  const name = location === digest.location ? 'weekly-digest-time' : `weekly-digest-time ${location}`;
  return { name, weekdays: [digest.weekly], from: digest.from, to: digest.to, location };
}

/** A team's office hours, where tickets wait for them. */
export function officeTime({ hours }: TeamReceivers): Interval | undefined {
  if (hours === undefined) return undefined;
  const { weekdays, from, to, location } = hours;
  return { ...hours, name: `office-hours ${weekdays.join(' ')} ${from}-${to} ${location}` };
}

/** Every interval that a route may name, each once. */
export function intervals(settings: Settings): readonly Interval[] {
  const teams = teamReceivers(settings);
  const all = [settings.alerts.digest.location, ...teams.map(({ location }) => location)].flatMap(location => [
    digestTime(settings, location),
    weeklyTime(settings, location),
  ]);
  const office = teams.flatMap(team => officeTime(team) ?? []);
  return [...new Map([...all, ...office].map(each => [each.name, each])).values()];
}

/** An interval as Alertmanager's file has it. */
export const intervalValue = ({ name, weekdays, from, to, location }: Interval) => ({
  name,
  time_intervals: [{ times: [{ start_time: from, end_time: to }], weekdays, location }],
});
