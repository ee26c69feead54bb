/**
 * Colours that mean the same on every page, from the palette of Okabe and Ito, which people with any colour vision can
 * tell apart. Names that nobody knows beforehand (teams, services) take Grafana's palette by their place among the names
 * of the chart: its palette by name gives neighbours the same hue.
 */
const okabeIto = {
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  purple: '#CC79A7',
  grey: '#999999',
} as const;

/** Dark on a light page and light on a dark one: no palette has it, so what has no owner is never taken for a name. */
const standsOut = 'text';

/** Beside the grey of what the exporter folds. */
const paleGrey = '#CCCCCC';

/** Of a cell that has no value: neither good nor bad. */
export const unknownColour = paleGrey;

/** Of words in place of a value: read on a light page and on a dark one, and neither good nor bad. */
export const unknownText = '#808080';

/** What a value is worth, for thresholds. */
export const judgement = {
  neutral: okabeIto.blue,
  good: okabeIto.green,
  warning: okabeIto.orange,
  bad: okabeIto.vermillion,
  /** Neither: nobody knows. */
  unknown: unknownColour,
} as const;
export type Judgement = keyof typeof judgement;

/** The series name of what a chart leaves out of its greatest. */
export const allOthers = 'all others';

/** How something stands; the same word never means two things. */
const statuses = {
  ...{ fresh: okabeIto.green, partial: okabeIto.yellow, stale: okabeIto.orange, failed: okabeIto.vermillion },
  ...{ active: okabeIto.blue, permanent: okabeIto.purple, expiring: okabeIto.orange },
  ...{ expired: okabeIto.grey, expired_applied: okabeIto.vermillion },
  ...{ verified: okabeIto.green, claimed: okabeIto.yellow, unsigned: okabeIto.orange, missing: okabeIto.orange },
  ...{ complete: okabeIto.green, incomplete: okabeIto.yellow, never: okabeIto.purple, unknown: okabeIto.grey },
  ...{ supported: okabeIto.green, end_of_life: okabeIto.vermillion },
  ...{ breached: okabeIto.vermillion, due: okabeIto.orange, within: okabeIto.blue, waiting: okabeIto.skyBlue },
  ...{ backlog: okabeIto.grey, todo: okabeIto.skyBlue, in_progress: okabeIto.blue },
  ...{ done: okabeIto.green, cancelled: okabeIto.purple },
  none: okabeIto.grey,
} as const;

/** What a violation leads to. */
const modes = {
  ...{ enforce: okabeIto.vermillion, warn: okabeIto.orange, dryrun: okabeIto.skyBlue, audit: okabeIto.blue },
} as const;

const meanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  team: { unowned: standsOut },
  service: { other: okabeIto.grey, unassigned: standsOut },
  environment: {
    production: okabeIto.blue,
    staging: okabeIto.skyBlue,
    development: okabeIto.green,
    test: okabeIto.yellow,
    unassigned: standsOut,
  },
  service_name: { other: okabeIto.grey },
  finality: { estimated: okabeIto.yellow, open: okabeIto.skyBlue, closed: okabeIto.blue },
  bound: { mean: okabeIto.blue, lower: okabeIto.skyBlue, upper: okabeIto.skyBlue },
  outcome: {
    ...{ success: okabeIto.blue, failure: okabeIto.vermillion, cancelled: okabeIto.grey },
    ...{ kept: okabeIto.green, late: okabeIto.orange, dropped: okabeIto.grey },
    ...{ open: okabeIto.skyBlue, missed: okabeIto.vermillion },
  },
  answer: { promoter: okabeIto.green, passive: okabeIto.grey, detractor: okabeIto.vermillion },
  dimension: {
    satisfaction: okabeIto.blue,
    performance: okabeIto.green,
    activity: okabeIto.orange,
    communication: okabeIto.purple,
    efficiency: okabeIto.skyBlue,
  },
  severity: {
    critical: okabeIto.vermillion,
    high: okabeIto.orange,
    medium: okabeIto.yellow,
    low: okabeIto.skyBlue,
    info: okabeIto.grey,
    unknown: standsOut,
  },
  state: { open: okabeIto.vermillion, unknown: okabeIto.grey, excepted: okabeIto.skyBlue },
  age: {
    '0-7d': okabeIto.skyBlue,
    '7-30d': okabeIto.blue,
    '30-90d': okabeIto.yellow,
    '90-365d': okabeIto.orange,
    '365d+': okabeIto.vermillion,
  },
  readiness: {
    enforced: okabeIto.green,
    ready: okabeIto.skyBlue,
    settling: okabeIto.blue,
    violated: okabeIto.orange,
    unknown: okabeIto.grey,
  },
  status: statuses,
  enforcement: modes,
  verdict: {
    ...{ pass: okabeIto.green, warned: okabeIto.orange, blocked: okabeIto.vermillion, unknown: okabeIto.grey },
  },
  level: { 0: okabeIto.grey, 1: okabeIto.skyBlue, 2: okabeIto.blue, 3: okabeIto.green },
  percentile: { p50: okabeIto.blue, p75: okabeIto.skyBlue, p90: okabeIto.orange },
  stage: {
    coding: okabeIto.skyBlue,
    review: okabeIto.orange,
    merge: okabeIto.purple,
    deploy: okabeIto.green,
    total: okabeIto.blue,
  },
  direction: { up: okabeIto.vermillion, down: okabeIto.green },
  charge_category: {
    Usage: okabeIto.blue,
    Purchase: okabeIto.skyBlue,
    Tax: okabeIto.grey,
    Credit: okabeIto.green,
    Adjustment: okabeIto.purple,
    UnusedCommitment: okabeIto.vermillion,
  },
};

/** What series that no label names are called, where a name means the same on every page. */
const named: Readonly<Record<string, string>> = {
  ...statuses,
  open: okabeIto.vermillion,
  excepted: okabeIto.skyBlue,
  failed: okabeIto.vermillion,
  'failed, usually': okabeIto.grey,
  rework: okabeIto.blue,
  allowed: okabeIto.blue,
  denied: okabeIto.vermillion,
  undefined: okabeIto.grey,
  'in error': okabeIto.orange,
  'no verdict': okabeIto.skyBlue,
  ...modes,
  opened: okabeIto.vermillion,
  'opened again': okabeIto.orange,
  resolved: okabeIto.green,
  fixed: okabeIto.green,
  gone: okabeIto.skyBlue,
  'incidents open, p50': okabeIto.grey,
  good: okabeIto.green,
  bad: okabeIto.vermillion,
  'error ratio': okabeIto.vermillion,
  'budget left': okabeIto.blue,
  burning: okabeIto.orange,
  spent: okabeIto.vermillion,
  'month to date': okabeIto.green,
  'came in': okabeIto.skyBlue,
  'cycle time, p50': okabeIto.blue,
  'cycle time, p85': okabeIto.orange,
  'in progress for, p50': okabeIto.grey,
  NPS: okabeIto.blue,
  failing: okabeIto.vermillion,
  recovered: okabeIto.green,
  bronze: okabeIto.skyBlue,
  silver: okabeIto.blue,
  gold: okabeIto.green,
  conformance: okabeIto.blue,
  measured: okabeIto.grey,
  'under a day': okabeIto.skyBlue,
  'a day to a week': okabeIto.blue,
  'a week to a month': okabeIto.orange,
  'over a month': okabeIto.vermillion,
};

/** Fixed colours by series name for a chart whose series have these names, or are named by these labels. */
export function coloursFor(labels: readonly string[], names: readonly string[] = []): Readonly<Record<string, string>> {
  const known = names.flatMap(name => (named[name] === undefined ? [] : [{ [name]: named[name] }]));
  return Object.assign({}, ...labels.map(label => meanings[label] ?? {}), ...known, { [allOthers]: paleGrey });
}

/** Of marks on the time axis: what is usual stays behind the data. */
export const markColours = {
  usual: 'rgba(128, 128, 128, 0.3)',
  bad: 'rgba(213, 94, 0, 0.65)',
  warning: 'rgba(230, 159, 0, 0.4)',
  money: 'rgba(86, 180, 233, 0.65)',
  budget: 'rgba(204, 121, 167, 0.8)',
} as const;
