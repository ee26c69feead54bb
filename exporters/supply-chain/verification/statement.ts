/** In-toto statements: what an attestation says of which subjects. https://github.com/in-toto/attestation, v0.1 and v1. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../catalog/ownership.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../formats/json.ts';

export interface StatementSubject {
  readonly name: string;
  /** `sha256:` and hex, lower case, and so for other algorithms; empty where none can be read. */
  readonly digests: readonly string[];
}

export interface Statement {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly subjects: readonly StatementSubject[];
}

/** By its content, or as the version of a package, by its package URL. */
export const isIdentified = ({ name, digests }: StatementSubject): boolean =>
  digests.length > 0 || /^pkg:[^@\s]+@[^@\s]+$/.test(name);

export const statementPayloadType = 'application/vnd.in-toto+json';
/** What Cosign signs an image by in its new format: a statement without a predicate of its own. */
export const signaturePredicateType = 'https://sigstore.dev/cosign/sign/v1';

/** Releases have hundreds of subjects; more are no release. */
const mostSubjects = 10_000;

export const isStatement = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value._type === 'string' && /^https:\/\/in-toto\.io\/Statement\/v/.test(value._type);

/** Undefined where it isn't one. */
export function statementOf(value: unknown): Statement | undefined {
  if (!isStatement(value)) return undefined;
  const predicateType = wordOf(value.predicateType);
  if (predicateType === undefined) return undefined;
  return {
    predicateType,
    // Google's unsigned copies call it by its format; a signed one has both.
    predicate: value.predicate ?? value.slsaProvenance,
    subjects: listOf(value.subject)
      .slice(0, mostSubjects)
      .filter(isObject)
      .map(({ name, uri, digest }) => ({ name: wordOf(name) ?? wordOf(uri) ?? '', digests: digestsOf(digest) })),
  };
}

function digestsOf(value: unknown): string[] {
  return Object.entries(objectOf(value))
    .filter(([algorithm]) => /^[a-z0-9_]{2,40}$/i.test(algorithm))
    .flatMap(([algorithm, digest]) => {
      if (typeof digest !== 'string') return [];
      const length = lengths[algorithm];
      // Others name what no hash is of: a machine image by its number.
      const isDigest = length === undefined ? /^\w{6,128}$/.test(digest) : digest.length === length && isHex(digest);
      return isDigest ? [`${algorithm}:${digest.toLowerCase()}`] : [];
    });
}
const lengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128, sha1: 40, gitCommit: 40 };
const isHex = (text: string) => /^[0-9a-f]+$/i.test(text);

/** Strict, in either alphabet; undefined for what is none: Node's own decoder skips what it doesn't know. */
export function fromBase64(value: unknown): Buffer | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const compact = value.replace(/[\r\n]/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) && compact.replace(/=+$/, '').length % 4 !== 1
    ? Buffer.from(compact, 'base64')
    : undefined;
}

export const jsonOf = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

/** Of a value's content; what nests too deep to be written again is all one. */
export function jsonId(value: unknown): string {
  try {
    return sha256(canonicalJson(value));
  } catch {
    return sha256('unreadable');
  }
}

export const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
