/**
 * The SLSA build level of a provenance: that of the configured builder, once signature, subject, signer, source, build
 * type and parameters are as asked. A level that a document claims for itself counts for nothing.
 */
import { wildcard } from '../../catalog/wildcard.ts';
import { isObject } from '../../formats/json.ts';
import type { Attestation, Provenance } from '../document.ts';
import type { BuilderConfig } from './config.ts';
import { externalParametersOf, type ReadProvenance, repositoryOf } from './provenance.ts';

export interface LevelQuestion {
  readonly provenance: ReadProvenance;
  readonly predicate: unknown;
  readonly attestation: Pick<Attestation, 'standing' | 'reason' | 'identity'>;
  /** What the certificate says that it was built from; undefined where it doesn't, and of a key. */
  readonly certifiedSource?: string | undefined;
}

export function levelled(question: LevelQuestion, builders: readonly BuilderConfig[]): Provenance {
  const { provenance } = question;
  const reason = unmet(question, builders);
  return reason === undefined
    ? { ...provenance, level: builderOf(provenance, builders)!.level }
    : { ...provenance, level: 0, reason };
}

const builderOf = ({ builder }: ReadProvenance, builders: readonly BuilderConfig[]) =>
  builders.find(({ id }) => wildcard([id])(builder));

function unmet(question: LevelQuestion, builders: readonly BuilderConfig[]): string | undefined {
  const { provenance, predicate, attestation, certifiedSource } = question;
  const { standing, reason, identity } = attestation;
  if (standing !== 'verified') return reason === 'subject_mismatch' ? reason : 'unverified';
  if (provenance.builder === '') return 'builder_missing';
  const builder = builderOf(provenance, builders);
  if (builder === undefined) return 'builder_unknown';
  if (identity === '') return 'identity_unknown';
  if (builder.identity === undefined ? identity !== provenance.builder : !wildcard([builder.identity])(identity))
    return 'identity_mismatch';
  const source = repositoryOf(provenance.source) ?? '';
  if (certifiedSource !== undefined && repositoryOf(certifiedSource)?.toLowerCase() !== source.toLowerCase())
    return 'source_mismatch';
  if (builder.source !== undefined && !wildcard([repositoryOf(builder.source)!], true)(source))
    return source === '' ? 'source_missing' : 'source_mismatch';
  if (builder.build_type !== undefined && !wildcard([builder.build_type])(provenance.buildType))
    return 'build_type_mismatch';
  const parameters = externalParametersOf(predicate);
  const isOther = Object.entries(builder.parameters ?? {}).some(([path, wanted]) => {
    const value = at(parameters, path);
    return value === undefined || !wildcard([wanted])(value);
  });
  return isOther ? 'parameters_mismatch' : undefined;
}

/** A scalar by its path of keys. */
function at(value: unknown, path: string): string | undefined {
  let current = value;
  for (const key of path.split('.')) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return ['string', 'number', 'boolean'].includes(typeof current) ? String(current) : undefined;
}
