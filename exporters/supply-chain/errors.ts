/** The errors of the supply-chain exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SUPPLY_CHAIN_FILES_NOT_FOUND: {
    sentence: 'found no file at {path}, which supply_chain.files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write documents to; what was read before is kept',
  },
  SUPPLY_CHAIN_NO_PODS: {
    sentence: 'found no pods at {server}, which supply_chain.kubernetes[] gives as the API server of {cluster}',
    remedy: 'check that server is the address of a Kubernetes API server; what was read before is kept',
    kind: 'remote',
  },
  SUPPLY_CHAIN_NO_TRIVY_OPERATOR: {
    sentence:
      'found no reports of trivy-operator at {server}, which supply_chain.trivy_operator[] gives as the API server of {cluster}',
    remedy:
      'install trivy-operator there, or take the cluster out of supply_chain.trivy_operator; what was read before is kept',
    kind: 'remote',
  },
  SUPPLY_CHAIN_KEY: {
    sentence: 'could not use the public key {key} of supply_chain.verification.keys: {reason}',
    remedy: 'give the public key that signatures are checked by, in PEM, as `cosign public-key` writes it',
  },
  SUPPLY_CHAIN_TRUSTED_ROOT: {
    sentence: 'could not use {path}, which supply_chain.verification.trusted_root names: {reason}',
    remedy: 'give a trusted_root.json of a Sigstore instance, as `cosign trusted-root create` writes it',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
