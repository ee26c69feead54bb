/** Who signed, as the signature itself says; whether that is so, check.ts tells. */
import type { Bundle } from '@sigstore/bundle';
import { toSignedEntity } from '@sigstore/verify';
import { fromBase64 } from './statement.ts';

export interface Signer {
  /** The certificate's subject alternative name, `key:` and the SHA-256 that a hint gives; '' where nothing says. */
  readonly identity: string;
  readonly issuer: string;
  /** The repository that the certificate says it was run for. */
  readonly source?: string;
  readonly signedAt?: string;
  readonly isCertificate: boolean;
}

/** Extensions of Fulcio's certificates. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const fulcio = '1.3.6.1.4.1.57264.1.';

type Certificate = Extract<ReturnType<typeof toSignedEntity>['key'], { $case: 'certificate' }>['certificate'];

/** Undefined where its certificate or a timestamp can't be read. */
export function signerOf(bundle: Bundle): Signer | undefined {
  try {
    const { key, timestamps } = toSignedEntity(bundle, Buffer.alloc(0));
    const times = timestamps
      .map(each =>
        each.$case === 'timestamp-authority'
          ? each.timestamp.signingTime.getTime()
          : Number(each.tlogEntry.integratedTime) * 1000,
      )
      .filter(time => time > 0 && time < 4e12);
    const signed = times.length === 0 ? {} : { signedAt: new Date(Math.min(...times)).toISOString() };
    if (key.$case === 'public-key') return { identity: hinted(key.hint), issuer: '', isCertificate: false, ...signed };
    const { certificate } = key;
    const source = text(certificate, 12) ?? github(raw(certificate, 5));
    return {
      ...{ identity: certificate.subjectAltName ?? '', issuer: text(certificate, 8) ?? raw(certificate, 1) ?? '' },
      ...(source === undefined ? {} : { source }),
      ...signed,
      isCertificate: true,
    };
  } catch {
    return undefined;
  }
}

/** A value in DER, as the newer extensions have it. */
const text = (certificate: Certificate, number: number): string | undefined =>
  certificate.extension(`${fulcio}${number}`)?.valueObj.subs[0]?.value.toString('utf8');
const raw = (certificate: Certificate, number: number): string | undefined =>
  certificate.extension(`${fulcio}${number}`)?.value.toString('utf8');

const github = (repository: string | undefined): string | undefined =>
  repository === undefined || repository === '' ? undefined : `https://github.com/${repository}`;

/** Cosign's hint is the SHA-256 of the key in base64; others' are names of their own. */
function hinted(hint: string): string {
  const bytes = /^[0-9a-f]{64}$/.test(hint) ? Buffer.from(hint, 'hex') : fromBase64(hint);
  return bytes?.length === 32 ? `key:${bytes.toString('hex')}` : '';
}
