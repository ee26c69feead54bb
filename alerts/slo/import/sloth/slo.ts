/** One SLO of Sloth's as ours. */
import { Decimal } from 'decimal.js';
import { durationText } from '../../durations.ts';
import type { Alerting, BurnWindow, Indicator, Slo } from '../../model.ts';
import { defaultNoTrafficAfter } from '../defaults.ts';
import { type ImportOptions, type Notes, Unimportable } from '../imported.ts';
import { dnsLabel, labelsOf, reachable, teamOf } from '../names.ts';
import { eventsIndicator, rawIndicator } from './indicator.ts';
import { refusalOf, withoutPlugins } from './plugins.ts';
import type { SlothAlerting, SlothSlo, SlothSpec } from './spec.ts';
import type { WindowsCatalogue } from './windows.ts';

export function sloOf(
  spec: SlothSpec,
  slo: SlothSlo,
  catalogue: WindowsCatalogue,
  options: ImportOptions,
  notes: Notes,
): Slo {
  withoutPlugins(spec.plugins ?? undefined, slo.plugins ?? undefined, notes);
  const labels = { ...spec.labels, ...slo.labels };
  const target = new Decimal(slo.objective).div(100);
  if (target.gte(1)) throw new Unimportable('an objective of 100 % has no error budget, so no burn of it can be told');
  return {
    name: dnsLabel(slo.name, 'name', notes),
    service: dnsLabel(spec.service, 'service', notes),
    team: teamOf(labels, options.team, notes),
    objective: new Decimal(slo.objective).toString(),
    displayName: slo.name,
    description: slo.description?.trim() ?? '',
    window: { kind: 'rolling', seconds: options.period },
    budgeting: { kind: 'occurrences' },
    parts: [{ name: '', indicator: indicatorOf(slo, notes), target, weight: new Decimal(1) }],
    alerting: alertingOf(slo.alerting, target, catalogue, options.period, notes),
    labels: { ...labelsOf(labels, 'labels', notes), ...labelsOf(slo.alerting?.labels ?? {}, 'alerting.labels', notes) },
    annotations: slo.alerting?.annotations ?? {},
    origin: notes.origin,
  };
}

function indicatorOf({ events, raw, sliPlugin }: SlothSlo, notes: Notes): Indicator {
  if (sliPlugin != null) throw new Unimportable(refusalOf('SLI plugin', sliPlugin));
  if (events && raw != null) throw new Unimportable('it has both events and raw, where one is meant');
  if (events) return eventsIndicator(events.error, events.total, notes);
  if (raw != null) return rawIndicator(raw, notes);
  throw new Unimportable('its sli has none of events, raw and plugin');
}

function alertingOf(
  alerting: SlothAlerting,
  target: Decimal,
  catalogue: WindowsCatalogue,
  period: number,
  notes: Notes,
): Alerting {
  const all = catalogue.get(period);
  if (all === undefined)
    throw new Unimportable(
      `Sloth has no alert windows for a period of ${durationText(period)}; give its file of AlertWindows too`,
    );
  const windows = reachable(
    all.filter(({ severity }) => !alerting?.[severity]?.disable),
    target,
    notes,
  );
  noteAlerts(alerting, windows, notes);
  return {
    windows,
    conditions: [],
    leastBadEvents: new Decimal(0),
    noTrafficAfter: windows.length === 0 ? undefined : defaultNoTrafficAfter,
    budget: windows.length > 0,
    pages: windows.some(({ severity }) => severity === 'page'),
  };
}

function noteAlerts(alerting: SlothAlerting, windows: readonly BurnWindow[], notes: Notes): void {
  if (windows.length > 0 && alerting?.name)
    notes.lost(
      'alerting.name',
      `"${alerting.name}": the alerts are named SloBudgetBurnFast (pages) and SloBudgetBurnSlow (tickets), so that each has its runbook`,
    );
  if (Object.keys(alerting?.labels ?? {}).some(name => name !== 'severity'))
    notes.changed('alerting.labels', 'they are labels of the SLO, so that its recordings have them too');
  for (const severity of ['page', 'ticket'] as const) {
    const { labels, annotations, disable } = alerting?.[severity] ?? {};
    if (disable) continue;
    for (const [name, value] of Object.entries(labels ?? {}))
      notes.lost(
        `alerting.${severity}_alert.labels.${name}`,
        name === 'severity'
          ? `"${value}": the severity is ${severity}, and the route follows from it and the team`
          : `"${value}": a label of one of the alerts alone; routes follow from the team, the severity and the SLO's labels`,
      );
    for (const [name, value] of Object.entries(annotations ?? {}))
      notes.lost(`alerting.${severity}_alert.annotations.${name}`, `"${value}": annotations are those of all alerts`);
  }
}
