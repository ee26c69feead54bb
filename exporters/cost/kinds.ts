/** Which of the formats of bills a header is of: FOCUS, or one that a dialect makes FOCUS of. */
import { focusDataset, missingColumn } from './bills/columns.ts';
import { type BillDialect, translate } from './bills/dialect.ts';
import type { FileGroup } from './bills/scan.ts';
import { awsCurDialect } from './sources/aws-cur/dialect.ts';
import { azureExportDialect } from './sources/azure-exports/dialect.ts';

/** As its key under `cost` is called. */
export type BillFormat = 'focus' | 'aws_cur' | 'azure_exports';

const dialects: readonly (readonly [BillFormat, BillDialect])[] = [
  ['aws_cur', awsCurDialect],
  ['azure_exports', azureExportDialect({ cost: 'actual', billingAccount: undefined })],
];

/** The file's format and how it is read as FOCUS; undefined where its header is of none, or of no charges. */
export function recogniseBill(
  group: FileGroup,
): { readonly format: BillFormat; readonly group: FileGroup } | undefined {
  if (focusDataset(group.names) !== 'cost_and_usage') return undefined;
  if (missingColumn(group.columns, undefined) === undefined) return { format: 'focus', group };
  for (const [format, dialect] of dialects) {
    // A date and a cost alone make no export of Azure.
    if (format === 'azure_exports' && !group.names.some(name => /subscription|abonnement/i.test(name))) continue;
    const translated = translate(group, dialect);
    if (!('missing' in translated) && missingColumn(translated.columns, undefined) === undefined)
      return { format, group: translated };
  }
  return undefined;
}

/** What is told beside the column that a bill lacks, where its header is of another format than it is read as. */
export function whereItBelongs(group: FileGroup): string {
  const format = recogniseBill(group)?.format;
  return format === undefined ? '' : `; its header is one of cost.${format}`;
}
