/**
 * Azure Policy's words in ours. Sources: "Azure Policy compliance states", "Azure Policy definitions effect basics" and
 * "Azure Policy assignment structure" of Microsoft's documentation. Ids are compared in lower case: Azure writes the same
 * one now as resourceGroups and now as resourcegroups.
 */
import type { Enforcement, Outcome } from '../../../findings/report.ts';

export const engine = 'azure_policy';
/** As bills name it, so that one ownership rule holds for both. */
export const provider = 'Microsoft';

const outcomes: Readonly<Record<string, Outcome>> = {
  compliant: 'pass',
  // Covered by an assignment with denyAction: it can't be deleted.
  protected: 'pass',
  noncompliant: 'fail',
  exempt: 'excepted',
  // Several assignments ask for contradictory values: nobody knows which of them holds.
  conflict: 'error',
  error: 'error',
  // Nobody has attested it yet (effect manual), or it was not evaluated yet.
  unknown: 'skip',
  notstarted: 'skip',
  notregistered: 'skip',
};

/** `Non-compliant` in the portal, `NonCompliant` in rows, `noncompliant` in summaries. */
export const outcomeOf = (state: string): Outcome | undefined => outcomes[state.toLowerCase().replace(/[^a-z]/g, '')];

const refusing = new Set(['deny', 'denyaction']);
/** They change what is asked for or deployed, and refuse nothing. */
const acting = new Set(['modify', 'append', 'deployifnotexists', 'mutate', 'addtonetworkgroup']);

/** What a violation leads to, by the effect and the assignment's enforcementMode. */
export function enforcementOf(effect: string, isEnforced: boolean): Enforcement {
  const word = effect.toLowerCase();
  if (refusing.has(word)) return isEnforced ? 'enforce' : 'dryrun';
  return acting.has(word) && !isEnforced ? 'dryrun' : 'audit';
}

const ranks: Readonly<Record<Enforcement, number>> = { enforce: 0, warn: 1, dryrun: 2, audit: 3 };
export const stronger = (a: Enforcement, b: Enforcement | undefined): Enforcement =>
  b === undefined || ranks[a] <= ranks[b] ? a : b;

export const idOf = (id: string): string => id.trim().toLowerCase().replace(/\/+$/, '');
export const nameOf = (id: string): string => idOf(id).split('/').at(-1) ?? '';
export const subscriptionOf = (id: string): string | undefined => /^\/subscriptions\/([^/]+)/.exec(idOf(id))?.[1];
export const scopeOf = (subscription: string): string => `subscription:${subscription}`;

/**
 * Whose rows a part is: an assignment, and of an initiative's the reference to one of its definitions, since the same
 * definition may stand in it twice with other parameters.
 */
export const partOf = (assignment: string, reference: string): string =>
  reference === '' ? assignment : `${assignment}#${reference.toLowerCase()}`;
export const assignmentOfPart = (part: string): string => part.split('#')[0] ?? part;
