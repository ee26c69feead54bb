/**
 * Which deployments of a lane return to an older version, and what they withdraw. The line is what production has gone
 * through and not been taken back from: V1 V2 V3 V1 leaves V1, and V3 after that is no return but a new try.
 */
import { isSameVersion } from '../production/attempt.ts';
import { inOrder, type JudgeOptions, type LaneDeployment } from './lane.ts';
import { versionLine } from './line.ts';

export interface Rollback {
  readonly deployment: LaneDeployment;
  readonly reason: 'version' | 'said' | 'label';
  readonly confidence: number;
  /** In order; the first one is the failure. */
  readonly withdrawn: readonly LaneDeployment[];
}

/** How a lane went on: each deployment with the failed ones that it follows, and with what it is a rollback of. */
export interface Step {
  readonly deployment: LaneDeployment;
  /** The newest deployment before it that changed production; undefined for the first one. */
  readonly before: LaneDeployment | undefined;
  /** Deployments that failed since the last success. */
  readonly pending: readonly LaneDeployment[];
  readonly rollback: Rollback | undefined;
}

type Options = Pick<JudgeOptions, 'remedyHours'>;

export function walk(lane: readonly LaneDeployment[], { remedyHours }: Options): readonly Step[] {
  const line = versionLine();
  const steps: Step[] = [];
  let pending: LaneDeployment[] = [];
  let last: LaneDeployment | undefined;
  for (const deployment of inOrder(lane)) {
    const isIn = (failed: LaneDeployment) => deployment.finishedAt - failed.finishedAt <= remedyHours * 3_600_000;
    const before = pending.findLast(({ changedProduction }) => changedProduction === true) ?? last;
    if (deployment.outcome !== 'success') {
      steps.push({ deployment, before, pending, rollback: undefined });
      if (deployment.changedProduction !== false) pending = [...pending, deployment];
      continue;
    }
    const found = line.find(deployment);
    const tried = pending.filter(failed => !isSameVersion(failed, deployment));
    const withdrawn = found < 0 ? [] : [...line.after(found), ...tried].filter(isIn);
    const isSaid = deployment.rollsBackTo !== '';
    const newest = pending.at(-1) ?? line.newest();
    let rollback: Rollback | undefined;
    if (found >= 0 && withdrawn.length > 0) {
      const onlyTried = found === line.length() - 1 && withdrawn.every(one => one.changedProduction !== true);
      rollback = {
        ...{ deployment, reason: isSaid ? 'said' : 'version', withdrawn },
        confidence: isSaid ? 1 : onlyTried ? 0.7 : 0.9,
      };
      line.cut(found + 1);
    } else if (
      found < 0 &&
      (isSaid || deployment.labels.some(isRollbackLabel)) &&
      newest !== undefined &&
      isIn(newest)
    ) {
      // It returns to something that is not in the line, so only the one before it is known to be withdrawn.
      rollback = {
        ...{ deployment, reason: isSaid ? 'said' : 'label', withdrawn: [newest] },
        confidence: isSaid ? 1 : 0.8,
      };
      if (newest === line.newest()) line.cut(line.length() - 1);
      line.push(deployment);
    } else if (found < 0 || found < line.length() - 1) line.push(deployment);
    steps.push({ deployment, before, pending, rollback });
    pending = [];
    last = deployment;
  }
  return steps;
}

/** The rollbacks of a lane, in order. */
export const rollbacksOf = (lane: readonly LaneDeployment[], options: Options): readonly Rollback[] =>
  walk(lane, options).flatMap(({ rollback }) => rollback ?? []);

const isRollbackLabel = (label: string) => /^roll-?back$/i.test(label.trim());
