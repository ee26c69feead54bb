/** What the ledger knows of a subscription's findings, by their policy, part and resource. */
import type { Ledger } from '../../../core/ledger.ts';
import { assignmentOfPart, engine } from './terms.ts';

export interface Known {
  readonly has: (policy: string, resource: string) => boolean;
  /**
   * The policies that were looked at: those that have rows, and those of which no assignment is left. A policy that is
   * still assigned and has no row was not evaluated within the window.
   */
  readonly evaluated: (withRows: Iterable<string>, isAssigned: (assignment: string) => boolean) => readonly string[];
}

export async function knownOf(ledger: Ledger, scope: string): Promise<Known> {
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT DISTINCT l.policy, l.part, f.resource FROM finding_listings AS l JOIN findings AS f USING (finding)
       WHERE l.engine = $engine AND l.scope = $scope`,
      { engine, scope },
    ),
  );
  const findings = new Set(rows.map(({ policy, resource }) => `${String(policy)}\n${String(resource)}`));
  const assigned = new Map<string, Set<string>>();
  for (const { policy, part } of rows) {
    const ids = assigned.get(String(policy)) ?? new Set();
    assigned.set(String(policy), ids.add(assignmentOfPart(String(part))));
  }
  return {
    has: (policy, resource) => findings.has(`${policy}\n${resource}`),
    evaluated: (withRows, isAssigned) => [
      ...new Set([
        ...withRows,
        ...[...assigned].flatMap(([policy, ids]) => ([...ids].some(isAssigned) ? [] : [policy])),
      ]),
    ],
  };
}
