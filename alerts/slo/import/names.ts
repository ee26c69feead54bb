/** Names and labels of others as ours: DNS labels, and labels that our rules don't set themselves. */
import type { Decimal } from 'decimal.js';
import { durationText } from '../durations.ts';
import type { BurnWindow } from '../model.ts';
import type { Notes } from './imported.ts';

/** Lower case letters, digits and hyphens, 63 at most. */
export function dnsLabel(name: string, what: string, notes: Notes): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  if (label !== name) notes.changed(what, `"${name}" is written "${label}", for names are DNS labels`);
  return label;
}

const ours: ReadonlySet<string> = new Set([
  'service',
  'slo',
  'objective',
  'team',
  'severity',
  'part',
  'window',
  'alertname',
  'le',
]);

/** The labels of an SLO and its team. `what` is the key that they stand under. */
export function labelsOf(
  labels: Readonly<Record<string, string>>,
  what: string,
  notes: Notes,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (name === 'severity')
      notes.lost(`${what}.severity`, `"${value}": the severity is page or ticket, after which routes are made`);
    else if (ours.has(name)) {
      if (name !== 'team') notes.lost(`${what}.${name}`, `"${value}": the rules set the label ${name} themselves`);
    } else if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) kept[name] = value;
    else {
      const plain = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(\d)/, '_$1');
      notes.changed(`${what}.${name}`, `the label is named ${plain}`);
      kept[plain] = value;
    }
  }
  return kept;
}

/** Whoever the labels `team` or `owner` name. */
export function teamOf(labels: Readonly<Record<string, string>>, fallback: string, notes: Notes): string {
  const team = labels.team ?? labels.owner;
  if (team !== undefined) return team;
  notes.changed('labels.team', `no label names who owns it; it is given to ${fallback} (--team)`);
  return fallback;
}

/** Without the pairs that nothing could set off: there a budget burns slower than that even when everything fails. */
export function reachable(windows: readonly BurnWindow[], target: Decimal, notes: Notes): readonly BurnWindow[] {
  const highest = target.negated().plus(1).pow(-1);
  return windows.filter(({ burnRate, long }) => {
    if (burnRate.lt(highest)) return true;
    notes.lost(
      `a burn of ${burnRate.toString()} over ${durationText(long)}`,
      `with a target of ${target.times(100).toString()} % the budget can't burn faster than ${highest.toDecimalPlaces(2).toString()}, so its alert would never fire`,
    );
    return false;
  });
}
