/** SLOs in the short form of plumbline.yaml, which carries all that an imported one has. */
import { toYaml } from '../../lib/yaml.ts';
import { written } from '../decimal.ts';
import { durationText } from '../durations.ts';
import type { Indicator, Slo } from '../model.ts';

const comment = `SLOs that "plumbline slo import" has made. Their place is the key slos of plumbline.yaml.`;

/** The key `slos` with its objectives; what has its default is left out. */
export const shortText = (slos: readonly Slo[]): string => toYaml({ slos: { objectives: slos.map(shortOf) } }, comment);

/** Throws a TypeError for an SLO that no import makes: composites, slices, calendars, conditions. */
export function shortOf(slo: Slo): Readonly<Record<string, unknown>> {
  const { window, budgeting, alerting, parts } = slo;
  if (
    window.kind !== 'rolling' ||
    budgeting.kind !== 'occurrences' ||
    parts.length > 1 ||
    alerting.conditions.length > 0
  )
    throw new TypeError(`${slo.origin} is no SLO that an import makes`);
  const objective = written(parts[0].target.times(100));
  return {
    service: slo.service,
    name: slo.name,
    objective: Number(objective),
    ...(slo.objective === objective ? {} : { objective_name: slo.objective }),
    ...indicatorOf(parts[0].indicator),
    window: durationText(window.seconds),
    ...given('title', slo.displayName),
    ...given('description', slo.description),
    team: slo.team,
    ...filled('labels', slo.labels),
    ...filled('annotations', slo.annotations),
    ...(alerting.pages ? {} : { page: false }),
    ...(alerting.windows === undefined
      ? {}
      : {
          windows: alerting.windows.map(({ severity, long, short, burnRate }) => ({
            severity,
            long: durationText(long),
            short: durationText(short),
            burn_rate: burnRate.toNumber(),
          })),
        }),
    ...(alerting.leastBadEvents.isZero() ? {} : { least_bad_events: alerting.leastBadEvents.toNumber() }),
    no_traffic_after: alerting.noTrafficAfter === undefined ? false : durationText(alerting.noTrafficAfter),
    ...(alerting.budget ? {} : { budget_alerts: false }),
  };
}

function indicatorOf(indicator: Indicator): Readonly<Record<string, unknown>> {
  switch (indicator.kind) {
    case 'events': {
      const { numerator, events, total } = indicator;
      const of = total.of === 'counter' ? {} : { of: total.of };
      return { availability: { [numerator]: events.promql, total: total.promql, ...of } };
    }
    case 'ratio':
      return { ratio: { [indicator.of === 'failure' ? 'bad' : 'good']: indicator.promql } };
    case 'threshold':
      throw new TypeError('no import makes a threshold');
  }
}

const given = (name: string, text: string) => (text === '' ? {} : { [name]: text });
const filled = (name: string, values: Readonly<Record<string, string>>) =>
  Object.keys(values).length === 0 ? {} : { [name]: values };
