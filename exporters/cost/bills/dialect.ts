/**
 * Billing formats other than FOCUS: SQL that makes FOCUS columns of their columns, so that one pipeline reads them all.
 */
import { focusColumns } from './columns.ts';
import type { FileGroup } from './scan.ts';

/** SQL over `c0`, `c1`, … by FOCUS column name, each a VARCHAR: decimal text, an instant as it is written, JSON of tags. */
export type Projection = Readonly<Record<string, string>>;

export interface BillDialect {
  /** `aws_cur`, `azure_export`. */
  readonly name: string;
  /**
   * From a header to FOCUS columns. The columns are VARCHAR and NULL where empty; those of Parquet have the types given.
   * `missing` names the first column that the format must have and this header has not.
   */
  readonly project: (
    names: readonly string[],
    types: readonly string[],
  ) => { readonly expressions: Projection } | { readonly missing: string };
}

/** The group as FOCUS; undefined where the header lacks what the dialect needs, which `missing` then names. */
export function translate(group: FileGroup, dialect: BillDialect): FileGroup | { readonly missing: string } {
  const result = dialect.project(group.names, group.types);
  if ('missing' in result) return result;
  const names = Object.keys(result.expressions);
  return {
    ...group,
    names,
    types: [],
    columns: focusColumns(names),
    projection: { names: group.names, expressions: Object.values(result.expressions) },
  };
}
