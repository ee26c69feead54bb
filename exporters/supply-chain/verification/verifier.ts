/** What a signature is checked by. The configuration makes one (verification/index.ts); readers and the registry ask it. */
import type { Attestation } from '../document.ts';

/** What was signed, and how it came. */
export type Material =
  /** A sigstore bundle, any version, as JSON; `artifact` is what a message signature is of, which it doesn't hold. */
  | { readonly form: 'bundle'; readonly json: unknown; readonly artifact?: Buffer }
  /** A DSSE envelope; of an `.att` tag with what its layer's annotations say. */
  | { readonly form: 'dsse'; readonly json: unknown; readonly annotations?: Annotations }
  /** Cosign's simple signing: a layer of a `.sig` tag. */
  | { readonly form: 'simple_signing'; readonly payload: Buffer; readonly annotations: Annotations };

/** `dev.cosignproject.cosign/signature`, `dev.sigstore.cosign/certificate`, `…/chain`, `…/bundle`, `…/rfc3161timestamp`. */
export type Annotations = Readonly<Record<string, string>>;

/** What it has to be about. */
export interface Subject {
  /** `sha256:` and hex; any of them. */
  readonly digests: readonly string[];
  /** The image's name or the repository, for what the policy asks of it. */
  readonly name?: string;
}

export interface Verifier {
  /**
   * Never throws for what is in the material: what can't be read is `failed` with reason `malformed`. Without a subject
   * (a bundle in a file) it is about whatever it names, which is returned.
   */
  readonly judge: (
    material: Material,
    subject?: Subject,
  ) => Promise<{
    readonly attestation: Attestation;
    readonly digests: readonly string[];
    readonly names: readonly string[];
  }>;
}
