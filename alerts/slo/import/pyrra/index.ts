/** Pyrra's files. */
import { Decimal } from 'decimal.js';
import { durationSeconds } from '../../durations.ts';
import type { Alerting, BurnWindow, Slo } from '../../model.ts';
import { defaultNoTrafficAfter } from '../defaults.ts';
import { readBy, type SpecDocument } from '../documents.ts';
import {
  attempt,
  type Imported,
  type ImportOptions,
  merged,
  type Notes,
  nothing,
  refused,
  Unimportable,
} from '../imported.ts';
import { dnsLabel, labelsOf, reachable, teamOf } from '../names.ts';
import { indicatorOf } from './indicator.ts';
import { type PyrraSpec, pyrraSpec } from './spec.ts';
import { pyrraWindows } from './windows.ts';

export const isPyrra = (value: unknown): boolean =>
  typeof value === 'object' &&
  String((value as Readonly<Record<string, unknown>> | null)?.apiVersion).startsWith('pyrra.dev/');

export const importPyrra = (documents: readonly SpecDocument[], options: ImportOptions): Imported =>
  merged(
    documents.map(({ origin, value }) => {
      const read = readBy(pyrraSpec, value);
      if (!read.ok) return refused(origin, read.reason);
      const remarks = read.unknown.map(what => ({
        origin,
        kind: 'lost' as const,
        what,
        why: 'Pyrra knows no such key, and ignores it',
      }));
      return merged([{ ...nothing, remarks }, attempt(origin, notes => [sloOf(read.value, options, notes)])]);
    }),
  );

function sloOf({ metadata, spec }: PyrraSpec, options: ImportOptions, notes: Notes): Slo {
  const seconds = durationSeconds(spec.window);
  if (seconds === undefined) throw new Unimportable(`its window "${spec.window}" is no duration`);
  const percent = new Decimal(spec.target);
  if (percent.lte(0) || percent.gte(100))
    throw new Unimportable(`its target of ${spec.target} % is not above 0 and below 100, so it has no error budget`);
  const indicator = indicatorOf(spec.indicator, notes);
  const own = propagated(metadata.labels, 'metadata.labels', notes);
  noteOutput(spec, notes);
  return {
    name: dnsLabel(metadata.name, 'metadata.name', notes),
    service: serviceOf(own, metadata, notes),
    team: teamOf(own, options.team, notes),
    objective: percent.toString(),
    displayName: metadata.name,
    description: spec.description?.trim() ?? '',
    window: { kind: 'rolling', seconds },
    budgeting: { kind: 'occurrences' },
    parts: [{ name: '', indicator, target: percent.div(100), weight: new Decimal(1) }],
    alerting: alertingOf(spec.alerting, reachable(pyrraWindows(seconds), percent.div(100), notes), notes),
    labels: labelsOf(omit(own, 'service'), 'metadata.labels', notes),
    annotations: propagated(metadata.annotations, 'metadata.annotations', notes),
    origin: notes.origin,
  };
}

/** Pyrra knows no services: the label says it, else the namespace, else the SLO is its own. */
function serviceOf(own: Readonly<Record<string, string>>, metadata: PyrraSpec['metadata'], notes: Notes): string {
  if (own.service !== undefined) return dnsLabel(own.service, 'metadata.labels.pyrra.dev/service', notes);
  const service = dnsLabel(metadata.namespace ?? metadata.name, 'metadata.namespace', notes);
  notes.changed(
    'metadata.namespace',
    `Pyrra knows no services; it is put to "${service}", for want of a label pyrra.dev/service`,
  );
  return service;
}

const prefix = 'pyrra.dev/';

/** What Pyrra hands on to its rules: what has its prefix. */
function propagated(
  given: Readonly<Record<string, string>> | null | undefined,
  what: string,
  notes: Notes,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name.startsWith(prefix)) kept[name.slice(prefix.length)] = value;
    else notes.lost(`${what}.${name}`, `"${value}": of the Kubernetes resource alone; Pyrra's own rules lack it too`);
  }
  return kept;
}

function alertingOf(spec: PyrraSpec['spec']['alerting'], table: readonly BurnWindow[], notes: Notes): Alerting {
  const burns = !spec?.disabled && spec?.burnrates !== false;
  const absent = spec?.absent !== false;
  if (spec?.name && burns)
    notes.lost('alerting.name', `"${spec.name}": the alerts are named SloBudgetBurnFast and SloBudgetBurnSlow`);
  if (spec?.absentName && absent)
    notes.lost('alerting.absentName', `"${spec.absentName}": the alert is named SloNoTraffic`);
  for (const [name, value] of Object.entries(spec?.severities ?? {}))
    if (value) notes.lost(`alerting.severities.${name}`, `"${value}": the severity is page or ticket`);
  return {
    windows: burns ? table : [],
    conditions: [],
    leastBadEvents: new Decimal(0),
    noTrafficAfter: absent ? defaultNoTrafficAfter : undefined,
    budget: burns,
    pages: burns && table.some(({ severity }) => severity === 'page'),
  };
}

function noteOutput(spec: PyrraSpec['spec'], notes: Notes): void {
  if (spec.performanceOverAccuracy)
    notes.changed(
      'performanceOverAccuracy',
      'long windows always read 5 m recordings here, and lose no accuracy by it',
    );
  if (spec.partial_response_strategy)
    notes.lost('partial_response_strategy', `"${spec.partial_response_strategy}": Thanos Ruler's alone`);
  if (spec.ruleOutput)
    notes.lost('ruleOutput', 'rules of one SLO are one file, with no labels of Kubernetes to send its parts elsewhere');
}

const omit = (labels: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => key !== name));
