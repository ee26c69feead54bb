/**
 * What a portal tells of its use, whatever the portal: events, and tasks of templates. Users are given as the portal knows
 * them and go into the ledger as pseudonyms only (pseudonym.ts).
 */

export const usageActions = ['navigate', 'click', 'create', 'search', 'discover', 'view', 'other'] as const;
/** As Backstage's analytics names them; `view` is a page of documentation that was read. */
export type UsageAction = (typeof usageActions)[number];

export interface UsageEvent {
  /** What tells it from others: told twice it is one. */
  readonly id: string;
  readonly occurredAt: string;
  readonly action: UsageAction;
  /** The plug-in, route and extension that it happened in, as the portal names them; what features are matched by. */
  readonly plugin: string;
  readonly route?: string;
  readonly extension?: string;
  /** What was acted on: a path, a template's name, an entity; matched by features, and never kept or told. */
  readonly subject: string;
  /** The entity whose page it was: `component:default/shop`. */
  readonly entity?: string;
  /** How many results a search had, where the portal says it. */
  readonly results?: number;
  /** Entity reference of the user, `user:default/jane`, or an id; absent where nobody is logged in. */
  readonly user?: string;
}

/** A run of a template, such as a scaffolder's. */
export interface TemplateTask {
  readonly id: string;
  /** `template:default/node-service`. */
  readonly template: string;
  readonly status: 'open' | 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly createdAt: string;
  /** When it came to its end, or was last heard of. */
  readonly endedAt?: string;
  readonly user?: string;
}

export interface UsageTold {
  readonly events: readonly UsageEvent[];
  readonly tasks: readonly TemplateTask[];
}
