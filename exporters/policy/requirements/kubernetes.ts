/**
 * Kyverno's policies (github.com/kyverno/policies, by name) and Gatekeeper's constraint templates
 * (github.com/open-policy-agent/gatekeeper-library, by kind). What Gatekeeper enforces, gator tests beforehand.
 */
import { type EngineRules, named } from './requirement.ts';

export const kyverno: EngineRules = {
  non_root_containers: named(
    ...['require-run-as-nonroot', 'require-run-as-non-root-user', 'require-non-root-groups'],
    'service-mesh-require-run-as-nonroot',
  ),
  required_cost_tags: named('require-labels', 'require-annotations'),
  encryption_at_rest: named('enforce-etcd-encryption'),
  tls_in_transit: named(
    ...['require-ingress-https', 'ingress-host-match-tls', 'enforce-strict-mtls', 'enforce-tls-hosts-host-subnets'],
    ...['require-encryption-aws-loadbalancers', 'disallow-default-tlsoptions'],
  ),
  no_privileged_access: named(
    ...['disallow-privileged-containers', 'disallow-privilege-escalation', 'disallow-host-namespaces'],
    ...['disallow-host-path', 'disallow-host-ports', 'disallow-host-ports-range', 'disallow-host-process'],
    ...['disallow-capabilities', 'disallow-capabilities-strict', 'disallow-proc-mount'],
    ...['disallow-container-sock-mounts', 'docker-socket-check', 'drop-all-capabilities', 'drop-cap-net-raw'],
    ...['service-mesh-disallow-capabilities', 'deny-privileged-profile', 'disallow-security-context-constraint-anyuid'],
  ),
  resource_limits: named(
    ...['require-requests-limits', 'require-cpu-limits', 'require-emptydir-requests-and-limits'],
    ...['require-qos-burstable', 'require-qos-guaranteed', 'memory-requests-equal-limits'],
  ),
  trusted_images: named(
    ...['restrict-image-registries', 'advanced-restrict-image-registries', 'allowed-image-repos'],
    ...['restrict-deprecated-registry', 'only-trustworthy-registries-set-root', 'require-image-source'],
    ...['require-base-image', 'disallow-latest-tag', 'require-image-checksum', 'verify-image', 'verify-image-gcpkms'],
    ...['verify-image-with-multi-keys', 'verify-slsa-provenance-keyless', 'require-vulnerability-scan'],
  ),
  no_secrets_in_configuration: named('secrets-not-from-env-vars', 'no-secrets'),
  least_privilege: named(
    ...['restrict-wildcard-verbs', 'restrict-wildcard-resources', 'restrict-escalation-verbs-roles'],
    ...['restrict-binding-clusteradmin', 'restrict-binding-system-groups', 'block-cluster-admin-from-ns'],
    ...['restrict-clusterrole-csr', 'restrict-clusterrole-nodesproxy', 'restrict-secret-role-verbs'],
    ...['restrict-clusterrole-mutating-validating-admission-webhooks', 'restrict-automount-sa-token'],
    ...['restrict-sa-automount-sa-token', 'disable-automountserviceaccounttoken', 'require-network-policy'],
    ...[
      'require-authorizationpolicies',
      'restrict-networkpolicy-empty-podselector',
      'disallow-self-provisioner-binding',
    ],
  ),
};

export const gatekeeper: EngineRules = {
  non_root_containers: named('K8sPSPAllowedUsers'),
  required_cost_tags: named('K8sRequiredLabels', 'K8sRequiredAnnotations'),
  tls_in_transit: named('K8sHttpsOnly'),
  no_privileged_access: named(
    ...['K8sPSPPrivilegedContainer', 'K8sPSPAllowPrivilegeEscalationContainer', 'K8sPSPHostNamespace'],
    ...['K8sPSPHostFilesystem', 'K8sPSPHostNetworkingPorts', 'K8sPSPHostProcess', 'K8sPSPCapabilities'],
    ...['K8sPSPProcMount', 'K8sPSPHostProbesLifecycle', 'K8sPSPFlexVolumes', 'K8sPSPForbiddenSysctls'],
  ),
  resource_limits: named(
    ...['K8sContainerLimits', 'K8sContainerRequests', 'K8sContainerRatios', 'K8sRequiredResources'],
    'K8sContainerEphemeralStorageLimit',
  ),
  trusted_images: named(
    ...['K8sAllowedRepos', 'K8sAllowedReposv2', 'K8sDisallowedRepos', 'K8sDisallowedTags', 'K8sImageDigests'],
  ),
  least_privilege: named(
    ...['K8sDisallowAnonymous', 'K8sBlockEndpointEditDefaultRole', 'K8sPSPAutomountServiceAccountTokenPod'],
    ...['K8sBlockWildcardIngress', 'K8sBlockNodePort', 'K8sBlockLoadBalancer', 'K8sExternalIPs'],
  ),
};
