/**
 * What a team's token may report: findings that are its team's by the rules that will own them, or nobody's, in scopes
 * that no other team has findings in; for a report also ends findings that it no longer lists.
 */
import { ownerText } from '../catalog/keys.ts';
import { type Ownership, unowned } from '../catalog/ownership.ts';
import { fold } from '../catalog/refs.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import { PlumblineError } from '../core/errors.ts';
import type { Reader } from '../core/ledger.ts';
import type { Principal } from '../core/source.ts';
import type { Told } from './report.ts';

export interface Asking {
  readonly principal: Extract<Principal, { readonly role: 'team' }>;
  readonly ownership: Ownership;
  readonly source: string;
}

/** What was told as the team's, which is filled in where an owner names none. Errors: PUSH_FORBIDDEN, with what of it. */
export async function ownTold(reader: Reader, told: Told, asking: Asking): Promise<Told> {
  const { principal, ownership, source } = asking;
  const team = ownership.names.teamOf(principal.team) ?? fold(principal.team);
  const refused = (reason: string) =>
    new PlumblineError('PUSH_FORBIDDEN', { principal: principal.name, source, reason });
  const owners = new Map<string, string>();
  const own = (owner: string, what: string): string => {
    const known = owners.get(owner);
    if (known !== undefined) return known;
    const attributes = JSON.parse(owner) as OwnerAttributes;
    const { team: said, ...words } = attributes;
    if (said !== undefined && (ownership.names.teamOf(said) ?? fold(said)) !== team)
      throw refused(`${what} is of the team ${said}, and the token writes for ${team}`);
    // Not by its own word, which would make anything the team's; what nobody owns is no one else's.
    const owned = ownership.resolve(words).team;
    if (owned !== team && owned !== unowned)
      throw refused(`${what} is owned by ${owned}, and the token writes for ${team}`);
    // What the rules give goes with them to whoever owns it next; a word of the token's would hold it for ever.
    const text = ownerText(owned === team ? words : { ...words, team });
    owners.set(owner, text);
    return text;
  };
  for (const { engine, scope } of [...(told.reports ?? []), ...(told.exceptions ?? []), ...(told.policies ?? [])]) {
    const repository = /^repository:(.+)$/.exec(scope)?.[1];
    if (repository !== undefined) own(ownerText({ repository }), `the scope ${scope}`);
    const other = await otherOwner(reader, { engine, scope }, { team, ownership });
    if (other !== undefined) throw refused(`the scope ${scope} has findings of ${other}`);
  }
  const { reports = [], exceptions = [], policies = [], blocks = [] } = told;
  return {
    reports: reports.map(report => ({
      ...report,
      owner: own(report.owner, `the scope ${report.scope}`),
      results: report.results.map(result => ({ ...result, owner: own(result.owner, result.resource) })),
      ...(report.counts && {
        counts: report.counts.map(count => ({ ...count, owner: own(count.owner, `a count of ${report.scope}`) })),
      }),
    })),
    exceptions: exceptions.map(list => ({
      ...list,
      exceptions: list.exceptions.map(one => ({ ...one, owner: own(one.owner, `the exception ${one.exception}`) })),
    })),
    policies,
    blocks: blocks.map(block => ({ ...block, owner: own(block.owner, block.resource) })),
  };
}

/** Who else the ledger knows findings, reports or exceptions of in a scope. */
async function otherOwner(
  reader: Reader,
  { engine, scope }: { readonly engine: string; readonly scope: string },
  { team, ownership }: { readonly team: string; readonly ownership: Ownership },
): Promise<string | undefined> {
  const rows = await reader.all(
    `SELECT DISTINCT attributes::VARCHAR AS attributes FROM owner_keys WHERE owner_key IN (
       SELECT owner_key FROM finding_reports WHERE engine = $engine AND scope = $scope
       UNION
       SELECT owner_key FROM finding_exceptions WHERE engine = $engine AND scope = $scope
       UNION
       SELECT owner_key FROM finding_states SEMI JOIN (FROM findings WHERE engine = $engine) USING (finding)
       WHERE scope = $scope
     )`,
    { engine, scope },
  );
  return rows
    .map(({ attributes }) => JSON.parse(String(attributes)) as OwnerAttributes)
    .map(attributes => {
      // What the rules give the team is not held by the one that told of it before.
      const { team: _, ...words } = attributes;
      return ownership.resolve(words).team === team ? team : ownership.resolve(attributes).team;
    })
    .find(owner => owner !== team && owner !== unowned);
}
