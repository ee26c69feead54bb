/**
 * OpenSLO v1 as SLOs: documents of all given files see each other's names. What it has no field for is an annotation of
 * the SLO: `plumbline/page`, `plumbline/least-bad-events`, `plumbline/no-traffic-after` and `plumbline/sampled-every`.
 */
import { decimal, written } from '../decimal.ts';
import { durationSeconds } from '../durations.ts';
import type { Alerting, Budgeting, Part, Slo } from '../model.ts';
import type { Owners } from '../short.ts';
import {
  type Faults,
  keepingFaults,
  type Library,
  type Located,
  libraryOf,
  type OfKind,
  type OpenSloFile,
  type RefuseDocument,
  readDocuments,
  throwFaults,
} from './documents.ts';
import { indicatorOf, sliOf } from './indicator.ts';
import { policiesOf } from './policies.ts';
import type { Metadata, Objective, SloSpec } from './schema.ts';
import { windowOf } from './times.ts';

export type { OpenSloFile } from './documents.ts';

/** Throws SLO_DOCUMENT, or SLO_DOCUMENTS where several can't be taken, with all of them by file, line and path. */
export function openSlos(files: readonly OpenSloFile[], owners: Owners): readonly Slo[] {
  const faults: Faults = { found: [], unread: new Set() };
  const documents = files.flatMap(file => readDocuments(file, faults));
  const library = libraryOf(documents, faults);
  const slos = documents.flatMap(({ document, ...located }) =>
    document.kind === 'SLO'
      ? (keepingFaults(faults, () => slosOf({ ...located, document }, library, owners)) ?? [])
      : [],
  );
  throwFaults(faults);
  return slos;
}

interface Context {
  readonly library: Library;
  readonly refuse: RefuseDocument;
  readonly spec: SloSpec;
}

function slosOf(
  { origin, refuse, document }: Located<OfKind<'SLO'>>,
  library: Library,
  owners: Owners,
): readonly Slo[] {
  const { metadata, spec } = document;
  const context = { library, refuse, spec };
  const window = windowOf(spec.timeWindow?.[0]);
  if (window === undefined) return context.refuse('spec.timeWindow[0].duration: hours of a calendar have to be days');
  const service = library.find('Service', spec.service);
  const policies = policiesOf(spec, library, context.refuse);
  const common = {
    name: metadata.name,
    service: spec.service,
    team:
      ownerOf(metadata) ?? (service && ownerOf(service.metadata)) ?? owners.teams.get(spec.service) ?? owners.platform,
    description: spec.description ?? '',
    window,
    alerting: alertingOf(metadata, policies, context.refuse),
    ...sampledOf(metadata, context.refuse),
    labels: labelsOf(metadata),
    annotations: {
      ...annotationsOf(metadata),
      ...(policies.targets.length > 0 ? { notification_targets: policies.targets.join(', ') } : {}),
    },
    origin,
  };
  const title = metadata.displayName ?? metadata.name;
  if (isComposite(spec, context.refuse)) return [{ ...common, ...compositeOf(context), displayName: title }];
  const sli = sliOf(spec, library, context.refuse, 'spec');
  if (sli === undefined) return context.refuse('spec: expected indicator or indicatorRef, here or in each objective');
  return spec.objectives.map((objective, index): Slo => {
    const target = targetOf(objective);
    const indicator = indicatorOf(sli.spec, objective, library, context.refuse);
    return {
      ...common,
      displayName: spec.objectives.length > 1 && objective.displayName ? `${title}: ${objective.displayName}` : title,
      objective: objectiveName(spec.objectives, index),
      budgeting: budgetingOf(context, index),
      parts: [{ name: '', indicator, target, weight: decimal(1) }],
    };
  });
}

const targetOf = ({ target, targetPercent }: Objective) => target ?? (targetPercent ?? decimal(0)).div(100);
const percentOf = (objective: Objective) => written(targetOf(objective).times(100));

/** The target in percent; where several have the same, their names beside it. */
function objectiveName(all: readonly Objective[], index: number): string {
  const [name, ...others] = all
    .map(percentOf)
    .filter((each, at) => at === index || each === percentOf(all[index] ?? {}));
  if (name === undefined || others.length === 0) return name ?? '';
  return `${name} ${all[index]?.displayName ?? index + 1}`;
}

function isComposite({ objectives }: SloSpec, refuse: RefuseDocument): boolean {
  const own = objectives.filter(({ indicator, indicatorRef }) => indicator || indicatorRef);
  if (own.length === 0) return false;
  if (own.length < objectives.length)
    refuse(
      'spec.objectives: in a composite each objective has its own indicator or indicatorRef, and here some do not',
    );
  return true;
}

/** All objectives are one SLO, called after its strictest target. */
function compositeOf(context: Context): Pick<Slo, 'objective' | 'budgeting' | 'parts'> {
  const { spec, library, refuse } = context;
  if (spec.indicator || spec.indicatorRef)
    refuse('spec: a composite has its indicators in its objectives, and none beside them');
  const lengths = new Set(spec.objectives.map(({ timeSliceWindow }) => timeSliceWindow));
  if (spec.budgetingMethod !== 'Occurrences' && lengths.size > 1)
    refuse('spec.objectives: the slices of a composite are of one length, and here their timeSliceWindow differ');
  const names = new Set<string>();
  const [first, ...others] = spec.objectives.map((objective, index): Part => {
    const sli = sliOf(objective, library, refuse, `spec.objectives[${index}]`);
    if (sli === undefined) return refuse(`spec.objectives[${index}]: expected indicator or indicatorRef`);
    const wanted = objective.displayName ?? (sli.name || String(index + 1));
    const name = names.has(wanted) ? `${wanted} ${index + 1}` : wanted;
    names.add(name);
    return {
      name,
      indicator: indicatorOf(sli.spec, objective, library, refuse),
      target: targetOf(objective),
      weight: objective.compositeWeight ?? decimal(1),
      ...(objective.timeSliceTarget ? { sliceTarget: objective.timeSliceTarget } : {}),
    };
  });
  if (first === undefined) return refuse('spec.objectives: expected an objective');
  const strictest = spec.objectives.reduce((most, each) => (targetOf(each).greaterThan(targetOf(most)) ? each : most));
  return { objective: percentOf(strictest), budgeting: budgetingOf(context, 0), parts: [first, ...others] };
}

function budgetingOf({ spec, refuse }: Context, index: number): Budgeting {
  const { timeSliceTarget: target, timeSliceWindow: seconds } = spec.objectives[index] ?? {};
  if (spec.budgetingMethod === 'Occurrences') return { kind: 'occurrences' };
  if (seconds === undefined)
    return refuse(`spec.objectives[${index}].timeSliceWindow: ${spec.budgetingMethod} need the length of a slice`);
  if (spec.budgetingMethod === 'RatioTimeslices') return { kind: 'ratio_timeslices', seconds };
  if (target === undefined)
    return refuse(`spec.objectives[${index}].timeSliceTarget: Timeslices need what part of a slice is to be good`);
  return { kind: 'timeslices', seconds, target };
}

const own = 'plumbline/';

/** Whoever writes policies has said when to alert; else it is the SRE workbook's pairs. */
function alertingOf(
  { annotations = {} }: Metadata,
  { conditions, noDataAfter }: ReturnType<typeof policiesOf>,
  refuse: RefuseDocument,
): Alerting {
  const of = (key: string) => annotations[`${own}${key}`];
  const least = of('least-bad-events') ?? '0';
  if (!/^\d+(\.\d+)?$/.test(least)) refuse(`metadata.annotations.${own}least-bad-events: expected a number`);
  const noTraffic = of('no-traffic-after') ?? '1h';
  const after = noTraffic === 'false' ? undefined : durationSeconds(noTraffic);
  if (noTraffic !== 'false' && after === undefined)
    refuse(`metadata.annotations.${own}no-traffic-after: expected a duration such as 2h, or false`);
  return {
    ...(conditions.length > 0 || noDataAfter !== undefined ? { windows: [] } : {}),
    conditions,
    leastBadEvents: decimal(least),
    noTrafficAfter: noDataAfter ?? after,
    budget: true,
    pages: of('page') !== 'false',
  };
}

/** Counters whose samples are further apart than a scrape. */
function sampledOf({ annotations = {} }: Metadata, refuse: RefuseDocument): Pick<Slo, 'sampledEvery'> {
  const given = annotations[`${own}sampled-every`];
  if (given === undefined) return {};
  const seconds = durationSeconds(given);
  return seconds
    ? { sampledEvery: seconds }
    : refuse(`metadata.annotations.${own}sampled-every: expected a duration such as 1d`);
}

const ownership = ['team', 'owner'];

function ownerOf({ labels = {} }: Metadata): string | undefined {
  const [given] = ownership.flatMap(key => labels[key] ?? []);
  return given;
}

/** As Prometheus can name them; several values of one are a list with commas. */
const labelsOf = ({ labels = {} }: Metadata): Slo['labels'] =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([key]) => !ownership.includes(key))
      .map(([key, value]) => [nameOf(key), typeof value === 'string' ? value : value.join(',')]),
  );

const annotationsOf = ({ annotations = {} }: Metadata): Slo['annotations'] =>
  Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => !key.startsWith(own))
      .map(([key, value]) => [nameOf(key), value]),
  );

const nameOf = (key: string): string => key.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
