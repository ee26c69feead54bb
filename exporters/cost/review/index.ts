/** The monthly FinOps review, for `plumbline review`: one Markdown text for all teams together, and one a team. */
import type { ReviewAsked, ReviewPart } from '../../core/exporter.ts';
import type { Ledger } from '../../core/ledger.ts';
import { budgets } from './budgets.ts';
import { readReview } from './read.ts';
import type { Scope } from './scope.ts';
import { basis, estimates, explanation, forecast, idle, restated, spend, untagged } from './sections.ts';

const sections = [basis, spend, explanation, budgets, forecast, untagged, idle, restated, estimates] as const;

export interface ReviewOptions {
  readonly now: Date;
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
}

/** Empty where nobody, or not the team that is asked for, had cost in the month or the one before. */
export async function reviewCost(
  ledger: Ledger,
  { month, team }: ReviewAsked,
  options: ReviewOptions,
): Promise<readonly ReviewPart[]> {
  const facts = await readReview(ledger, { month, ...options });
  const teams = [...new Set(facts.spend.map(row => String(row.team)))].sort();
  const text = (scope: Scope, title: string) =>
    `${[`# FinOps review ${month}: ${title}`, ...sections.map(section => section(scope))].join('\n\n')}\n`;
  const ofTeam = (name: string): ReviewPart => ({ team: name, text: text({ facts, team: name }, name) });
  if (team !== undefined) return teams.includes(team) ? [ofTeam(team)] : [];
  if (teams.length === 0) return [];
  return [{ text: text({ facts, team: undefined }, 'all teams') }, ...teams.map(ofTeam)];
}
