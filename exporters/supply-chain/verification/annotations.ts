/** What Cosign writes beside a signature of the old format: as annotations of its layer, or in the JSON of `download`. */
import { X509Certificate } from 'node:crypto';
import { isObject, objectOf } from '../../formats/json.ts';
import { fromBase64, jsonOf } from './statement.ts';
import type { Annotations } from './verifier.ts';

const mostCertificates = 10;

/** Base64 of its DER. Throws where it is no certificate. */
export const leafOf = (pem: string): string => derOf(pem);

/** Of the certificates between; what of them is trusted the trusted root alone says. */
export const chainOf = (annotations: Annotations): string[] =>
  [
    ...(annotations['dev.sigstore.cosign/chain'] ?? '').matchAll(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    ),
  ]
    .slice(0, mostCertificates)
    .map(([pem]) => derOf(pem));

const derOf = (pem: string): string => new X509Certificate(pem).raw.toString('base64');

/** `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}` as a bundle's entry; none where it isn't there. */
export function entriesOf(annotations: Annotations): object[] {
  const text = annotations['dev.sigstore.cosign/bundle'];
  if (text === undefined || text === '' || text === 'null') return [];
  const { SignedEntryTimestamp, Payload } = objectOf(JSON.parse(text));
  const { body, integratedTime, logIndex, logID } = objectOf(Payload);
  const parsed = jsonOf(fromBase64(body) ?? Buffer.alloc(0));
  if (!isObject(parsed)) throw new Error('no entry of a log');
  return [
    {
      logIndex: String(logIndex),
      logId: { keyId: Buffer.from(String(logID), 'hex').toString('base64') },
      kindVersion: { kind: String(parsed.kind), version: String(parsed.apiVersion) },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: String(SignedEntryTimestamp) },
      canonicalizedBody: String(body),
    },
  ];
}

export function timestampsOf(annotations: Annotations): object {
  const text = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  if (text === undefined || text === '' || text === 'null') return {};
  const { SignedRFC3161Timestamp } = objectOf(JSON.parse(text));
  return { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: String(SignedRFC3161Timestamp) }] } };
}
