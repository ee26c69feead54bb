/**
 * Infracost's estimates on disk: what a change of infrastructure will cost a month, as CI writes it for each pull request
 * and for each push to a default branch. A file that vanishes takes nothing with it: CI keeps its files for a while only.
 */
import { documentFiles } from '../../../core/document-files.ts';
import type { ReadSource } from '../../../core/source.ts';
import { textOf } from '../../../formats/json.ts';
import { PlumblineError } from '../../errors.ts';
import type { InfracostConfig } from './config.ts';
import { type Estimate, readDocument } from './document.ts';
import { storeEstimates } from './store.ts';

/** The source `infracost`. Throws ESTIMATES_NOT_FOUND from a refresh where the path means nothing at all. */
export const infracostSource = ({ name, path, every, settle, default_branches }: InfracostConfig): ReadSource =>
  documentFiles<readonly Estimate[]>({
    name,
    path,
    everySeconds: every,
    settleSeconds: settle,
    accepts: file => /\.json$/i.test(file),
    notFound: () => new PlumblineError('ESTIMATES_NOT_FOUND', { path }),
    mostBytes: 64 << 20,
    read: ({ bytes }) => {
      const document = readDocument(textOf(bytes) ?? '', default_branches);
      if (typeof document === 'string')
        return { state: document === 'not_infracost' ? 'skipped' : 'broken', reason: document };
      const { estimates, rejects } = document;
      return { state: 'loaded', document: estimates, records: estimates.length, rejections: rejects };
    },
    write: (tx, documents, { now }) => storeEstimates(tx, name, documents.flat(), now),
  });
