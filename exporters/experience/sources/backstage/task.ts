/** A task as Backstage's scaffolder lists it. Its parameters are what somebody typed, and are never looked at. */
import { z } from 'zod';
import type { TemplateTask } from '../../usage/told.ts';

const text = z.string().trim().min(1).max(300);

const taskSchema = z.looseObject({
  id: text,
  status: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  lastHeartbeatAt: z.unknown().optional(),
  createdBy: z.unknown().optional(),
  spec: z.unknown().optional(),
});

const specSchema = z.looseObject({
  templateInfo: z.looseObject({
    entityRef: z
      .string()
      .regex(/^[\w.-]+:[\w.-]+\/[\w.-]+$/)
      .max(200),
  }),
});
const userSchema = z.looseObject({ user: z.looseObject({ ref: text }) });

const statuses: Readonly<Record<string, TemplateTask['status']>> = {
  ...{ open: 'open', processing: 'processing', completed: 'completed', failed: 'failed', cancelled: 'cancelled' },
  skipped: 'cancelled',
};

export type TaskFault = { readonly id: string | undefined; readonly reason: string };

/**
 * `endedAt` is its last heartbeat, which comes every second while it runs. Times are ISO 8601, or, of some databases,
 * `2026-11-01 10:00:00` in UTC.
 */
export function readTask(told: unknown): TemplateTask | TaskFault {
  const task = taskSchema.safeParse(told);
  if (!task.success) return { id: undefined, reason: 'no_task' };
  const { id, status, spec, createdBy } = task.data;
  const fault = (reason: string) => ({ id, reason });
  const known = typeof status === 'string' && Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  if (known === undefined) return fault('no_status');
  const createdAt = timeOf(task.data.createdAt);
  if (createdAt === undefined) return fault('no_time');
  const template = specSchema.safeParse(spec).data?.templateInfo.entityRef.toLowerCase();
  if (template === undefined) return fault('no_template');
  const user = text.safeParse(createdBy).data ?? userSchema.safeParse(spec).data?.user.ref;
  const endedAt = timeOf(task.data.lastHeartbeatAt);
  return {
    ...{ id, template, status: known, createdAt },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(user === undefined ? {} : { user }),
  };
}

function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const at = new Date(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(value) ? `${value.replace(' ', 'T')}Z` : value);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
