/** What certificates, logs and timestamps are trusted by: a file, or the root of the public Sigstore instance. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { DEFAULT_MIRROR_URL, getTrustedRoot } from '@sigstore/tuf';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { readJson } from '../../formats/json.ts';
import { PlumblineError } from '../errors.ts';
import type { VerificationConfig } from './config.ts';

export interface FoundRoot {
  /** Undefined where none is configured. */
  readonly root: TrustedRoot | undefined;
  /** It may lack what is new: it could not be had fresh. What fails by it is not known to be bad. */
  readonly isOld?: true;
}

export interface RootFinder {
  /** Never rejects. */
  readonly find: () => Promise<FoundRoot>;
}

const freshMs = 86_400_000;
/** After a failure it is asked again so much later, and not at every signature. */
const againMs = 300_000;

export interface RootOptions {
  readonly now?: () => number;
  /** Asks the public instance; another in tests. */
  readonly fetchRoot?: (cache: string | undefined) => Promise<TrustedRoot>;
}

export function rootFinder(config: VerificationConfig, options: RootOptions = {}): RootFinder {
  if (config.trusted_root !== undefined) {
    const found = Promise.resolve({ root: readRoot(config.trusted_root) });
    return { find: () => found };
  }
  if (!config.public_good) return { find: () => Promise.resolve({ root: undefined }) };
  return publicRoot(config.cache, options);
}

/** An empty one trusts no certificate and no log: what keys sign is checked against it. */
export const emptyRoot = (): TrustedRoot =>
  TrustedRoot.fromJSON({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' });

function readRoot(file: string): TrustedRoot {
  const refused = (reason: string, cause?: unknown) =>
    new PlumblineError('SUPPLY_CHAIN_TRUSTED_ROOT', { path: file, reason }, cause);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw refused('it cannot be read', cause);
  }
  const read = readJson(bytes);
  if ('fault' in read) throw refused('it is not JSON');
  let root: TrustedRoot;
  try {
    root = TrustedRoot.fromJSON(read.value);
    if (!root.mediaType.startsWith('application/vnd.dev.sigstore.trustedroot')) throw new Error(root.mediaType);
  } catch (cause) {
    throw refused('it is no trusted root', cause);
  }
  // Without a beginning the library takes it for valid at all times; the format requires one.
  const unbounded = [...root.tlogs, ...root.ctlogs].find(({ publicKey }) => publicKey?.validFor?.start === undefined);
  if (unbounded) throw refused(`the key of the log ${unbounded.baseUrl} lacks validFor.start, which it needs`);
  return root;
}

function publicRoot(cache: string | undefined, options: RootOptions): RootFinder {
  const { now = Date.now, fetchRoot = askPublicGood } = options;
  let asked: { readonly root: Promise<TrustedRoot>; until: number } | undefined;
  let last: TrustedRoot | undefined;
  return {
    find: async () => {
      if (asked === undefined || now() >= asked.until) asked = { root: fetchRoot(cache), until: now() + freshMs };
      const mine = asked;
      try {
        last = await mine.root;
        return { root: last };
      } catch {
        mine.until = Math.min(mine.until, now() + againMs);
        return { root: last ?? carriedRoot(), isOld: true };
      }
    },
  };
}

/** The one that the library brings, as it was when the library was released. */
export const carriedRoot = (): TrustedRoot =>
  TrustedRoot.fromJSON(
    JSON.parse(Buffer.from(seeds[DEFAULT_MIRROR_URL].targets['trusted_root.json'], 'base64').toString('utf8')),
  );

const askPublicGood = (cache: string | undefined): Promise<TrustedRoot> =>
  getTrustedRoot(cache === undefined ? {} : { cachePath: path.resolve(cache) });
