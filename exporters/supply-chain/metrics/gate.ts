/** What the gate would say of what runs now: the rules of the setting gate, as `plumbline gate` evaluates them. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = [
  ...(['gate_verdicts', 'running_images', 'running_looks', 'artifacts', 'artifact_digests', 'artifact_scans'] as const),
  ...(['artifact_sboms', 'owners'] as const),
] as const;
const counted = { kind: 'state', unit: 'count', additive: true, everySeconds: 300, reads } as const;

export const gateBlocked = defineMetric({
  ...counted,
  name: 'supply_chain_gate_blocked',
  help: 'Running images that the gate would block (mode enforce) or warn of (mode warn) if they were deployed now, each once, by the rule that decides.',
  labels: ['team', 'environment', 'mode', 'rule'],
  maxSeries: 10_000,
  sql: sql('running_at', 'verdicts_at', 'gate_blocked'),
});

export const gateImages = defineMetric({
  ...counted,
  name: 'supply_chain_gate_images',
  help: 'Running images by what the gate would say of them now: pass, warned, blocked, unknown (it could not tell).',
  labels: ['team', 'environment', 'verdict'],
  maxSeries: 5_000,
  sql: sql('running_at', 'verdicts_at', 'gate_images'),
});

export const gateNewlyBlocked = defineMetric({
  ...counted,
  name: 'supply_chain_gate_newly_blocked',
  help: 'Running images that the gate would block now (mode enforce), and had let pass or warned of until some time in the last 7 days, by the rule that decides.',
  labels: ['team', 'environment', 'rule'],
  maxSeries: 5_000,
  sql: sql('running_at', 'verdicts_at', 'verdict_turns', 'newly_blocked_at', 'gate_newly_blocked'),
});

export const gateMetrics = [gateBlocked, gateImages, gateNewlyBlocked] as const;
