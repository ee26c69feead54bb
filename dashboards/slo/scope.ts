import { identity, slosOf } from '../common/slos.ts';
import { compare } from '../lib/promql.ts';
import { objectives, promisingServices, promisingTeams, slos } from '../variables.ts';

/** What the page's variables choose. */
export const chosen = { team: promisingTeams, service: promisingServices, slo: slos, objective: objectives };

/** With whoever owns it now. */
export const owned = ['team', ...identity] as const;

/** One series per SLO. */
export const { all: allSlos, left: budgets, burning, orNone } = slosOf(owned, chosen);
export const spent = compare(budgets, '<=', 0);
