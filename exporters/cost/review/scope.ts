/** Whose review a section is of, and how its rows are read. */
import type { Row } from '../../core/ledger.ts';
import { sum, unitsOf } from './markdown.ts';
import type { ReviewFacts } from './read.ts';

export interface Scope {
  readonly facts: ReviewFacts;
  readonly team: string | undefined;
}

export const amount = (row: Row, column: string): bigint => unitsOf(String(row[column] ?? '0'));
export const text = (row: Row, column: string): string => String(row[column] ?? '');
export const total = (rows: readonly Row[], column: string): bigint => sum(rows.map(row => amount(row, column)));

export const inScope = (rows: readonly Row[], { team }: Scope): readonly Row[] =>
  team === undefined ? rows : rows.filter(row => row.team === team);

/** Groups in the order in which they come. */
export function grouped(
  rows: readonly Row[],
  ...columns: readonly string[]
): { key: readonly string[]; rows: Row[] }[] {
  const groups = new Map<string, { key: readonly string[]; rows: Row[] }>();
  for (const row of rows) {
    const key = columns.map(column => text(row, column));
    const id = JSON.stringify(key);
    const group = groups.get(id) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  return [...groups.values()];
}
