/**
 * The route tree: by severity first, since it decides how fast and how often; in it the causes that make one message;
 * then by team, and where a team's channels differ by kind, by kind.
 */
import type { Duration } from '../lib/duration.ts';
import { type Matchers, present, type Route } from '../lib/routing.ts';
import type { Settings } from '../settings.ts';
import { held, platformReceiver, receiverName, type TeamReceivers, taking, teamReceivers, unheld } from './channels.ts';
import { type ChannelName, type Kind, kindNames, type RoutedSeverity } from './config.ts';
import { digestTime, officeTime, weeklyTime } from './intervals.ts';
import { labelsFor, type RoutedAlert } from './routed.ts';

/** The alert that always fires, and the receiver that is told so. */
export const watchdogAlert = 'PlumblineWatchdog';
export const watchdogReceiver = 'watchdog';

type Branch = {
  readonly name: string;
  readonly severity: RoutedSeverity;
  readonly kinds: readonly Kind[];
  /** The names of digests' hours; tickets have the team's office hours. */
  readonly interval?: (team: TeamReceivers) => string;
};

const daily = kindNames.filter(kind => kind !== 'slo');

/** The route tree for the alerts. */
export function routeTree(settings: Settings, alerts: readonly RoutedAlert[]): Route {
  const of = (team: TeamReceivers) => ({
    digest: digestTime(settings, team.location).name,
    weekly: weeklyTime(settings, team.location).name,
  });
  // one cause: whatever burns the budgets of a service is told as one
  const slos = (severity: 'page' | 'ticket'): Route =>
    branch({ name: `${severity}/slo`, severity, kinds: ['slo'] }, { slo: present }, { groupBy: ['team', 'service'] });
  const branch = (what: Branch, matchers: Matchers, timing: Partial<Route>, before: readonly Route[] = []): Route => {
    const [platform, ...own] = teamReceivers(settings);
    const routes = [...before, ...own.flatMap(team => teamRoutes(what, team, alerts))];
    const [first, ...others] = teamRoutes(what, platform, alerts);
    const whole = others.length === 0 && first !== undefined ? inherited(first) : undefined;
    return {
      ...{ name: what.name, matchers, ...timing, receiver: platformReceiver, ...whole },
      routes: whole ? routes : [...routes, ...(first ? [first] : []), ...others],
    };
  };
  const weekly = alerts.filter(each => each.kind === 'experience' && each.severity === 'digest').map(each => each.name);
  const digests = { groupBy: ['team'], groupWait: '5m', groupInterval: '30m', repeatInterval: '20h' } as const;
  return {
    name: 'root',
    receiver: platformReceiver,
    groupBy: ['alertname', 'team'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '1d',
    routes: [
      ...(alerts.some(({ name }) => name === watchdogAlert) ? [watchdogRoute(settings)] : []),
      branch(
        { name: 'page', severity: 'page', kinds: daily },
        { severity: 'page' },
        { groupWait: '10s', groupInterval: '1m', repeatInterval: '1h' },
        [slos('page')],
      ),
      branch(
        { name: 'ticket', severity: 'ticket', kinds: daily },
        { severity: 'ticket' },
        // beneath Alertmanager's retention of 5 days, after which it forgets that it has told
        { groupWait: '30s', groupInterval: '5m', repeatInterval: '4d' },
        [slos('ticket')],
      ),
      // looked at every half hour so that one look falls into the digest's time; 20 hours so that each day has one
      branch(
        {
          name: 'digest',
          severity: 'digest',
          kinds: kindNames.filter(kind => kind !== 'experience'),
          interval: team => of(team).digest,
        },
        { severity: 'digest' },
        digests,
        weekly.length === 0
          ? []
          : [
              branch(
                { name: 'digest/weekly', severity: 'digest', kinds: ['experience'], interval: team => of(team).weekly },
                { alertname: weekly },
                {},
              ),
            ],
      ),
    ],
  };
}

/** Told again and again, so that its absence is noticed where it goes; without a receiver it goes nowhere. */
function watchdogRoute({ alerts: { watchdog } }: Settings): Route {
  const every = (watchdog?.every ?? '5m') as Duration;
  return {
    name: 'watchdog',
    matchers: { alertname: watchdogAlert },
    receiver: watchdogReceiver,
    groupBy: ['alertname'],
    groupWait: '0s',
    groupInterval: every,
    repeatInterval: every,
  };
}

/** What a branch itself does for everybody, where the platform team's routes in it are one. */
const inherited = ({ receiver, activeTimeIntervals }: Route): Partial<Route> => ({
  ...(receiver === undefined ? {} : { receiver }),
  ...(activeTimeIntervals === undefined ? {} : { activeTimeIntervals }),
});

/**
 * The routes of a team in a branch, the platform team's for every team that is left; none where all of it goes to the
 * platform team.
 */
function teamRoutes(what: Branch, team: TeamReceivers, alerts: readonly RoutedAlert[]): readonly Route[] {
  const name = `${what.name}/${team.team}`;
  const reaching = alerts.filter(
    each =>
      each.severity === what.severity &&
      what.kinds.includes(each.kind) &&
      (team.platform || labelsFor(each, team.team).team === team.team),
  );
  const kinds = what.kinds.filter(kind => reaching.some(each => each.kind === kind));
  const matchers: Matchers = team.platform ? {} : { team: team.team };
  const base = usual(what, team);
  const special = kinds.filter(kind => !same(taking(team, what.severity, kind), base));
  const ofKinds = special.flatMap(kind => {
    const alertname = [...new Set(reaching.filter(each => each.kind === kind).map(each => each.name))];
    return cell(what, team, taking(team, what.severity, kind), {
      name: `${name}/${kind}`,
      matchers: { ...matchers, ...(what.kinds.length === 1 ? {} : { alertname }) },
    });
  });
  const rest = kinds.length > special.length || team.platform ? cell(what, team, base, { name, matchers }) : [];
  return [...ofKinds, ...rest];
}

/** What takes all kinds of a branch; where it is of one kind, what takes that. */
const usual = ({ severity, kinds }: Branch, team: TeamReceivers) =>
  kinds.length === 1 ? taking(team, severity, kinds[0]) : taking(team, severity);

const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();

/** One route for channels; two where tickets wait for office hours in some and are remembered by others. */
function cell(
  { severity, interval }: Branch,
  team: TeamReceivers,
  channels: readonly ChannelName[],
  route: Pick<Route, 'name' | 'matchers'>,
): readonly Route[] {
  if (channels.length === 0) return [];
  const to = (some: readonly ChannelName[], times: string | undefined): Route => ({
    ...route,
    receiver: receiverName(team, some),
    ...(times === undefined ? {} : { activeTimeIntervals: [times] }),
  });
  const office = severity === 'ticket' ? officeTime(team)?.name : undefined;
  const [later, now] = [held(channels), unheld(channels)];
  if (office === undefined || now.length === 0) return [to(channels, office ?? interval?.(team))];
  if (later.length === 0) return [to(now, undefined)];
  return [{ ...to(now, undefined), name: `${route.name}/now`, continue: true }, to(later, office)];
}
