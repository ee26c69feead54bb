/** What policy checks and policy evaluations have in common, once they are read. */
import { type JsonObject, objectOf, wordOf } from '../../../formats/json.ts';
import type { Engine, Level } from './terms.ts';

/** What one policy said. */
export interface Verdict {
  readonly policy: string;
  readonly part: string;
  readonly level: Level;
  readonly outcome: 'pass' | 'fail' | 'error';
  readonly title?: string;
  readonly message?: string;
}

/** Numbers by level, where an answer gives no policies. */
export interface Tally {
  readonly level: Level;
  readonly outcome: 'pass' | 'fail' | 'error';
  readonly count: number;
}

/** One check or one evaluation of a run. */
export interface Evaluation {
  readonly id: string;
  readonly engine: Engine;
  /**
   * `open`: it has not come to its end. `told`: its verdicts stand. `overridden`: they do, and someone let the run go on.
   * `failed`: it could not be done. `nothing`: it was never begun, for the run ended before.
   */
  readonly state: 'open' | 'told' | 'overridden' | 'failed' | 'nothing';
  /** ISO 8601: when it came to its end, an override included. */
  readonly at?: string;
  readonly overriddenAt?: string;
  readonly part: string;
  readonly verdicts: readonly Verdict[];
  readonly tallies: readonly Tally[];
  /** Why some of its policies are not told of. */
  readonly partial?: string;
}

/** Its failures are numbers: which policies they are is not said. */
export const isCutShort = ({ verdicts, tallies }: Evaluation): boolean =>
  verdicts.length === 0 && tallies.some(({ outcome }) => outcome !== 'pass');

const states: Readonly<Record<string, Evaluation['state']>> = {
  ...{ pending: 'open', queued: 'open', running: 'open' },
  ...{ passed: 'told', failed: 'told', soft_failed: 'told', hard_failed: 'told', awaiting_override: 'told' },
  ...{ overridden: 'overridden', errored: 'failed', unreachable: 'nothing', canceled: 'nothing' },
};
export const stateOf = (status: unknown): Evaluation['state'] | undefined =>
  states[(wordOf(status, 50) ?? '').toLowerCase()];

export const instantOf = (value: unknown): string | undefined => {
  const time = Date.parse(wordOf(value, 50) ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

/** The newest of `status-timestamps`, and when it was overridden. */
export function timesOf(attributes: JsonObject): Pick<Evaluation, 'at' | 'overriddenAt'> {
  const stamps = objectOf(attributes['status-timestamps']);
  const at = Object.values(stamps)
    .flatMap(value => instantOf(value) ?? [])
    .sort()
    .at(-1);
  const overriddenAt = instantOf(stamps['overridden-at']);
  return { ...(at === undefined ? {} : { at }), ...(overriddenAt === undefined ? {} : { overriddenAt }) };
}

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;

export const linesIn = (text: unknown, most = 500): string | undefined => {
  const word = wordOf(text, 20_000)
    ?.replace(/\s*\n\s*/g, '; ')
    .slice(0, most);
  return word === '' ? undefined : word;
};
