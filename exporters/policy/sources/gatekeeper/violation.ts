/** What a violation of a constraint is as a finding: the same by the audit's log, by an export and by a status. */
import { ownerText } from '../../../catalog/keys.ts';
import { fold } from '../../../catalog/refs.ts';
import { type Place, placeAttributes, scopeOfPlace } from '../../../findings/place.ts';
import { type Enforcement, enforcements, type Result } from '../../../findings/report.ts';
import { wordOf } from '../../../formats/json.ts';
import { kubernetesResource } from '../../../vendors/kubernetes/workload.ts';
import { severityOf } from '../../severity.ts';

export const engine = 'gatekeeper';

export type Words = Readonly<Record<string, string>>;

export interface Violation {
  /** `KIND/NAME` of the constraint. */
  readonly policy: string;
  readonly title?: string;
  /** As the engine's users said it. */
  readonly severity?: string;
  readonly action: string | undefined;
  /** Of a scoped constraint: what happens at the point that found it. */
  readonly actions: readonly unknown[];
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the resource, where they are told. */
  readonly labels?: Words;
  readonly message?: string;
}

export interface World {
  readonly scope: string;
  /** Stands in the resources' identity. */
  readonly cluster: string;
  readonly place: Place;
  readonly labelsOf?: (namespace: string) => Words;
  /** Labels that make an owner; all unless given. */
  readonly tags?: readonly string[];
}

/** Undefined where nothing says which cluster it is. */
export function worldOf(place: Place): World | undefined {
  const scope = scopeOfPlace(place);
  if (scope === undefined) return undefined;
  return { scope, cluster: place.cluster ?? place.repository ?? scope.replace(/^cluster:/, ''), place };
}

const actions: Readonly<Record<string, Enforcement>> = { deny: 'enforce', warn: 'warn', dryrun: 'dryrun' };

/** The strongest of several; audit where none is known. */
export function strongest(given: readonly unknown[]): Enforcement {
  for (const action of ['deny', 'warn', 'dryrun']) if (given.includes(action)) return actions[action]!;
  return 'audit';
}

export const enforcementOf = ({ action, actions: scoped }: Pick<Violation, 'action' | 'actions'>, place: Place) =>
  action === 'scoped' ? strongest(scoped) : (actions[action ?? ''] ?? place.enforcement ?? 'audit');

/** Labels that a rollout changes, and that would make another owner of the same workload. */
const fleeting =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|(\S+\/)?(pod-name|pod-index|controller-uid|job-name|job-completion-index|completion-index))$/;

export function wordsOf(value: unknown): Words {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, word]) => (typeof word === 'string' ? [[key, word.slice(0, 1000)]] : [])),
  );
}

/** By the names that people give them: `severity`, `policy.acme.com/severity`. */
export function severityIn(...all: readonly Words[]): string | undefined {
  for (const words of all)
    for (const [key, word] of Object.entries(words))
      if (/(^|[/.])severity$/i.test(key) && word.trim() !== '') return word.trim();
  return undefined;
}

/** `metadata.gatekeeper.sh/title`, as the library's templates carry it. */
export function titleIn(...all: readonly Words[]): string | undefined {
  for (const words of all) for (const [key, word] of Object.entries(words)) if (/(^|\/)title$/i.test(key)) return word;
  return undefined;
}

/** `KIND/NAME`; undefined where either is missing. */
export function policyOf(kind: unknown, name: unknown): string | undefined {
  const [words, own] = [wordOf(kind, 200), wordOf(name, 300)];
  return words === undefined || own === undefined ? undefined : `${words}/${own}`;
}

/** The resource's identity, and whose it is. */
export function subjectOf(
  world: World,
  { kind, namespace, name, labels = {} }: Omit<Violation, 'policy' | 'action' | 'actions'>,
) {
  const { cluster, place, labelsOf, tags } = world;
  const resource = kubernetesResource({ cluster, kind, namespace, name });
  const home = kind === 'Namespace' ? name : namespace;
  const wanted = tags && new Set(tags.map(fold));
  const own = Object.entries({ ...labelsOf?.(home), ...labels }).filter(
    ([label]) => !fleeting.test(label) && (!wanted || wanted.has(fold(label))),
  );
  return {
    resource,
    owner: ownerText({
      ...placeAttributes(place),
      namespace: home,
      resource: `${cluster}/${home}/${resource.slice(resource.lastIndexOf('/') + 1)}`,
      ...(own.length > 0 ? { tags: Object.fromEntries(own) } : {}),
    }),
  };
}

export function resultOf(world: World, violation: Violation): Result {
  const { policy, title, severity = '', kind, namespace, name, message } = violation;
  return {
    policy,
    ...(title === undefined ? {} : { title }),
    ...subjectOf(world, violation),
    part: policy,
    outcome: 'fail',
    severity: severityOf(severity),
    originalSeverity: severity,
    enforcement: enforcementOf(violation, world.place),
    ...(message === undefined ? {} : { message }),
    location: [kind, namespace, name].filter(Boolean).join('/'),
  };
}

/** What the audit says of objects that an ExpansionTemplate made stands before the message. */
export const messageOf = (value: unknown): string | undefined => wordOf(value)?.replace(/^\[Implied by [^\]]*\] /, '');

/** Of several violations of one constraint by one resource (its containers, its pods) one is told, and how many more. */
export function distinct(results: readonly Result[]): Result[] {
  const same = Map.groupBy(results, ({ policy, resource }) => `${policy}\n${resource}`);
  return [...same.values()].map(own => {
    // A pod that is denied stands beside the deployment that an ExpansionTemplate only warns of.
    const rank = ({ enforcement }: Result) => enforcements.indexOf(enforcement);
    const [first] = own.toSorted((a, b) => rank(a) - rank(b) || ((a.message ?? '') < (b.message ?? '') ? -1 : 1));
    const messages = new Set(own.map(({ message }) => message));
    return messages.size === 1
      ? first!
      : { ...first!, message: `${first!.message ?? ''} (and ${messages.size - 1} more)` };
  });
}
