/**
 * What is said of each deployment of a lane: which failed, what remedied it and when, which are rework. Pure: the same
 * deployments and incidents give the same verdicts, in whatever order they came to be known. RULES.md tells the rules.
 */
import type { JudgeOptions, LaneDeployment, LaneIncident, Reason, Verdict } from './lane.ts';
import { type Step, walk } from './rollbacks.ts';

/** One reason to hold that a deployment failed. */
interface Evidence {
  readonly reason: Reason;
  readonly confidence: number;
  readonly cause: string;
  readonly occurredAt: number;
}

/** What of equal confidence is named. */
const order: readonly Reason[] = ['rollback', 'revert', 'failed_deployment', 'incident', 'hotfix', 'cherry_pick'];

export function judge(
  lane: readonly LaneDeployment[],
  incidents: readonly LaneIncident[],
  options: JudgeOptions,
): readonly Verdict[] {
  const steps = walk(lane, options);
  const byName = new Map(steps.map(step => [step.deployment.deployment, step]));
  const findings = findingsOf(steps, byName, options);
  for (const incident of incidents) addIncident(findings, byName, incident);
  for (const { deployment } of steps) addMadeFor(findings, deployment);
  return steps.flatMap(step => verdictsOf(step, findings));
}

interface Findings {
  readonly failed: Map<string, Evidence[]>;
  /** Ends of what remedied a deployment. */
  readonly remedies: Map<string, { readonly cause: string; readonly at: number }[]>;
  readonly incidents: Map<string, LaneIncident[]>;
  readonly withdrawn: Map<string, LaneDeployment>;
  readonly rework: Map<string, { readonly reason: Reason; readonly confidence: number; readonly cause: string }>;
}

function findingsOf(steps: readonly Step[], byName: ReadonlyMap<string, Step>, options: JudgeOptions): Findings {
  const findings: Findings = {
    ...{ failed: new Map(), remedies: new Map(), incidents: new Map(), withdrawn: new Map(), rework: new Map() },
  };
  const picked = steps.filter(({ deployment }) => deployment.isCherryPicked).length;
  // Where most deployments are cherry-picks that is how releases are made there.
  const areReleasesPicked = picked > steps.length / 2;
  const isIn = (failed: LaneDeployment, remedy: LaneDeployment) =>
    remedy.finishedAt - failed.finishedAt <= options.remedyHours * 3_600_000;
  const fails = (failed: LaneDeployment, remedy: LaneDeployment, reason: Reason, confidence: number) => {
    if (byName.get(failed.deployment)?.rollback === undefined)
      push(findings.failed, failed.deployment, {
        ...{ reason, confidence, cause: remedy.deployment, occurredAt: remedy.finishedAt },
      });
    if (remedy.outcome === 'success')
      push(findings.remedies, failed.deployment, { cause: remedy.deployment, at: remedy.finishedAt });
  };
  const reworks = (deployment: LaneDeployment, reason: Reason, confidence: number, cause: string) => {
    if (deployment.isPlanned !== true && !findings.rework.has(deployment.deployment))
      findings.rework.set(deployment.deployment, { reason, confidence, cause });
  };

  for (const { deployment, before, pending, rollback } of steps) {
    const isSuccess = deployment.outcome === 'success';
    if (rollback !== undefined) {
      const [failure, ...others] = rollback.withdrawn;
      fails(failure!, deployment, 'rollback', rollback.confidence);
      for (const other of others) findings.withdrawn.set(other.deployment, deployment);
      reworks(deployment, 'rollback', rollback.confidence, failure!.deployment);
    }
    if (isSuccess)
      for (const failed of pending)
        if (failed.changedProduction === true) fails(failed, deployment, 'failed_deployment', 0.9);
        else push(findings.remedies, failed.deployment, { cause: deployment.deployment, at: deployment.finishedAt });
    for (const { deployment: name } of deployment.reverts) {
      const reverted = byName.get(name)?.deployment;
      if (reverted === undefined || reverted.finishedAt >= deployment.finishedAt || !isIn(reverted, deployment))
        continue;
      fails(reverted, deployment, 'revert', 0.9);
      reworks(deployment, 'revert', 0.9, name);
    }
    const hotfix = rollback === undefined ? hotfixOf(deployment, options, areReleasesPicked) : undefined;
    if (hotfix !== undefined) {
      const { reason, confidence } = hotfix;
      // What a rollback has put right needs no second verdict.
      const target = before !== undefined && byName.get(before.deployment)?.rollback === undefined ? before : undefined;
      const isTarget = target !== undefined && isIn(target, deployment);
      if (isTarget) fails(target, deployment, reason, confidence);
      reworks(deployment, reason, confidence, before?.deployment ?? '');
    }
  }
  return findings;
}

function hotfixOf(
  deployment: LaneDeployment,
  { isHotfixLabel, isHotfixBranch }: JudgeOptions,
  areReleasesPicked: boolean,
): { readonly reason: Reason; readonly confidence: number } | undefined {
  const branch = deployment.ref.replace(/^refs\/heads\//, '');
  if (deployment.labels.some(isHotfixLabel) || isHotfixBranch(branch) || deployment.hotfixPullRequest !== '')
    return { reason: 'hotfix', confidence: 0.8 };
  return deployment.isCherryPicked && !areReleasesPicked ? { reason: 'cherry_pick', confidence: 0.6 } : undefined;
}

function addIncident(findings: Findings, byName: ReadonlyMap<string, Step>, incident: LaneIncident): void {
  const step = byName.get(incident.deployment);
  if (step === undefined) return;
  push(findings.incidents, incident.deployment, incident);
  for (const { deployment, at } of incident.remedies)
    if (deployment !== incident.deployment) push(findings.remedies, incident.deployment, { cause: deployment, at });
  // A rollback is no change of its own, and in no denominator.
  if (step.rollback !== undefined) return;
  push(findings.failed, incident.deployment, {
    ...{ reason: 'incident', confidence: incident.confidence, cause: incident.incident },
    occurredAt: Math.max(incident.startedAt, step.deployment.finishedAt),
  });
}

/** A deployment that names the incident it was made for is rework. */
function addMadeFor(findings: Findings, { deployment, incident, isPlanned }: LaneDeployment): void {
  if (incident === '' || isPlanned === true || findings.rework.has(deployment)) return;
  findings.rework.set(deployment, { reason: 'incident', confidence: 1, cause: incident });
}

function verdictsOf({ deployment, rollback }: Step, findings: Findings): readonly Verdict[] {
  const { deployment: name, finishedAt } = deployment;
  const verdicts: Verdict[] = [];
  const add = (verdict: Omit<Verdict, 'deployment' | 'seconds'> & { readonly seconds?: number }) =>
    verdicts.push({ deployment: name, seconds: null, ...verdict });
  if (rollback !== undefined)
    add({
      ...{ verdict: 'rollback', reason: rollback.reason, confidence: rollback.confidence, occurredAt: finishedAt },
      cause: rollback.withdrawn[0]!.deployment,
    });
  const withdrawnBy = findings.withdrawn.get(name);
  if (withdrawnBy !== undefined)
    add({
      ...{ verdict: 'withdrawn', reason: 'rollback', confidence: 0.9, cause: withdrawnBy.deployment },
      occurredAt: withdrawnBy.finishedAt,
    });
  const rework = findings.rework.get(name);
  if (rework !== undefined) add({ verdict: 'rework', ...rework, occurredAt: finishedAt });
  const evidence = findings.failed.get(name) ?? [];
  const [best] = evidence.toSorted(
    (a, b) => b.confidence - a.confidence || order.indexOf(a.reason) - order.indexOf(b.reason),
  );
  if (best !== undefined) {
    add({ verdict: 'failed', ...best, occurredAt: Math.min(...evidence.map(one => one.occurredAt)) });
    const recovery = recoveryOf(name, finishedAt, findings);
    if (recovery !== undefined) {
      const seconds = Math.max(0, Math.floor((recovery.at - finishedAt) / 1000));
      const { reason, confidence } = best;
      add({
        verdict: 'recovered',
        reason,
        confidence,
        cause: recovery.cause,
        seconds,
        occurredAt: Math.max(recovery.at, finishedAt),
      });
    }
  } else if (deployment.outcome !== 'success') {
    if (deployment.changedProduction === false)
      add({ verdict: 'failed_before_change', reason: 'said', confidence: 1, cause: '', occurredAt: finishedAt });
    else if (deployment.changedProduction === null)
      add({ verdict: 'failed_before_change', reason: 'unknown', confidence: 0.5, cause: '', occurredAt: finishedAt });
    else add({ verdict: 'broken', reason: 'failed_deployment', confidence: 0.6, cause: '', occurredAt: finishedAt });
  }
  return verdicts;
}

/** The first thing that remedied it, else the end of the last of its incidents; undefined while it lasts. */
function recoveryOf(name: string, finishedAt: number, findings: Findings) {
  const [first] = (findings.remedies.get(name) ?? [])
    .filter(({ at }) => at >= finishedAt)
    .toSorted((a, b) => a.at - b.at);
  if (first !== undefined) return first;
  const incidents = findings.incidents.get(name) ?? [];
  if (incidents.length === 0 || incidents.some(({ resolvedAt }) => resolvedAt === null)) return undefined;
  const last = incidents.toSorted((a, b) => b.resolvedAt! - a.resolvedAt!)[0]!;
  return { cause: last.incident, at: last.resolvedAt! };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
