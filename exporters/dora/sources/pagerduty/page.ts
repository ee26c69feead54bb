/** A page of incidents: what can be read of it, and how it is stored. */
import type { Transaction } from '../../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { BatchCounts } from '../../../core/source.ts';
import { storeReports } from '../../reports.ts';
import { translator } from '../../service-words.ts';
import type { PagerDutyConfig } from './config.ts';
import { type Incident, incidentSchema, reportOf } from './incident.ts';

export interface Page {
  readonly incidents: readonly Incident[];
  readonly rejections: readonly Rejection[];
  readonly records: number;
}

const placeOf = (id: string) => `incident ${id}`;

/** Reads incidents one by one: one that can't be read holds no other back. */
export function readPage(records: readonly unknown[]): Page {
  const incidents: Incident[] = [];
  const rejections: Rejection[] = [];
  for (const [index, record] of records.entries()) {
    const read = incidentSchema.safeParse(record);
    if (read.success) incidents.push(read.data);
    else rejections.push(rejectionOf(record, index, read.error.issues[0]));
  }
  return { incidents, rejections, records: records.length };
}

function rejectionOf(
  record: unknown,
  index: number,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): Rejection {
  const id = (record as { readonly id?: unknown } | null)?.id;
  const field = issue?.path.map(String).join('.') ?? '';
  const value = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null)?.[key], record);
  return {
    file: placeOf(typeof id === 'string' ? id : `without an id, ${index + 1}. of its page`),
    reason: 'unreadable_incident',
    field,
    value: `${JSON.stringify(value) ?? 'nothing'}: ${issue?.message ?? ''}`,
  };
}

export async function storePage(
  tx: Transaction,
  config: PagerDutyConfig,
  { incidents, rejections, records }: Page,
  now: Date,
): Promise<BatchCounts> {
  const affectedOf = translator(config.services);
  const reports = incidents.map(incident => reportOf(incident, config, affectedOf));
  const changed = await storeReports(tx, config.name, reports, now, { present: true });
  const read = [...incidents.map(({ id }) => placeOf(id)), ...rejections.map(({ file }) => file)];
  const rejected = await keepRejections(tx, config.name, { read, rejections }, now);
  return { records, changed, rejected };
}
