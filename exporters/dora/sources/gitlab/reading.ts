/** What the readers of a project's parts share: what they are given, and what they bring step by step. */
import type { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import type { SourceContext } from '../../../core/source.ts';
import type { GitLabClient } from '../../../vendors/gitlab/client.ts';
import type { Facts } from '../../facts.ts';
import type { GitLabConfig } from './config.ts';

export interface Reading {
  readonly client: GitLabClient;
  readonly config: GitLabConfig;
  readonly context: SourceContext;
  /** The project as requests name it: its id. */
  readonly project: number;
  readonly repository: string;
  readonly defaultBranch: string | undefined;
  /** Where a first reading begins. */
  readonly since: string;
}

/** One batch: its facts, what of it could not be read, and where the part goes on from. */
export interface Step {
  readonly facts: Facts;
  readonly records: number;
  /** Names of the records that were read, for rejects: those of an earlier reading go. */
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
  readonly cursor: unknown;
  /** True where more steps of the same part follow. */
  readonly hasMore: boolean;
}

export type PartReader = (reading: Reading, cursor: unknown) => AsyncGenerator<Step>;

export interface Parsed<Value> {
  readonly values: readonly Value[];
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
}

/** Reads records one by one: one that can't be read holds no other back. */
export function parseAll<Schema extends z.ZodType>(
  schema: Schema,
  items: readonly unknown[],
  { repository, what }: { readonly repository: string; readonly what: string },
): Parsed<z.output<Schema>> {
  const values: z.output<Schema>[] = [];
  const read: string[] = [];
  const rejections: Rejection[] = [];
  for (const item of items) {
    const file = `${repository} ${what} ${nameOf(item)}`;
    read.push(file);
    const parsed = schema.safeParse(item);
    if (parsed.success) values.push(parsed.data);
    else rejections.push({ file, ...rejectionOf(item, parsed.error, what) });
  }
  return { values, read, rejections };
}

export function rejectionOf(item: unknown, error: z.ZodError, what: string): Omit<Rejection, 'file'> {
  const path = error.issues[0]?.path ?? [];
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], item);
  return {
    reason: `unreadable_${what.replaceAll(' ', '_')}`,
    field: path.map(String).join('.'),
    value: `${JSON.stringify(value) ?? 'nothing'}: ${error.issues[0]?.message ?? ''}`,
  };
}

function nameOf(item: unknown): string {
  const { id, iid, name } = (item ?? {}) as Readonly<Record<string, unknown>>;
  return String(iid ?? id ?? name ?? 'without an id');
}
