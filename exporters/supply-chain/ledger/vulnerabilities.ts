/** What the ledger calls a vulnerability: CVE, GHSA and vendors' ids of one are one. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { unionFind } from './union.ts';

const mergeSql = readFileSync(new URL('./merge-vulnerabilities.sql', import.meta.url), 'utf8');

/** An id as everyone spells it. */
export function vulnerabilityId(said: string): string {
  const id = said.trim();
  if (/^cve-/i.test(id)) return id.toUpperCase();
  return /^ghsa-/i.test(id) ? `GHSA-${id.slice(5).toLowerCase()}` : id;
}

const isCve = (id: string) => id.startsWith('CVE-');
const rank = (id: string) => (isCve(id) ? 0 : id.startsWith('GHSA-') ? 1 : 2);
const byRank = (a: string, b: string) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);

/**
 * Stores ids that are said to be one vulnerability's, each list with the id first, and returns what the ledger calls each.
 * An advisory of several CVEs is none of them: two CVEs are never one. The temporary table merged_vulnerabilities has those
 * that were two and are one (loser, survivor).
 */
export async function storeVulnerabilities(
  tx: Transaction,
  lists: readonly (readonly string[])[],
): Promise<(id: string) => string> {
  const spelt = uniqueLists(lists);
  const ids = [...new Set(spelt.flat())];
  await stage(
    tx,
    'heard_aliases',
    { alias: 'VARCHAR' },
    ids.map(alias => ({ alias })),
  );
  const rows = await tx.all(`SELECT alias, vulnerability FROM vulnerability_aliases
    WHERE vulnerability IN (SELECT vulnerability FROM vulnerability_aliases SEMI JOIN heard_aliases USING (alias))`);
  const known = new Map(rows.map(row => [String(row.alias), String(row.vulnerability)]));
  const sets = unionFind();
  const cves = new Map<string, string>();
  const join = (a: string, b: string) => {
    const [one, other] = [sets.find(a), sets.find(b)];
    const [cve, otherCve] = [cves.get(one), cves.get(other)];
    if (cve !== undefined && otherCve !== undefined && cve !== otherCve) return;
    sets.join([a, b]);
    const both = cve ?? otherCve;
    if (both !== undefined) cves.set(sets.find(a), both);
  };
  for (const id of new Set([...ids, ...known.keys()])) {
    sets.join([id]);
    if (isCve(id)) cves.set(id, id);
  }
  for (const [alias, vulnerability] of known) join(alias, vulnerability);
  for (const [id = '', ...aliases] of spelt) {
    const several = aliases.filter(isCve);
    for (const alias of aliases) if (!isCve(alias) || several.length === 1) join(id, alias);
  }

  const names = new Map<string, string>();
  const [added, merged, best]: [Record<string, string>[], Record<string, string>[], Record<string, string>[]] = [
    [],
    [],
    [],
  ];
  const first = new Map<string, string>();
  for (const [id = ''] of spelt) if (!first.has(sets.find(id))) first.set(sets.find(id), id);
  for (const [root, members] of sets.groups()) {
    const before = [...new Set(members.flatMap(id => known.get(id) ?? []))].sort(byRank);
    const [bestId = root] = [...members].sort(byRank);
    const [survivor = rank(bestId) < 2 ? bestId : (first.get(root) ?? bestId), ...losers] = before;
    for (const id of members) {
      names.set(id, survivor);
      if (known.get(id) === undefined) added.push({ alias: id, vulnerability: survivor });
    }
    for (const loser of losers) merged.push({ loser, survivor });
    best.push({ vulnerability: survivor, best: bestId });
  }
  await stage(tx, 'heard_aliases', { alias: 'VARCHAR', vulnerability: 'VARCHAR' }, added);
  await stage(tx, 'merged_vulnerabilities', { loser: 'VARCHAR', survivor: 'VARCHAR' }, merged);
  await stage(tx, 'heard_best', { vulnerability: 'VARCHAR', best: 'VARCHAR' }, best);
  if (added.length > 0 || merged.length > 0) {
    if (merged.length > 0) await tx.run(mergeSql);
    await tx.run(`INSERT INTO vulnerability_aliases BY NAME FROM heard_aliases ANTI JOIN vulnerability_aliases USING (alias);
      UPDATE vulnerabilities AS v SET best = h.best FROM heard_best AS h
        WHERE v.vulnerability = h.vulnerability AND v.best <> h.best;
      INSERT INTO vulnerabilities BY NAME FROM heard_best ANTI JOIN vulnerabilities USING (vulnerability)`);
    tx.touch('vulnerability_aliases', 'vulnerabilities');
  }
  return id => names.get(vulnerabilityId(id)) ?? vulnerabilityId(id);
}

function uniqueLists(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const unique = new Map<string, readonly string[]>();
  for (const list of lists) {
    const key = list.join('\n');
    if (!unique.has(key)) unique.set(key, [...new Set(list.map(vulnerabilityId))]);
  }
  return [...unique.values()];
}
