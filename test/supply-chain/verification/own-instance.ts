/** A Sigstore instance of our own: an authority that issues certificates as Fulcio does, and a log that promises as Rekor does. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const integer = (value: number) => der(0x02, Buffer.from([value]));
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const text = (value: string) => der(0x0c, Buffer.from(value));
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`));
/** Arcs below 128 in two, others in base 128. */
const oid = (dotted: string) => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arc = (value: number): number[] =>
    value < 128 ? [value] : [...arc(Math.floor(value / 128)).map(each => each | 0x80), value % 128];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]));
};
const extension = (id: string, value: Buffer, isCritical = false) =>
  sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
const name = (common: string) => sequence(der(0x31, sequence(oid('2.5.4.3'), text(common))));
const algorithm = sequence(oid('1.2.840.10045.4.3.2'));

interface Wanted {
  readonly subject: string;
  readonly key: KeyObject;
  readonly from: Date;
  readonly to: Date;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, key, from, to, extensions }: Wanted, issuer: string, issuerKey: KeyObject): Buffer {
  const body = sequence(
    ...[der(0xa0, integer(2)), integer(1), algorithm, name(issuer), sequence(time(from), time(to)), name(subject)],
    ...[key.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(...extensions))],
  );
  return sequence(body, algorithm, bits(sign('sha256', body, issuerKey)));
}

export interface OwnInstance {
  /** A trusted root as JSON. */
  readonly root: object;
  /** Annotations of a layer of a `.sig` or `.att` tag that holds `signed`, signed at `at` with a fresh certificate. */
  readonly sign: (
    signed: Buffer,
    options: SignOptions,
  ) => { readonly signature: string; readonly annotations: Record<string, string> };
}

export interface SignOptions {
  readonly identity: string;
  readonly issuer: string;
  readonly at: Date;
  /** When the log says that it was; `at` unless given. */
  readonly loggedAt?: Date;
}

export function ownInstance(): OwnInstance {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [authority, log] = [pair(), pair()];
  const [from, to] = [new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')];
  const authorityExtensions = [
    extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff]))), true),
    extension('2.5.29.15', der(0x03, Buffer.from([1, 0x06])), true),
  ];
  const own = certificate(
    { subject: 'own', key: authority.publicKey, from, to, extensions: authorityExtensions },
    'own',
    authority.privateKey,
  );
  const logKey = log.publicKey.export({ type: 'spki', format: 'der' });
  const logId = createHash('sha256').update(logKey).digest();
  const validFor = { start: from.toISOString() };
  const pem = (raw: Buffer) =>
    `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

  const signLayer: OwnInstance['sign'] = (signed, { identity, issuer, at, loggedAt = at }) => {
    const signer = pair();
    const extensions = [
      extension('2.5.29.17', sequence(der(0x86, Buffer.from(identity))), true),
      extension('1.3.6.1.4.1.57264.1.8', text(issuer)),
    ];
    const wanted = { subject: '', key: signer.publicKey, from: at, to: new Date(at.getTime() + 600_000), extensions };
    const leaf = pem(certificate(wanted, 'own', authority.privateKey));
    const signature = sign('sha256', signed, signer.privateKey).toString('base64');
    const entry = {
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(signed).digest('hex') } },
        signature: { content: signature, publicKey: { content: Buffer.from(leaf).toString('base64') } },
      },
    };
    const promised = {
      body: Buffer.from(JSON.stringify(entry)).toString('base64'),
      integratedTime: Math.floor(loggedAt.getTime() / 1000),
      logID: logId.toString('hex'),
      logIndex: 7,
    };
    const promise = sign('sha256', Buffer.from(JSON.stringify(promised)), log.privateKey).toString('base64');
    const annotations = {
      'dev.cosignproject.cosign/signature': signature,
      'dev.sigstore.cosign/certificate': leaf,
      'dev.sigstore.cosign/chain': pem(own),
      'dev.sigstore.cosign/bundle': JSON.stringify({ SignedEntryTimestamp: promise, Payload: promised }),
    };
    return { signature, annotations };
  };
  return {
    root: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          ...{ baseUrl: 'https://log.example', hashAlgorithm: 'SHA2_256', logId: { keyId: logId.toString('base64') } },
          publicKey: { rawBytes: logKey.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
        },
      ],
      certificateAuthorities: [
        { uri: 'https://own.example', certChain: { certificates: [{ rawBytes: own.toString('base64') }] }, validFor },
      ],
      ctlogs: [],
      timestampAuthorities: [],
    },
    sign: signLayer,
  };
}
