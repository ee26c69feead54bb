/** Turns rows into results, page by page: a subscription may have hundreds of thousands, most of them compliant. */
import { ownerText } from '../../../catalog/keys.ts';
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import type { Enforcement, Result, ResultCount } from '../../../findings/report.ts';
import type { StateRow } from './row.ts';
import { enforcementOf, provider, stronger } from './terms.ts';

export interface GatherOptions {
  /** By the assignment's id; absent: true. */
  readonly isEnforced?: (assignment: string) => boolean;
  readonly titleOf?: (policy: string) => string | undefined;
  /** What ownership rules read; what they don't is left out, so that owners stay few. Absent: all. */
  readonly reads?: { readonly tags: readonly string[]; readonly attributes: readonly string[] };
  /**
   * Whether a finding is known: compliant rows of others are only counted. Absent: all are told one by one.
   */
  readonly isKnown?: (policy: string, resource: string) => boolean;
  readonly attributes?: OwnerAttributes;
}

export interface Gathered {
  readonly results: readonly Result[];
  readonly counts: readonly ResultCount[];
  /** Policies that have rows, with the strongest of their modes. */
  readonly policies: ReadonlyMap<string, Enforcement>;
}

export interface Gatherer {
  readonly add: (row: StateRow) => void;
  readonly done: () => Gathered;
}

export function gatherer(options: GatherOptions = {}): Gatherer {
  const { isEnforced = () => true, titleOf = () => undefined, isKnown = () => true } = options;
  const results: Result[] = [];
  const counts = new Map<string, ResultCount & { count: number }>();
  const policies = new Map<string, Enforcement>();
  return {
    add: row => {
      const { policy, resource, part, outcome } = row;
      const enforcement = enforcementOf(row.effect, isEnforced(row.assignment));
      policies.set(policy, stronger(enforcement, policies.get(policy)));
      const common = { policy, part, outcome, severity: 'unknown', enforcement, owner: ownerOf(row, options) } as const;
      if (outcome === 'pass' && !isKnown(policy, resource)) {
        const key = `${policy}\n${part}\n${enforcement}\n${common.owner}`;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { ...common, count: 1 });
        else known.count += 1;
        return;
      }
      const title = titleOf(policy);
      results.push({
        ...common,
        resource,
        ...(title === undefined ? {} : { title }),
        ...(outcome === 'pass' ? {} : { message: messageOf(row) }),
        ...(row.location === '' ? {} : { location: row.location }),
      });
    },
    done: () => ({ results, counts: [...counts.values()], policies }),
  };
}

/** Without the time of its evaluation, which changes every day. */
function messageOf({ outcome, assignmentName, initiative, effect }: StateRow): string {
  const state = { fail: 'not compliant', excepted: 'exempt', error: 'in conflict', skip: 'not evaluated', pass: '' };
  const of = initiative === '' ? '' : ` of the initiative ${initiative}`;
  return `${state[outcome]} by the assignment ${assignmentName}${of}${effect === '' ? '' : ` (${effect})`}`;
}

function ownerOf(row: StateRow, { reads, attributes }: GatherOptions): string {
  const { subscription, resource, location } = row;
  const wants = (name: string) => reads === undefined || reads.attributes.includes(name);
  const tags = Object.entries(row.tags).filter(
    ([name]) => reads === undefined || reads.tags.includes(name.toLowerCase()),
  );
  return ownerText({
    ...attributes,
    ...{ provider, sub_account: subscription },
    ...(wants('resource') ? { resource } : {}),
    ...(wants('region') && location !== '' ? { region: location } : {}),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
  });
}
