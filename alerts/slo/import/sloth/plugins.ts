/** Sloth's plugins are Go programs. What they do is done here by the SLO itself, or can't be told. */

import type { Notes } from '../imported.ts';
import { Unimportable } from '../imported.ts';
import type { Plugins } from './spec.ts';

/** What Sloth runs by default, and what changes no rule. */
const harmless = /^sloth\.dev\/core\//;

/** By id: what it does, and what there is for it. */
const known: Readonly<Record<string, string>> = {
  'sloth.dev/contrib/denominator_corrected_rules/v1':
    'it makes an error ratio of the traffic of the SLO’s window; budgets are event-weighted here without it, and least_bad_events keeps low traffic from alerting',
  'sloth.dev/contrib/error_budget_exhausted_alert/v1': 'SloBudgetExhausted is that alert, for every SLO',
  'sloth.dev/contrib/info_labels/v1': 'it labels the info series; write those labels as labels of the SLO',
  'sloth.dev/contrib/remove_labels/v1': 'it takes labels off the recordings; write no labels that are not wanted',
  'sloth.dev/contrib/rule_intervals/v1':
    'it sets evaluation intervals; events are recorded every 5 minutes here, which can’t be set',
  'sloth.dev/contrib/validate_victoria_metrics/v1': 'it allows MetricsQL, which Prometheus can’t evaluate',
};

/** Throws where the SLO needs one; those of Sloth's core change nothing, and are told of. */
export function withoutPlugins(group: Plugins | undefined, own: Plugins | undefined, notes: Notes): void {
  const chain = own?.overridePrevious ? own.chain : [...(group?.chain ?? []), ...(own?.chain ?? [])];
  const needed = [...new Set(chain.map(plugin => plugin.id).filter(id => !harmless.test(id)))];
  if (needed.length > 0) throw new Unimportable(needed.map(id => refusalOf('SLO plugin', id)).join('; '));
  for (const id of new Set(chain.map(plugin => plugin.id)))
    notes.lost('slo_plugins.chain', `${id}: a plugin of Sloth's own, which changes no alert`);
}

export const refusalOf = (kind: string, id: string): string =>
  `it needs Sloth's ${kind} "${id}", a Go program that is not run here: ${
    known[id] ??
    (kind === 'SLI plugin' ? 'write the query that it returns as events or raw' : 'write what it does into the SLO')
  }`;
