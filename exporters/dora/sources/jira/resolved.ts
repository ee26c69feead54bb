/** When an issue was resolved, as its changelog has it. */
import type { Change } from '../../../vendors/jira/changelog.ts';

/**
 * The last time that its status came from one that is open to one that is resolved, or that it was given a resolution,
 * whichever is later; where statuses before Done are resolved ones, the status alone counts. A status that was deleted since may have been either: a step from one counts only where there is no
 * other, so that moving a whole project to a new workflow resolves nothing anew.
 */
export function resolvedByChanges(
  changes: readonly Change[],
  isResolved: ReadonlyMap<string, boolean>,
  statusAlone = false,
): string | undefined {
  const steps = changes.filter(({ field, to }) => field === 'status' && isResolved.get(to) === true);
  const sure = steps.findLast(({ from }) => isResolved.get(from) === false);
  const given = changes.findLast(({ field, from, to }) => field === 'resolution' && from === '' && to !== '');
  const [last] = [sure, statusAlone && sure ? undefined : given]
    .filter(change => change !== undefined)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (last ?? steps.findLast(({ from }) => isResolved.get(from) !== true))?.at;
}
