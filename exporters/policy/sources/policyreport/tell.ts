/** What reports, policies, exceptions and events of one scope tell together. */
import { createHash } from 'node:crypto';
import { ownerText } from '../../../catalog/keys.ts';
import { fold } from '../../../catalog/refs.ts';
import { type Place, placeAttributes } from '../../../findings/place.ts';
import type {
  Block,
  Enforcement,
  ExceptionList,
  PolicyList,
  Report,
  Result,
  ResultCount,
} from '../../../findings/report.ts';
import { kubernetesResource } from '../../../vendors/kubernetes/workload.ts';
import { severityOf } from '../../severity.ts';
import { policyId } from './engine.ts';
import type { ViolationEvent } from './events.ts';
import type { KnownException } from './exceptions.ts';
import { gather, type Part } from './gather.ts';
import { isWildcard, matchesWildcard } from './match.ts';
import { enforcementOf, idsOf, type KnownPolicy } from './policies.ts';
import type { ReportedResource, ReportedResult, ReportObject } from './report.ts';

export interface World {
  readonly scope: string;
  /** Stands in the resources' identity. */
  readonly cluster: string;
  readonly place: Place;
  /** Undefined where nothing is known of them: reports of a file alone. */
  readonly policies: readonly KnownPolicy[] | undefined;
  /** A namespace's labels. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>>;
  /** Labels that make an owner; all unless given. */
  readonly tags?: readonly string[];
}

interface Identity {
  readonly resource: string;
  /** The namespace that it is in, or is. */
  readonly home: string;
  readonly owner: string;
}

export interface Telling {
  /** Whose the scope as a whole is. */
  readonly owner: string;
  /** `doubtOf` says why what an engine doesn't list is not known, if so. */
  readonly reportsOf: (
    parts: readonly Part[],
    evaluatedAt: (engine: string) => string,
    doubtOf?: (engine: string) => string | undefined,
  ) => Promise<readonly Report[]>;
  readonly policyLists: (readAt: string) => readonly PolicyList[];
  /** `applied` holds `NAME POLICY` of exceptions seen in results; undefined where no results were read. */
  readonly exceptionList: (
    exceptions: readonly KnownException[],
    applied: ReadonlySet<string> | undefined,
    readAt: string,
  ) => ExceptionList;
  /** From the one after `seen` on. */
  readonly blocksOf: (event: ViolationEvent, seen: number) => readonly Block[];
}

/** An event that counts more at once tells only so many of the newest. */
const mostBlocks = 1_000;

export function telling(world: World): Telling {
  const { scope, cluster, place, policies, labelsOf, tags } = world;
  const owner = ownerText(placeAttributes(place));
  const byName = Map.groupBy(policies ?? [], ({ engine, name }) => `${engine} ${name}`);
  const knownOf = (engine: string, name: string, rule: string | undefined): KnownPolicy | undefined => {
    const same = byName.get(`${engine} ${name}`);
    return (
      same?.find(each => (rule === undefined ? each.rules.length === 0 : each.rules.some(own => own.rule === rule))) ??
      same?.[0]
    );
  };
  const ruleOf = (name: string, policy: string) =>
    policy.startsWith(`${name}/`) ? policy.slice(name.length + 1) : undefined;
  const where = (namespace: string) => ({ namespace, labels: labelsOf(namespace) });
  const wanted = tags && new Set(tags.map(fold));
  const tagsOf = (namespace: string) => {
    const own = Object.entries(labelsOf(namespace)).filter(([label]) => !wanted || wanted.has(fold(label)));
    return own.length > 0 ? { tags: Object.fromEntries(own) } : {};
  };
  const ownerOf = (namespace: string, resource: string): string =>
    ownerText({ ...placeAttributes(place), namespace, resource, ...tagsOf(namespace) });

  const identities = new Map<string, Identity>();
  const identityOf = ({ kind, namespace, name }: ReportedResource): Identity => {
    const key = JSON.stringify([kind, namespace, name]);
    const found = identities.get(key);
    if (found) return found;
    const own = kind === 'Cluster' && name === '' ? cluster : name;
    const resource = kubernetesResource({ cluster, kind, namespace, name: own });
    const home = kind === 'Namespace' ? name : namespace;
    const identity = {
      resource,
      home,
      owner: ownerOf(home, `${cluster}/${home}/${resource.slice(resource.lastIndexOf('/') + 1)}`),
    };
    identities.set(key, identity);
    return identity;
  };

  const resultOf = (part: string, told: ReportedResult, isVanished: boolean): Result => {
    const { resource, home, owner } = identityOf(told.resource);
    const rule = ruleOf(told.name, told.policy);
    const known = knownOf(told.engine, told.name, rule);
    const mode = known ? enforcementOf(known, rule, where(home)) : 'audit';
    const said = told.severity || (known?.severity ?? '');
    const message = isVanished ? 'its report has vanished, and may be made anew' : told.message;
    return {
      policy: told.policy,
      ...(known?.title === undefined ? {} : { title: known.title }),
      resource,
      part,
      outcome: isVanished ? 'skip' : told.outcome,
      severity: severityOf(said),
      originalSeverity: said,
      enforcement: told.isWarning ? 'warn' : (place.enforcement ?? mode),
      owner,
      ...(message === undefined ? {} : { message }),
      location: [told.resource.kind, told.resource.namespace, told.resource.name].filter(Boolean).join('/'),
    };
  };

  const reportsOf: Telling['reportsOf'] = async (parts, evaluatedAt, doubtOf = () => undefined) => {
    const gathered = await gather(parts, { resultOf, doubtOf });
    return gathered.map(({ engine, doubt, parts: own, results, passes }) => {
      const evaluated = policiesOf(engine, results);
      const at = evaluatedAt(engine);
      const counts = passes.map(
        ({ part, namespace, count }): ResultCount => ({
          ...{ policy: '', part, outcome: 'pass', severity: 'unknown', enforcement: place.enforcement ?? 'audit' },
          ...{ owner: ownerOf(namespace, ''), count },
        }),
      );
      return {
        ...{ engine, scope, owner, evaluatedAt: at },
        completeness: doubt === '' ? 'complete' : 'partial',
        ...(doubt === '' ? {} : { reason: doubt }),
        parts: own,
        ...(evaluated === undefined ? {} : { policies: evaluated }),
        results,
        ...(counts.length > 0 ? { counts } : {}),
        digest: digestOf([engine, scope, at, own, results, counts]),
      };
    });
  };

  /** What is installed is evaluated, and what has results. */
  const policiesOf = (engine: string, results: readonly Result[]): readonly string[] | undefined => {
    const own = policies?.filter(policy => policy.engine === engine) ?? [];
    if (own.length === 0) return undefined;
    return [
      ...new Set([
        ...own.flatMap(policy => idsOf(policy).map(id => id.policy)),
        ...results.map(({ policy }) => policy),
      ]),
    ].sort();
  };

  const policyLists: Telling['policyLists'] = readAt =>
    [...Map.groupBy(policies ?? [], ({ engine }) => engine)].map(([engine, own]) => ({
      ...{ engine, scope, readAt },
      policies: [
        ...new Map(
          own.flatMap(known =>
            idsOf(known).map(({ policy, rule }) => [
              policy,
              {
                policy,
                ...(known.title === undefined ? {} : { title: known.title }),
                enforcement: place.enforcement ?? enforcementOf(known, rule),
                ...(known.severity === undefined ? {} : { severity: severityOf(known.severity) }),
              },
            ]),
          ),
        ).values(),
      ],
    }));

  const exceptionIds = ({ name, rules = [] }: KnownException['policies'][number]): readonly string[] => {
    const known = knownRules(name);
    if (known === undefined)
      return rules.length === 0 ? [name] : rules.map(rule => (isWildcard(rule) ? `${name}/*` : policyId(name, rule)));
    if (known.length === 0) return [name];
    return known
      .filter(rule => rules.length === 0 || rules.some(each => matchesWildcard(each, rule)))
      .map(rule => policyId(name, rule));
  };
  const knownRules = (name: string): readonly string[] | undefined => {
    const own = byName.get(`kyverno ${name}`);
    return own?.flatMap(({ rules }) => rules.map(({ rule }) => rule));
  };

  return {
    owner,
    reportsOf,
    policyLists,
    exceptionList: (exceptions, applied, readAt) => ({
      ...{ engine: 'kyverno', scope, readAt },
      exceptions: exceptions.flatMap(known => {
        const home = known.namespaces.length === 1 ? known.namespaces[0]! : known.namespace;
        return [...new Set(known.policies.flatMap(exceptionIds))].map(policy => ({
          ...{ exception: known.id, policy, resource: known.resource },
          ...(known.reason === undefined ? {} : { reason: known.reason }),
          ...(known.approvedBy === undefined ? {} : { approvedBy: known.approvedBy }),
          ...(known.createdAt === undefined ? {} : { createdAt: known.createdAt }),
          ...(known.expiresAt === undefined ? {} : { expiresAt: known.expiresAt }),
          ...(applied === undefined ? {} : { isApplied: applied.has(`${known.name} ${policy}`) }),
          owner: ownerOf(home, ''),
        }));
      }),
    }),
    blocksOf: (event, seen) => {
      const { uid, count, firstAt, lastAt, name, policy, isBlocked, message } = event;
      const { resource, home, owner } = identityOf(event.resource);
      const rule = ruleOf(name, policy);
      const known = knownOf('kyverno', name, rule);
      const mode: Enforcement = known ? enforcementOf(known, rule, where(home)) : 'audit';
      const blocks: Block[] = [];
      for (let nth = Math.max(seen, count - mostBlocks) + 1; nth <= count; nth += 1)
        blocks.push({
          id: nth === 1 ? uid : `${uid}:${nth}`,
          ...{ engine: 'kyverno', scope, policy, resource, owner },
          enforcement: isBlocked ? 'enforce' : mode === 'enforce' ? 'audit' : mode,
          at: nth === 1 ? firstAt : lastAt,
          message,
        });
      return blocks;
    },
  };
}

/** `NAME POLICY` of exceptions that hold back a result. */
export const appliedIn = (objects: readonly ReportObject[]): ReadonlySet<string> =>
  new Set(
    objects.flatMap(({ results }) =>
      results.flatMap(({ exceptions = [], outcome, policy }) =>
        outcome === 'excepted' ? exceptions.map(name => `${name} ${policy}`) : [],
      ),
    ),
  );

export const digestOf = (what: unknown): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
