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
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
