/** The errors of annotations for Backstage. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  BACKSTAGE_NO_ENTITIES: {
    sentence: 'the catalog of {file} has no Component and no Group to annotate',
    remedy: 'name its files under catalog.files, or a server under catalog.backstage',
    kind: 'usage',
  },
  BACKSTAGE_UNWRITTEN: {
    sentence: 'could not annotate {file} without changing more than that: {reason}',
    remedy: 'put the annotations of annotations.json (--out) there by hand; the file is as it was',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
