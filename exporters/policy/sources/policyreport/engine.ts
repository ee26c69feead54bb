/** Which engine a result is of, and what its rule is called, whatever the report writes. */

/** Kyverno's own kinds of policies that have no rules within, and those of Kubernetes that it looks through. */
const withoutRules = /^(Kyverno\w+Policy|\w+AdmissionPolicy)$/;

const known: Readonly<Record<string, string>> = {
  validatingadmissionpolicy: 'validating_admission_policy',
  mutatingadmissionpolicy: 'mutating_admission_policy',
};

/** `kyverno` of Kyverno and KyvernoValidatingPolicy, `kubearmor` of "KubeArmor Policy Engine", `falco` of falco-agent. */
export function engineOf(source: string): string {
  const folded = source.trim().toLowerCase();
  if (folded.startsWith('kyverno')) return 'kyverno';
  if (folded.startsWith('trivy')) return 'trivy';
  const own = known[folded];
  if (own !== undefined) return own;
  return folded
    .replace(/[\s_-]+(policy[\s_-]+engine|adapter|agent)$/, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Kyverno makes rules for the controllers of pods by itself: the same rule for what becomes the same pods. */
export const withoutAutogen = (rule: string): string => rule.replace(/^autogen-(cronjob-)?/, '');

/** `POLICY/RULE`, or the policy alone where it has no rules or a rule of its own name. */
export function policyId(policy: string, rule = '', source = ''): string {
  const own = withoutRules.test(source) ? '' : withoutAutogen(rule);
  if (policy === '') return own;
  return own === '' || own === policy ? policy : `${policy}/${own}`;
}
