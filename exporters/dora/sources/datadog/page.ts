/** A page of records of Datadog: each read on its own, so that one that can't be read holds no other back. */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';

export interface Read<T> {
  readonly values: readonly T[];
  readonly rejections: readonly Rejection[];
  /** The places of all that were read, for rejects that are mended. */
  readonly places: readonly string[];
  readonly records: number;
}

/** `what` is the record's kind, such as `incident`; its reason is `unreadable_WHAT`. */
export function readRecords<T extends { readonly id: string }>(
  records: readonly unknown[],
  schema: z.ZodType<T>,
  what: string,
): Read<T> {
  const values: T[] = [];
  const rejections: Rejection[] = [];
  for (const record of records) {
    const read = schema.safeParse(record);
    if (read.success) {
      values.push(read.data);
      continue;
    }
    const id = (record as { readonly id?: unknown } | null)?.id;
    const field = read.error.issues[0]?.path.map(String).join('.') ?? '';
    const value = z.prettifyError(read.error).replace(/\s+/g, ' ');
    const file = `${what} ${typeof id === 'string' ? id : 'without an id'}`;
    rejections.push({ file, reason: `unreadable_${what}`, field, value });
  }
  const places = [...values.map(({ id }) => `${what} ${id}`), ...rejections.map(({ file }) => file)];
  return { values, rejections, places, records: records.length };
}
