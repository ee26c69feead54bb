/** Sigstore bundles, v0.1 to v0.3, one or one a line: `cosign sign-blob --bundle`, `gh attestation download`, npm. */
import type { DocumentKind } from '../../reading.ts';
import type { ReadInner } from '../../verification/inner.ts';
import { firstValue } from '../../verification/lines.ts';
import { readSigned } from '../../verification/read-signed.ts';
import { isBundle, isBundleList } from '../../verification/shapes.ts';

export const sigstoreKind = (readInner?: ReadInner): DocumentKind => ({
  kind: 'sigstore',
  accepts: name => /\.(?:json|jsonl|sigstore|bundle|slsa)$/i.test(name),
  recognises: document => {
    const first = firstValue(document);
    return isBundle(first) || isBundleList(first);
  },
  read: (document, context) => readSigned(document, context, readInner),
});
