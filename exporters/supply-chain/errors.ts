/** The errors of the supply-chain exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SUPPLY_CHAIN_FILES_NOT_FOUND: {
    sentence: 'found no file at {path}, which supply_chain.files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write documents to; what was read before is kept',
  },
  SUPPLY_CHAIN_LIST: {
    sentence: 'could not understand the list at {url}: {reason}',
    remedy: 'check the address: it may answer with a page for people; what was read before is kept',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
