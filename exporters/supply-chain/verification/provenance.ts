/**
 * SLSA provenance of any version. https://slsa.dev/spec/v1.0/provenance, /v0.2, /v0.1. Versions go by the predicate's
 * type and shape, and not by the statement's: v1 predicates in v0.1 statements are common.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../formats/json.ts';
import type { Provenance } from '../document.ts';
import type { Statement } from './statement.ts';

export type ReadProvenance = Omit<Provenance, 'level' | 'reason'>;

export const isProvenance = (predicateType: string): boolean =>
  /^https:\/\/slsa\.dev\/provenance\/v/.test(predicateType);

/** Undefined where the statement is of something else, or its predicate is no object. */
export function provenanceOf({ predicateType, predicate }: Statement): ReadProvenance | undefined {
  if (!isProvenance(predicateType) || !isObject(predicate)) return undefined;
  if (isObject(predicate.buildDefinition) || isObject(predicate.runDetails)) return versionOne(predicate);
  if (isObject(predicate.recipe)) return versionZeroOne(predicate);
  return /\/v1(\.|$)/.test(predicateType) ? versionOne(predicate) : versionZeroTwo(predicate);
}

/** What a caller of the build may choose; before v1 its entry point and parameters. */
export function externalParametersOf(predicate: unknown): JsonObject {
  const { buildDefinition, invocation, recipe } = objectOf(predicate);
  if (isObject(buildDefinition)) return objectOf(buildDefinition.externalParameters);
  if (isObject(invocation)) return { configSource: invocation.configSource, parameters: invocation.parameters };
  return { recipe };
}

function versionOne(predicate: JsonObject): ReadProvenance {
  const definition = objectOf(predicate.buildDefinition);
  const details = objectOf(predicate.runDetails);
  const metadata = objectOf(details.metadata);
  const parameters = objectOf(definition.externalParameters);
  const dependencies = listOf(definition.resolvedDependencies).filter(isObject);
  // GitHub's build types name it in `workflow`, those of the SLSA generators and Cloud Build in `source`.
  const named =
    wordOf(objectOf(parameters.workflow).repository) ??
    wordOf(parameters.source) ??
    wordOf(objectOf(parameters.source).uri) ??
    wordOf(objectOf(parameters.buildConfigSource).repository);
  const source = named ?? dependencies.map(({ uri }) => wordOf(uri)).find(isRepository);
  const material = dependencies.find(
    ({ uri }) => source !== undefined && repositoryOf(wordOf(uri)) === repositoryOf(source),
  );
  return {
    builder: wordOf(objectOf(details.builder).id) ?? '',
    buildType: wordOf(definition.buildType) ?? '',
    slsa: '1',
    ...sourced(source, material?.digest ?? objectOf(parameters.source).digest),
    ...timed(metadata.startedOn, metadata.finishedOn),
  };
}

function versionZeroTwo(predicate: JsonObject): ReadProvenance {
  const metadata = objectOf(predicate.metadata);
  const config = objectOf(objectOf(predicate.invocation).configSource);
  const materials = listOf(predicate.materials).filter(isObject);
  const source = wordOf(config.uri) ?? materials.map(({ uri }) => wordOf(uri)).find(isRepository);
  const material = materials.find(({ uri }) => source !== undefined && wordOf(uri) === source);
  return {
    builder: wordOf(objectOf(predicate.builder).id) ?? '',
    buildType: wordOf(predicate.buildType) ?? '',
    slsa: '0.2',
    ...sourced(source, config.digest ?? material?.digest),
    ...timed(metadata.buildStartedOn, metadata.buildFinishedOn),
  };
}

function versionZeroOne(predicate: JsonObject): ReadProvenance {
  const metadata = objectOf(predicate.metadata);
  const recipe = objectOf(predicate.recipe);
  const materials = listOf(predicate.materials).filter(isObject);
  const defined = typeof recipe.definedInMaterial === 'number' ? materials[recipe.definedInMaterial] : undefined;
  const material = defined ?? materials.find(({ uri }) => isRepository(wordOf(uri))) ?? materials[0];
  return {
    builder: wordOf(objectOf(predicate.builder).id) ?? '',
    buildType: wordOf(recipe.type) ?? '',
    slsa: '0.1',
    ...sourced(wordOf(material?.uri), material?.digest),
    ...timed(metadata.buildStartedOn, metadata.buildFinishedOn),
  };
}

const isRepository = (uri: string | undefined): boolean => uri !== undefined && /^(?:git\+|git:|https:)/.test(uri);

/** `git+https://github.com/acme/shop@refs/heads/main` and `…/shop.git` → `https://github.com/acme/shop`. */
export const repositoryOf = (uri: string | undefined): string | undefined =>
  uri
    ?.replace(/^git\+/, '')
    .replace(/^git:/, 'https:')
    .replace(/(?<=^[a-z+]+:\/\/[^/]+\/[^@]*)@.*$/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');

function sourced(source: string | undefined, digest: unknown): Pick<Provenance, 'source' | 'sourceDigest'> {
  const { gitCommit, sha1, sha256 } = objectOf(digest);
  const commit = wordOf(gitCommit) ?? wordOf(sha1) ?? wordOf(sha256);
  return {
    source: repositoryOf(source) ?? '',
    ...(commit === undefined ? {} : { sourceDigest: commit.toLowerCase() }),
  };
}

function timed(started: unknown, finished: unknown): Pick<Provenance, 'startedAt' | 'finishedAt'> {
  const at = (value: unknown) => {
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
  };
  const [startedAt, finishedAt] = [at(started), at(finished)];
  return { ...(startedAt && { startedAt }), ...(finishedAt && { finishedAt }) };
}
