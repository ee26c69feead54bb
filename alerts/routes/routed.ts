/** What routes need to know of an alert: of one that is defined here, and of one that a rule file has. */
import type { AlertGroup } from '../lib/alert.ts';
import { labelsOf } from '../lib/rules.ts';
import { fillIn } from '../lib/text.ts';
import type { Settings } from '../settings.ts';
import { sloAlerts } from '../slo/rules/alerts.ts';
import { type Kind, kindNames, type RoutedSeverity } from './config.ts';

export interface RoutedAlert {
  readonly name: string;
  readonly kind: Kind;
  readonly severity: string;
  /** Fixed labels besides alertname, severity and team; one whose value differs by series has the word `any`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The team, where it is always the same. */
  readonly team?: string;
}

/** Labels of an alert that is about a team. */
export const labelsFor = ({ name, severity, labels, team: fixed }: RoutedAlert, team: string) => ({
  ...labels,
  alertname: name,
  severity,
  team: fixed ?? team,
});

/** The kind of a group, by its name: `cost-forecast` is of `cost`. */
export function kindOf(group: string): Kind {
  const kind = kindNames.find(each => group === each || group.startsWith(`${each}-`));
  if (kind === undefined) throw new TypeError(`the group ${group} is of no kind; name it after one: ${kindNames}`);
  return kind;
}

/** The alerts of groups defined here. */
export function routedOf(groups: readonly AlertGroup[], settings: Settings): readonly RoutedAlert[] {
  return groups.flatMap(group =>
    group.alerts.map(alert => {
      const { severity, team, ...further } = labelsOf(alert, settings);
      const ofSeries = team?.parts.some(part => typeof part !== 'string') ?? false;
      const texts = Object.entries(further).map(([name, text]) => [name, fillIn(text, {}, 0)] as const);
      const any = alert.expr.labels.filter(name => name !== 'team').map(name => [name, 'any'] as const);
      return {
        name: alert.name,
        kind: kindOf(group.name),
        severity: severity ? fillIn(severity, {}, 0) : '',
        labels: Object.fromEntries([...any, ...texts]),
        ...(ofSeries || team === undefined ? {} : { team: fillIn(team, {}, 0) }),
      };
    }),
  );
}

interface RuleFile {
  readonly groups?: readonly {
    readonly rules?: readonly { readonly alert?: string; readonly labels?: Readonly<Record<string, string>> }[];
  }[];
}

/** The alerts of a rule file; `file` such as `slo-checkout-latency.rules.yml`. */
export function routedIn(file: string, value: RuleFile): readonly RoutedAlert[] {
  const kind = kindOf(file.replace(/\.rules\.yml$/, ''));
  const rules = (value.groups ?? []).flatMap(group => group.rules ?? []);
  return rules.flatMap(({ alert: name, labels = {} }) => {
    if (name === undefined) return [];
    const { severity = '', team = '', ...further } = labels;
    const fixed = team !== '' && !team.includes('{{');
    return [{ name, kind, severity, labels: further, ...(fixed ? { team } : {}) }];
  });
}

interface RuleFile {
  readonly groups?: readonly {
    readonly rules?: readonly { readonly alert?: string; readonly labels?: Readonly<Record<string, string>> }[];
  }[];
}

const ofSlo = { service: 'any', slo: 'any', objective: 'any' } as const;
const sloSeverities = {
  [sloAlerts.fast]: 'page',
  [sloAlerts.slow]: 'ticket',
  [sloAlerts.noted]: 'digest',
  [sloAlerts.noTraffic]: 'ticket',
  [sloAlerts.spent]: 'ticket',
  [sloAlerts.exhausted]: 'ticket',
  [sloAlerts.goodExceedsTotal]: 'ticket',
  [sloAlerts.calendarEnds]: 'ticket',
} as const satisfies Readonly<Record<(typeof sloAlerts)[keyof typeof sloAlerts], RoutedSeverity>>;

/** The alerts that any SLO may have: their routes are there before the first SLO is. */
export const anySloAlerts: readonly RoutedAlert[] = Object.entries(sloSeverities).map(([name, severity]) => ({
  name,
  kind: 'slo',
  severity,
  labels: ofSlo,
}));

/** Without repeats, those of rule files first. */
export function distinct(alerts: readonly RoutedAlert[]): readonly RoutedAlert[] {
  const key = ({ name, severity, team, labels: { service = '', slo = '' } }: RoutedAlert) =>
    JSON.stringify([name, severity, team, service, slo]);
  return [...new Map(alerts.map(alert => [key(alert), alert])).values()];
}
