/** Which recording rules write the series that a selector reads. */
import { matches } from '../slo/promql/matching.ts';
import type { Matcher, Selector } from '../slo/promql/selectors.ts';
import type { Rule, World } from './model.ts';

/** Of those that are looked at; empty where the series come from elsewhere. */
export function recordingsOf({ metric = '', matchers }: Pick<Selector, 'metric' | 'matchers'>, world: World) {
  return (world.recordings.get(metric) ?? []).filter(rule => matchers.every(matcher => mayWrite(rule, matcher)));
}

/** A label that the rule doesn't fix may have any value. */
function mayWrite({ labels }: Rule, matcher: Matcher): boolean {
  const value = labels[matcher.label];
  if (value === undefined) return true;
  try {
    return matches(matcher, value);
  } catch {
    return true; // a pattern that only Go's engine reads
  }
}
