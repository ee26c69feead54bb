/** The sections of a review of delivery. `team` '' is all teams together; a number over too few is a dash. */
import type { Row } from '../../core/ledger.ts';
import { percent, span, table } from '../../formats/markdown.ts';
import type { DeliveryFacts } from './read.ts';

export interface Scope {
  readonly facts: DeliveryFacts;
  readonly team: string;
  readonly minimumSamples: number;
}

const mostRows = 10;
const none = '–';

/** A fact's row of the month, or of the one before. */
function rowOf({ facts, team }: Scope, fact: string, isMonth: boolean): Row | undefined {
  return facts.numbers.find(row => row.team === team && row.fact === fact && row.is_month === isMonth);
}
const countOf = (scope: Scope, fact: string, isMonth: boolean): number => Number(rowOf(scope, fact, isMonth)?.n ?? 0);

function spanOf(scope: Scope, fact: string, quantile: 'p50' | 'p75' | 'p90', isMonth: boolean): string {
  const row = rowOf(scope, fact, isMonth);
  return row === undefined || Number(row.n) < scope.minimumSamples ? none : span(Number(row[quantile]));
}

function shareOf(scope: Scope, part: number, whole: number): string {
  return whole < scope.minimumSamples ? none : `${percent(part / whole)} (${part} of ${whole})`;
}

export function numbers(scope: Scope): string {
  const heading = '## Delivery';
  const { before, month } = scope.facts;
  const both = (cell: (isMonth: boolean) => string): readonly [string, string] => [cell(false), cell(true)];
  if (countOf(scope, 'finished', false) + countOf(scope, 'finished', true) === 0)
    return `${heading}\n\nNothing was deployed to production in ${before} or ${month}.`;
  const changeDeployments = (isMonth: boolean) =>
    countOf(scope, 'finished', isMonth) - countOf(scope, 'rollback', isMonth);
  const rows: readonly (readonly string[])[] = [
    ['Successful deployments', ...both(isMonth => String(countOf(scope, 'success', isMonth)))],
    ['Change lead time, median', ...both(isMonth => spanOf(scope, 'lead_time', 'p50', isMonth))],
    ['Change lead time, p90', ...both(isMonth => spanOf(scope, 'lead_time', 'p90', isMonth))],
    ['Changes measured', ...both(isMonth => String(countOf(scope, 'lead_time', isMonth)))],
    [
      'Change fail rate',
      ...both(isMonth => shareOf(scope, countOf(scope, 'failed', isMonth), changeDeployments(isMonth))),
    ],
    [
      'Rework rate',
      ...both(isMonth => shareOf(scope, countOf(scope, 'rework', isMonth), countOf(scope, 'finished', isMonth))),
    ],
    ['Recovery, median', ...both(isMonth => spanOf(scope, 'recovered', 'p50', isMonth))],
    ['Incidents', ...both(isMonth => String(countOf(scope, 'incident', isMonth)))],
  ];
  return `${heading}\n\n${table(['', before, month], rows)}\n\n${none} is too few to tell (under ${scope.minimumSamples}). Medians are exact, over commits that reached production and failures that were remedied.`;
}

export function stages(scope: Scope): string {
  const heading = '### Where pull requests waited';
  const { before, month } = scope.facts;
  const rows = [
    ['Coding: first commit to opened', 'stage_coding'],
    ['Review: to the last approval', 'stage_review'],
    ['Merge: approval to merged', 'stage_merge'],
    ['Deploy: merged to production', 'stage_deploy'],
  ].map(([name = '', fact = '']) => [
    name,
    spanOf(scope, fact, 'p50', false),
    spanOf(scope, fact, 'p50', true),
    spanOf(scope, fact, 'p90', true),
  ]);
  if (rows.every(([, ...cells]) => cells.every(cell => cell === none)))
    return `${heading}\n\nToo few pull requests reached production.`;
  return `${heading}\n\n${table(['Stage', `${before}, median`, `${month}, median`, `${month}, p90`], rows)}`;
}

const reasons: Readonly<Record<string, string>> = {
  rollback: 'rolled back',
  revert: 'reverted',
  hotfix: 'followed by a hotfix',
  cherry_pick: 'followed by a cherry-picked fix',
  failed_deployment: 'failed, and was followed by a fix',
  incident: 'an incident is linked to it',
};

export function failures(scope: Scope): string {
  const heading = '### Deployments that failed';
  const own = scope.facts.failures.filter(({ team }) => scope.team === '' || team === scope.team);
  if (own.length === 0) return `${heading}\n\nNone that is known.`;
  const rows = own
    .slice(0, mostRows)
    .map(({ service, team, deployment, reason, finished_at: at, seconds }) => [
      String(service),
      ...(scope.team === '' ? [String(team)] : []),
      String(at).slice(0, 16),
      reasons[String(reason)] ?? String(reason),
      String(deployment),
      seconds === null ? 'not remedied' : span(Number(seconds)),
    ]);
  const head = ['Service', ...(scope.team === '' ? ['Team'] : []), 'Deployed (UTC)', 'Why', 'Deployment'];
  const rest = own.length - rows.length;
  return `${heading}\n\n${table([...head, 'Remedied after'], rows, head.length)}${rest > 0 ? `\n\n… and ${rest} more, remedied sooner.` : ''}`;
}

export function leftOut(scope: Scope): string {
  const heading = '### What is in no number';
  const own = scope.facts.excluded.filter(({ team }) => team === scope.team);
  if (own.length === 0) return `${heading}\n\nNothing was left out.`;
  const rows = own.map(({ what, reason, n }) => [
    what === 'changes' ? 'commits without a lead time' : 'incidents that match no deployment',
    String(reason).replaceAll('_', ' '),
    String(n),
  ]);
  return `${heading}\n\n${table(['What', 'Why', 'How many'], rows, 2)}`;
}
