/** The delivery part of the monthly retrospective, for `plumbline review`: all teams together, and one text a team. */
import type { ReviewAsked, ReviewPart } from '../../core/exporter.ts';
import type { Ledger } from '../../core/ledger.ts';
import { readDelivery } from './read.ts';
import { failures, leftOut, numbers, type Scope, stages } from './sections.ts';

const sections = [numbers, stages, failures, leftOut] as const;

export interface ReviewOptions {
  readonly now: Date;
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
  readonly minimumSamples: number;
}

/** Empty where nobody, or not the team that is asked for, deployed or had incidents in the month or the one before. */
export async function reviewDelivery(
  ledger: Ledger,
  { month, team }: ReviewAsked,
  { minimumSamples, ...options }: ReviewOptions,
): Promise<readonly ReviewPart[]> {
  const facts = await readDelivery(ledger, { month, ...options });
  const teams = [...new Set(facts.numbers.map(row => String(row.team)).filter(name => name !== ''))].sort();
  const text = (scope: Scope, title: string) =>
    `${[`# Delivery review ${month}: ${title}`, ...sections.map(section => section(scope))].join('\n\n')}\n`;
  const ofTeam = (name: string): ReviewPart => ({
    team: name,
    text: text({ facts, team: name, minimumSamples }, name),
  });
  if (team !== undefined) return teams.includes(team) ? [ofTeam(team)] : [];
  if (teams.length === 0) return [];
  return [{ text: text({ facts, team: '', minimumSamples }, 'all teams') }, ...teams.map(ofTeam)];
}
