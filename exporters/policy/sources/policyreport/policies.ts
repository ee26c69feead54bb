/**
 * What Kyverno's policies do where they are violated: reports carry no mode. Sources: api/kyverno/v1 (ClusterPolicy,
 * Policy), policies.kyverno.io v1alpha1 to v1 (ValidatingPolicy and its kin), admissionregistration.k8s.io
 * (ValidatingAdmissionPolicyBinding).
 */
import { z } from 'zod';
import type { Enforcement } from '../../../findings/report.ts';
import { policyId, withoutAutogen } from './engine.ts';
import { matchesLabels, matchesWildcard, type Selector, selectorSchema } from './match.ts';
import { typeOf, type Untyped } from './untyped.ts';

interface Override {
  readonly action: Enforcement;
  readonly namespaces?: readonly string[];
  readonly selector?: Selector;
}

export interface KnownRule {
  readonly rule: string;
  /** Where the rule itself says it; else the policy's. */
  readonly action?: Enforcement;
  readonly overrides?: readonly Override[];
}

/** A policy as it is kept between two readings: what its mode follows from. */
export interface KnownPolicy {
  readonly engine: string;
  /** `NAME`, or `NAMESPACE/NAME`. */
  readonly name: string;
  readonly kind: string;
  readonly title?: string;
  readonly severity?: string;
  readonly action: Enforcement;
  readonly overrides?: readonly Override[];
  /** Without rules the policy is one itself. */
  readonly rules: readonly KnownRule[];
  /** False where it looks at requests alone. */
  readonly isBackground: boolean;
}

const text = z.string().nullish().catch(undefined);
const metadata = z.looseObject({
  name: z.string(),
  namespace: text,
  annotations: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
const overridesSchema = z
  .array(
    z.looseObject({
      action: text,
      namespaces: z.array(z.string()).nullish().catch(undefined),
      namespaceSelector: selectorSchema.nullish(),
    }),
  )
  .nullish()
  .catch(undefined);
const failureSchema = z
  .looseObject({ failureAction: text, failureActionOverrides: overridesSchema })
  .nullish()
  .catch(undefined);
const classicSchema = z.looseObject({
  kind: z.string(),
  metadata,
  spec: z.looseObject({
    validationFailureAction: text,
    validationFailureActionOverrides: overridesSchema,
    emitWarning: z.boolean().nullish().catch(undefined),
    admission: z.boolean().nullish().catch(undefined),
    background: z.boolean().nullish().catch(undefined),
    rules: z
      .array(
        z.looseObject({
          name: z.string(),
          validate: failureSchema,
          verifyImages: z.array(failureSchema).nullish().catch(undefined),
        }),
      )
      .nullish(),
  }),
});
const enabled = z.looseObject({ enabled: z.boolean().nullish() }).nullish().catch(undefined);
const celSchema = z.looseObject({
  kind: z.string(),
  metadata,
  spec: z.looseObject({
    validationActions: z.array(z.string()).nullish().catch(undefined),
    policyName: text,
    evaluation: z.looseObject({ admission: enabled, background: enabled }).nullish().catch(undefined),
  }),
});

const classicKinds = new Set(['ClusterPolicy', 'Policy']);
/** Those that validate deny unless they say what else; the others change or make resources and deny nothing. */
const celKind = /^(Namespaced)?(ImageValidating|Validating|Mutating|Generating)Policy$/;
const bindingKind = 'ValidatingAdmissionPolicyBinding';

export function isPolicy(object: Untyped): boolean {
  const { group, kind } = typeOf(object);
  if (group === 'kyverno.io') return classicKinds.has(kind);
  if (group === 'policies.kyverno.io') return celKind.test(kind);
  return group === 'admissionregistration.k8s.io' && kind === bindingKind;
}

/** Undefined where it is no policy by its shape. */
export function readPolicy(object: Readonly<Record<string, unknown>>): KnownPolicy | undefined {
  return classicKinds.has(typeOf(object).kind) ? readClassic(object) : readCel(object);
}

function readClassic(object: Readonly<Record<string, unknown>>): KnownPolicy | undefined {
  const { data } = classicSchema.safeParse(object);
  if (data === undefined) return undefined;
  const { spec } = data;
  // Audit is the default; with admission off nothing is asked before it is let in.
  const modeOf = (action: string | null | undefined): Enforcement => {
    if (spec.admission === false) return 'audit';
    if (action?.toLowerCase() === 'enforce') return 'enforce';
    return spec.emitWarning ? 'warn' : 'audit';
  };
  const overridesOf = (overrides: z.infer<typeof overridesSchema>): readonly Override[] =>
    (overrides ?? []).flatMap(({ action, namespaces, namespaceSelector }) =>
      action
        ? [
            {
              action: modeOf(action),
              ...(namespaces ? { namespaces } : {}),
              ...(namespaceSelector ? { selector: namespaceSelector } : {}),
            },
          ]
        : [],
    );
  const overrides = overridesOf(spec.validationFailureActionOverrides);
  return {
    ...about(data, 'kyverno'),
    action: modeOf(spec.validationFailureAction),
    ...(overrides.length > 0 ? { overrides } : {}),
    rules: (spec.rules ?? []).map(({ name, validate, verifyImages }) => {
      const action = validate?.failureAction ?? verifyImages?.[0]?.failureAction;
      const own = overridesOf(validate?.failureActionOverrides);
      return {
        rule: withoutAutogen(name),
        ...(action ? { action: modeOf(action) } : {}),
        ...(own.length > 0 ? { overrides: own } : {}),
      };
    }),
    isBackground: spec.background !== false,
  };
}

function readCel(object: Readonly<Record<string, unknown>>): KnownPolicy | undefined {
  const { data } = celSchema.safeParse(object);
  if (data === undefined) return undefined;
  const { spec, kind } = data;
  const isBinding = kind === bindingKind;
  if (isBinding && !spec.policyName) return undefined;
  const actions = spec.validationActions ?? [];
  const denies = /Validating/.test(kind) && actions.length === 0;
  const isAsked = spec.evaluation?.admission?.enabled !== false;
  const action = !isAsked
    ? 'audit'
    : denies || actions.includes('Deny')
      ? 'enforce'
      : actions.includes('Warn')
        ? 'warn'
        : 'audit';
  return {
    ...about(data, isBinding ? 'validating_admission_policy' : 'kyverno'),
    ...(isBinding ? { name: spec.policyName ?? '' } : {}),
    action,
    rules: [],
    isBackground: spec.evaluation?.background?.enabled !== false,
  };
}

function about(
  { kind, metadata: { name, namespace, annotations } }: z.infer<typeof celSchema> | z.infer<typeof classicSchema>,
  engine: string,
) {
  const said = (key: string) => {
    const value = annotations?.[`policies.kyverno.io/${key}`];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [title, severity] = [said('title'), said('severity')];
  return {
    engine,
    name: namespace ? `${namespace}/${name}` : name,
    kind,
    ...(title === undefined ? {} : { title }),
    ...(severity === undefined ? {} : { severity }),
  };
}

export interface NamespaceFacts {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a violation of a rule leads to in a namespace; without one, in those that no override names. */
export function enforcementOf(policy: KnownPolicy, rule: string | undefined, where?: NamespaceFacts): Enforcement {
  const own = policy.rules.find(each => each.rule === rule);
  const overridden = (overrides: readonly Override[] | undefined) =>
    where &&
    overrides?.find(
      ({ namespaces, selector }) =>
        (namespaces === undefined
          ? selector !== undefined
          : namespaces.some(each => matchesWildcard(each, where.namespace))) &&
        (selector === undefined || matchesLabels(selector, where.labels)),
    )?.action;
  return overridden(own?.overrides) ?? own?.action ?? overridden(policy.overrides) ?? policy.action;
}

/** The ids of a policy's rules, as results are called by. */
export const idsOf = ({ name, rules }: KnownPolicy): readonly { readonly policy: string; readonly rule?: string }[] =>
  rules.length === 0 ? [{ policy: name }] : rules.map(({ rule }) => ({ policy: policyId(name, rule), rule }));
