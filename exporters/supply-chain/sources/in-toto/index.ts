/**
 * In-toto attestations: DSSE envelopes and bare statements, one or one a line, and what Google Cloud Build says of an image.
 * Layouts, links and parts of attestations are refused by what they are.
 */
import type { DocumentKind } from '../../reading.ts';
import type { ReadInner } from '../../verification/inner.ts';
import { firstValue } from '../../verification/lines.ts';
import { readSigned } from '../../verification/read-signed.ts';
import { isCloudBuild, isEnvelope, partOf } from '../../verification/shapes.ts';
import { isStatement } from '../../verification/statement.ts';

export const inTotoKind = (readInner?: ReadInner): DocumentKind => ({
  kind: 'in-toto',
  accepts: name => /\.(?:json|jsonl|intoto|link|layout|att)$/i.test(name),
  recognises: document => {
    const first = firstValue(document);
    return isEnvelope(first) || isStatement(first) || isCloudBuild(first) || partOf(first) !== undefined;
  },
  read: (document, context) => readSigned(document, context, readInner),
});

/** The same documents, where they are provenance: by the name that people look for. */
export const slsaKind = (readInner?: ReadInner): DocumentKind => ({
  ...inTotoKind(readInner),
  kind: 'slsa',
  recognises: () => false,
});
