/** The errors of the SLO compiler. */
import { defineErrors, type ErrorCatalog } from '../../exporters/core/errors.ts';

export const errors = {
  SLO_REFUSED: {
    sentence: 'refused the SLO {slo} of {origin}: {reason}',
    remedy: 'correct it there; no rules were written',
  },
  SLO_DUPLICATE: {
    sentence: 'found the SLO {slo} twice, in {origin} and in {other}',
    remedy: 'give one of them another name or objective; within a service a name and an objective are one SLO',
  },
  SLO_DOCUMENT: {
    sentence: 'could not take {document} as OpenSLO: {reason}',
    remedy: 'correct it there; no rules were written',
  },
  SLO_DOCUMENTS: {
    sentence: 'could not take {count} documents as OpenSLO:{faults}',
    remedy: 'correct them there; no rules were written',
  },
  SLO_FILE: {
    sentence: 'could not read {file}, which slos.files names: {reason}',
    remedy: 'correct the file or the pattern; no rules were written',
  },
} as const satisfies ErrorCatalog;

export const SloError = defineErrors(errors);
