/**
 * What was signed, brought into one form whatever it came in: sigstore bundles of one signature each, which the verifier
 * checks, and what they say.
 */
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { isObject, listOf, objectOf, wordOf } from '../../formats/json.ts';
import { chainOf, entriesOf, leafOf, timestampsOf } from './annotations.ts';
import { fromBase64, jsonOf, type Statement, sha256, statementOf, statementPayloadType } from './statement.ts';
import type { Annotations, Material } from './verifier.ts';

export interface Signed {
  /** Of what was signed and its signatures, however they are wrapped. */
  readonly id: string;
  /** Of each signature one; several are on an envelope. */
  readonly bundles: readonly Bundle[];
  /** What a message signature is of; undefined where that isn't given, and of an envelope. */
  readonly artifact?: Buffer;
  readonly statement?: Statement;
  /** What it is about: `sha256:` and hex. */
  readonly digests: readonly string[];
  readonly names: readonly string[];
}

/** The four spellings of three versions; the parser takes any number for one. */
const mediaTypes = new Set([
  ...['0.1', '0.2', '0.3'].map(version => `application/vnd.dev.sigstore.bundle+json;version=${version}`),
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);

const mostSignatures = 20;

/** Undefined where it can't be read: no such form, no signature, another encoding. Never throws. */
export function signedOf(material: Material): Signed | undefined {
  try {
    if (material.form === 'bundle') return bundled(material.json, material.artifact);
    if (material.form === 'dsse') return enveloped(material.json, material.annotations ?? {});
    return simplySigned(material.payload, material.annotations);
  } catch {
    return undefined;
  }
}

function bundled(json: unknown, artifact: Buffer | undefined): Signed | undefined {
  const { mediaType, messageSignature, dsseEnvelope } = objectOf(json);
  if (!mediaTypes.has(String(mediaType))) return undefined;
  const signatures = isObject(messageSignature)
    ? [messageSignature.signature]
    : listOf(objectOf(dsseEnvelope).signatures).map(each => objectOf(each).sig);
  if (!signatures.every(each => fromBase64(each) !== undefined)) return undefined;
  const bundle = bundleFromJSON(json);
  if (bundle.content.$case === 'dsseEnvelope') {
    const { payload, payloadType, signatures: signed } = bundle.content.dsseEnvelope;
    return {
      ...saying(payload, payloadType),
      id: idOf(
        payload,
        signed.map(({ sig }) => sig),
      ),
      bundles: [bundle],
    };
  }
  const { messageDigest, signature } = bundle.content.messageSignature;
  const { digest } = messageDigest;
  const algorithm = { 32: 'sha256', 48: 'sha384', 64: 'sha512' }[digest.length];
  return {
    ...{ id: idOf(digest, [signature]), bundles: [bundle], names: [] },
    digests: algorithm === undefined ? [] : [`${algorithm}:${digest.toString('hex')}`],
    ...(artifact && { artifact }),
  };
}

function enveloped(json: unknown, annotations: Annotations): Signed | undefined {
  const { payload, payloadType, signatures } = objectOf(json);
  const bytes = fromBase64(payload);
  // One that can't be read says nothing of the others.
  const signed = listOf(signatures)
    .slice(0, mostSignatures)
    .map(objectOf)
    .flatMap(({ sig, keyid, cert }) => {
      const signature = fromBase64(sig);
      return signature === undefined ? [] : [{ signature, keyid: wordOf(keyid) ?? '', cert: wordOf(cert, 20_000) }];
    });
  if (bytes === undefined || typeof payloadType !== 'string' || signed.length === 0) return undefined;
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  const entries = entriesOf(annotations);
  const bundles = signed.map(({ signature, keyid, cert }) =>
    bundleFromJSON({
      ...legacy(certificate ?? cert, keyid, annotations, entries),
      dsseEnvelope: {
        payload: bytes.toString('base64'),
        payloadType,
        signatures: [{ sig: signature.toString('base64'), keyid }],
      },
    }),
  );
  return {
    ...saying(bytes, payloadType),
    id: idOf(
      bytes,
      signed.map(({ signature }) => signature),
    ),
    bundles,
  };
}

/** Cosign's simple signing. https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
function simplySigned(payload: Buffer, annotations: Annotations): Signed | undefined {
  const signature = fromBase64(annotations['dev.cosignproject.cosign/signature']);
  const { type, image, identity } = objectOf(objectOf(jsonOf(payload)).critical);
  const { 'docker-manifest-digest': digest } = objectOf(image);
  if (signature === undefined || type !== 'cosign container image signature') return undefined;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const bundle = bundleFromJSON({
    ...legacy(annotations['dev.sigstore.cosign/certificate'], undefined, annotations, entriesOf(annotations)),
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(sha256(payload), 'hex').toString('base64') },
      signature: signature.toString('base64'),
    },
  });
  const name = wordOf(objectOf(identity)['docker-reference']);
  return {
    ...{ id: idOf(payload, [signature]), bundles: [bundle], artifact: payload, digests: [digest] },
    names: name === undefined ? [] : [name],
  };
}

/** The first version of bundles: certificates as a chain, entries by promise. */
function legacy(
  certificate: string | undefined,
  keyid: string | undefined,
  annotations: Annotations,
  tlogEntries: readonly object[],
) {
  const leaf = certificate === undefined ? undefined : leafOf(certificate);
  const key =
    leaf === undefined
      ? { publicKey: { hint: keyid ?? '' } }
      : { x509CertificateChain: { certificates: [leaf, ...chainOf(annotations)].map(rawBytes => ({ rawBytes })) } };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: { ...key, tlogEntries, ...timestampsOf(annotations) },
  };
}

function saying(payload: Buffer, payloadType: string): Pick<Signed, 'statement' | 'digests' | 'names'> {
  const statement = payloadType === statementPayloadType ? statementOf(jsonOf(payload)) : undefined;
  return {
    ...(statement && { statement }),
    digests: [...new Set(statement?.subjects.flatMap(({ digests }) => digests))],
    names: [...new Set(statement?.subjects.map(({ name }) => name).filter(name => name !== ''))],
  };
}

const idOf = (content: Buffer, signatures: readonly Buffer[]): string =>
  sha256(sha256(content), ...signatures.map(each => sha256(each)).sort());
