/** The errors of the catalog and of ownership. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  CATALOG_NO_FILES: {
    sentence: 'could not read the catalog: no file matches "{glob}" in {directory}',
    remedy: 'correct catalog.files in plumbline.yaml; a folder is written as FOLDER/**/*.yaml',
    kind: 'usage',
  },
  CATALOG_BACKSTAGE_REFUSED: {
    sentence: 'the token was refused by Backstage {name} at {url} with {status}: {said}',
    remedy:
      'put a static token into catalog.backstage[].token_file that backend.auth.externalAccess of Backstage knows, and that may read the catalog',
    kind: 'remote',
  },
  CATALOG_BACKSTAGE_FAILED: {
    sentence: 'could not read the catalog of Backstage {name} at {url}: {reason}',
    remedy:
      "start it, or correct catalog.backstage; once it has answered, its last good answer stands in for it, while without any everything would be nobody's",
    kind: 'remote',
  },
  OWNERSHIP_DATE_INVALID: {
    sentence: 'could not reassign owners from "{date}": it is not a day',
    remedy: 'write it as YYYY-MM-DD, such as 2026-10-01',
    kind: 'usage',
  },
  OWNERSHIP_VERSION_UNREADABLE: {
    sentence: 'could not read ownership version {version} of the ledger: its format is {format}',
    remedy: 'this ledger was written by a newer version of Plumbline; use that one',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
