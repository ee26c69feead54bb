/** Manifests, indexes and descriptors. Source: OCI Image Format Specification 1.1, and Docker's manifests, version 2. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const annotations = z.record(z.string(), z.string()).nullish();

const digest = z.string().regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/);

const descriptorSchema = z.looseObject({
  mediaType: z.string().default(''),
  digest,
  size: z.number().int().min(0),
  artifactType: z.string().optional(),
  annotations,
  platform: z
    .looseObject({ os: z.string().default(''), architecture: z.string().default(''), variant: z.string().optional() })
    .optional(),
});

const manifestSchema = z.looseObject({
  schemaVersion: z.number().optional(),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptorSchema.optional(),
  layers: z.array(descriptorSchema).nullish(),
  /** Of the artifact manifests that version 1.1 had for a while. */
  blobs: z.array(descriptorSchema).nullish(),
  manifests: z.array(descriptorSchema).nullish(),
  subject: descriptorSchema.nullish(),
  annotations,
});

export type Descriptor = z.infer<typeof descriptorSchema>;

export interface Manifest {
  readonly digest: string;
  /** True of an index, also a Docker manifest list: it names other manifests. */
  readonly isIndex: boolean;
  readonly artifactType: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject?: string;
}

export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.artifact.manifest.v1+json',
];

/** The reason where it is none. */
export function manifestOf(json: unknown, own: string): Manifest | string {
  const read = manifestSchema.safeParse(json);
  if (!read.success) {
    const { path = [], message = '' } = read.error.issues[0] ?? {};
    return `${path.join('.')}: ${message}`.slice(0, 300);
  }
  const { config, layers, blobs, manifests, subject, artifactType } = read.data;
  if (config === undefined && !layers && !blobs && !manifests) return 'neither a manifest nor an index';
  return {
    digest: own,
    isIndex: Array.isArray(manifests),
    artifactType: artifactType ?? config?.mediaType ?? '',
    ...(config === undefined ? {} : { config }),
    layers: layers ?? blobs ?? [],
    manifests: manifests ?? [],
    ...(subject ? { subject: subject.digest } : {}),
  };
}

/** `sha256:HEX`, or by the algorithm of another digest. */
export function digestOf(bytes: Buffer, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
