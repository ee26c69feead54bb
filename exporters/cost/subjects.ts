/** What cost says of services one by one, and of spend that is nobody's. */
import { readFileSync } from 'node:fs';
import { defineSubjectCheck, ownedCheck } from '../core/subjects.ts';
import { sql } from './metrics/sql.ts';

const read = (file: string) => readFileSync(new URL(`./subjects/${file}.sql`, import.meta.url), 'utf8').trimEnd();
/** The budgets' expressions end with a list that goes on. */
const budgets = `${sql('valid_budgets', 'budget_spending')}\n${read('service_budgets')}`;
/** A day is complete at midnight. */
const everySeconds = 3_600;

export const costSubjects = [
  defineSubjectCheck({
    check: 'tags',
    help: "Of the last 30 complete days' cost of a service that could carry a tag, no more than the setting untagged_percent carries none that a rule reads.",
    reads: ['allocations', 'cost_settings'],
    everySeconds,
    instantsAtOnce: 40,
    sql: read('service_tags'),
  }),
  defineSubjectCheck({
    check: 'budget',
    help: 'The budgets of a service, else those of its team, are not exceeded in the current UTC calendar month.',
    reads: ['allocations', 'budgets'],
    everySeconds,
    instantsAtOnce: 40,
    sql: budgets,
  }),
  defineSubjectCheck({
    check: ownedCheck,
    help: 'Resources and accounts with cost of the last 30 days that no rule gives to a team or a split.',
    reads: ['charges', 'charge_keys', 'owners'],
    everySeconds,
    instantsAtOnce: 20,
    sql: read('unowned_cost'),
  }),
] as const;
