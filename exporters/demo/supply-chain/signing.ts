/**
 * Signatures and provenance: signed by keys that this company made up, and verified for real. One team signs nothing, one
 * signs with a key that nobody vouches for, one image's provenance was changed, and one team has a new key.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { isoDay } from '../chance.ts';
import { repositoryOf } from '../infracost.ts';
import { mondays, type Span, storyDay } from '../policy/story.ts';
import { type Build, buildsOf, images } from './images.ts';

interface Signer {
  readonly key: KeyObject;
  /** In PEM. */
  readonly publicKey: string;
  /** SHA-256 of its DER. */
  readonly id: string;
}

/** The same word is the same key, so that all that it signs stays as it is: a demo's, and worth nothing. */
function signerOf(word: string): Signer {
  const seed = createHash('sha256').update(`demo ${word}`).digest();
  // A private key of Ed25519 in PKCS #8 is its seed behind this.
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
  const shared = createPublicKey(key);
  const id = createHash('sha256')
    .update(shared.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { key, id, publicKey: shared.export({ type: 'spki', format: 'pem' }).toString() };
}

const company = signerOf('company');
const renewed = signerOf('renewed');
const stranger = signerOf('stranger');

/** Public keys that are trusted, in PEM by their files' names. */
export const keyFiles: Readonly<Record<string, string>> = {
  'cosign.pub': company.publicKey,
  'cosign-2.pub': renewed.publicKey,
};

export const builder = 'https://ci.acme.example/builders/images';
const buildType = 'https://ci.acme.example/build/v1';
const unsigned = 'ml';
const unvouched = 'search';
const claiming = 'data';
const tampered = 'geo-index';
/** The payments team's key is renewed three weeks before the story. */
const renewedFrom = -21;

type Files = ReadonlyMap<string, { readonly at: Date; readonly text: string }>;

export function signatureFiles(span: Span, story: Date): Files {
  const files = new Map<string, { at: Date; text: string }>();
  const builds = images.flatMap(image => buildsOf(image, span, story));
  const byDay = Map.groupBy(builds, ({ at }) => at.getTime());
  for (const built of mondays(span, story, 5)) {
    const own = byDay.get(built.getTime()) ?? [];
    const at = new Date(built.getTime() + 600_000);
    const write = (name: string, documents: readonly unknown[]) => {
      if (documents.length > 0)
        files.set(`${name}/${isoDay(at)}.jsonl`, {
          at,
          text: documents.map(one => `${JSON.stringify(one)}\n`).join(''),
        });
    };
    const bySigner = own.filter(({ image: { team } }) => team !== unsigned && team !== claiming);
    write(
      'signatures',
      bySigner.map(build => downloaded(build, signer(build, story))),
    );
    write('verifications', own.filter(({ image: { team } }) => team === unsigned).map(refused));
    write(
      'provenance',
      bySigner.map(build => envelope(build, signer(build, story))),
    );
    const claimed = own.filter(({ image: { team } }) => team === claiming);
    write('statements', claimed.map(statement));
    write('unchecked', claimed.map(unchecked));
  }
  return files;
}

function signer({ image: { team, service }, at }: Build, story: Date): Signer {
  if (team === unvouched && service !== tampered) return stranger;
  return team === 'payments' && at.getTime() >= storyDay(story, renewedFrom) ? renewed : company;
}

const payload = ({ image, digest }: Build) => ({
  critical: {
    identity: { 'docker-reference': image.name },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  },
  optional: {},
});

/** As `cosign download signature` writes it. */
function downloaded(build: Build, { key }: Signer) {
  const signed = Buffer.from(JSON.stringify(payload(build)));
  return {
    ...{ Base64Signature: sign(null, signed, key).toString('base64'), Payload: signed.toString('base64') },
    ...{ Cert: null, Chain: null, Bundle: null, RFC3161Timestamp: null },
  };
}

const reference = ({ image, digest }: Build) => `${image.name}@${digest}`;

const refused = (build: Build) => ({
  ...{ exit: 10, command: `cosign verify --key cosign.pub ${reference(build)}`, image: reference(build) },
  ...{ stdout: '', stderr: 'Error: no signatures found\n' },
});

/** Cosign was told not to compare what is signed with the image. */
const unchecked = (build: Build) => ({
  ...{ exit: 0, command: `cosign verify --check-claims=false --key cosign.pub ${reference(build)}` },
  ...{ image: reference(build), stdout: JSON.stringify([payload(build)]), stderr: '' },
});

function statement({ image, at, digest, revision }: Build) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: image.name, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        ...{ buildType, externalParameters: { workflow: { ref: 'refs/heads/main' } } },
        resolvedDependencies: [
          { uri: `git+https://github.com/${repositoryOf(image.service)}`, digest: { gitCommit: revision } },
        ],
      },
      runDetails: {
        builder: { id: builder },
        metadata: { startedOn: new Date(at.getTime() - 300_000).toISOString(), finishedOn: at.toISOString() },
      },
    },
  };
}

const payloadType = 'application/vnd.in-toto+json';

function envelope(build: Build, { key, id }: Signer) {
  const said = Buffer.from(JSON.stringify(statement(build)));
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${said.length} `);
  const sig = sign(null, Buffer.concat([head, said]), key).toString('base64');
  // Someone would have it that it was built from elsewhere.
  const told =
    build.image.service === tampered
      ? Buffer.from(said.toString().replace('https://github.com/', 'https://github.example/'))
      : said;
  return { payload: told.toString('base64'), payloadType, signatures: [{ keyid: id, sig }] };
}
