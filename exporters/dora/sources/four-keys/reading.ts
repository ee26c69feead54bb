/** What the readers of the seven systems share. */
import type { z } from 'zod';
import type { Facts, IncidentFact } from '../../facts.ts';
import { messageOf } from '../../message.ts';
import { rejectionOf } from '../gitlab/reading.ts';
import type { FourKeysEvent, System } from './event.ts';
import type { Rules } from './rules.ts';

export interface Rejected {
  readonly reason: string;
  readonly field?: string;
  readonly value?: string;
}

export interface Reading {
  readonly facts?: Facts;
  /** Issues without the label; one that was an incident is none any more. */
  readonly notIncidents?: readonly { readonly fact: IncidentFact; readonly wasOne: boolean }[];
  readonly rejection?: Rejected;
}

export interface SystemReaders {
  /** Types of events that tell anything. */
  readonly types: readonly string[];
  readonly read: (event: FourKeysEvent, rules: Rules) => Reading;
}

export type Readers = Readonly<Record<System, SystemReaders>>;

export type EventReader = (event: FourKeysEvent, rules: Rules) => Reading;

/** Reads by a schema; what does not fit it is rejected by the first field that is wrong. */
export const by =
  <Schema extends z.ZodType>(
    schema: Schema,
    read: (said: z.output<Schema>, event: FourKeysEvent, rules: Rules) => Reading,
  ): EventReader =>
  (event, rules) => {
    const parsed = schema.safeParse(event.metadata);
    return parsed.success
      ? read(parsed.data, event, rules)
      : { rejection: rejectionOf(event.metadata, parsed.error, 'event') };
  };

export const systemReaders = (byType: Readonly<Record<string, EventReader>>): SystemReaders => ({
  types: Object.keys(byType),
  read: (event, rules) => (Object.hasOwn(byType, event.type) ? (byType[event.type]?.(event, rules) ?? {}) : {}),
});

/** `root cause: SHA` anywhere in the event, as the view had it. */
export const rootCauseIn = (metadata: unknown): string | undefined =>
  /root cause:\s*([0-9a-f]{7,64})\b/i.exec(JSON.stringify(metadata))?.[1]?.toLowerCase();

export interface Pushed {
  readonly repository: string;
  /** Where the branch stood before; zeros where it was new. */
  readonly before: string;
  /** Oldest first. */
  readonly commits: readonly {
    readonly id: string;
    readonly at: string;
    readonly message: string;
    readonly name: string;
    readonly email: string;
  }[];
}

/** A push names its commits without parents: each follows the one before it, which is what lies between two pushes. */
export const pushedCommits = ({ repository, before, commits }: Pushed): Facts['commits'] =>
  commits.map(({ id, at, message, name, email }, index) => {
    const parent = index === 0 ? before : commits[index - 1]!.id;
    return {
      ...{ repository, sha: id, parents: /^0*$/.test(parent) ? [] : [parent], authoredAt: at, committedAt: at },
      ...{ authorName: name, authorEmail: email, ...messageOf(message), isPartial: true },
    };
  });

/** A push lists some of its commits only: 20 of GitLab's, 2,048 of GitHub's. */
export const cutPush = (listed: number, total: number | null | undefined): Pick<Reading, 'rejection'> =>
  total != null && total > listed
    ? { rejection: { reason: 'push_cut', field: 'commits', value: `${listed} of ${total}` } }
    : {};
