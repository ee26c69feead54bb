/**
 * Syft's own JSON (`syft scan -o json`) of schemas 1 to 16: images, folders, files. It carries no time: the file's or the
 * post's is taken.
 */

import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { digestOfDocument, readParts } from '../../raw.ts';
import type { DocumentKind, RawDocument, ReadContext, Reading } from '../../reading.ts';
import { faulty } from '../../reading.ts';
import { artifactOf, type Described, digestsOf, ownerOf } from '../../sbom/artifact.ts';
import { gapsOf, licenseText, oneLicense, packages } from '../../sbom/components.ts';

export const syft: DocumentKind = {
  kind: 'syft',
  accepts: name => /\.json$/i.test(name),
  isLarge: true,
  recognises: ({ json }) => isObject(json) && Array.isArray(json.artifacts) && isSyft(json),
  read: readSyft,
};

/** Grype's reports have `matches`; of a large document the beginning is seen, which the packages are. */
function isSyft(value: JsonObject): boolean {
  if ('matches' in value || 'runs' in value) return false;
  if (isObject(value.descriptor)) return value.descriptor.name === 'syft' || isObject(value.source);
  const [first] = listOf(value.artifacts);
  return isObject(value.source) || (isObject(first) && 'foundBy' in first && 'name' in first);
}

async function readSyft(document: RawDocument, context: ReadContext): Promise<Reading> {
  const found = packages();
  const rejections: Rejection[] = [];
  let records = 0;
  let hasDependencies = false;
  const read = await readParts(document, {
    each: {
      artifacts: artifact => {
        records += 1;
        if (!isObject(artifact) || !add(artifact))
          rejections.push({
            file: context.file,
            line: records,
            reason: isObject(artifact) ? 'missing_name' : 'not_a_package',
          });
      },
      artifactRelationships: relationship => {
        hasDependencies ||= isObject(relationship) && relationship.type === 'dependency-of';
      },
    },
    without: ['files', 'secrets'],
  });
  if ('fault' in read) return faulty(read.fault);
  const value = objectOf(read.value);
  if (!Array.isArray(value.artifacts) || 'matches' in value) return faulty('not_syft');
  const [schema, descriptor] = [objectOf(value.schema), objectOf(value.descriptor)];
  const artifact = artifactOf(describedBy(objectOf(value.source)), context);
  const createdAt = context.at.toISOString();
  return {
    records,
    rejections,
    heard: {
      sboms: [
        {
          ...{ artifact, format: 'syft', specVersion: wordOf(schema.version, 50) ?? '' },
          ...{ tool: wordOf(descriptor.name, 100) ?? 'syft', createdAt, components: found.components },
          // Its format has no place for a time: the one that it came with is not missing, and is what it is as old as.
          gaps: gapsOf(found, { hasDependencies, hasTimestamp: true, hasAuthor: true }),
          ...{ digest: await digestOfDocument(document, createdAt), owner: ownerOf(context, artifact) },
        },
      ],
    },
  };

  function add(artifact: JsonObject): boolean {
    const { name, version, purl, cpes, licenses } = artifact;
    if (typeof name !== 'string') return false;
    return (
      found.add({
        name,
        purl: typeof purl === 'string' ? purl : undefined,
        version: typeof version === 'string' ? version : undefined,
        licenses: licensesOf(licenses),
        cpe: cpeOf(cpes),
      }) !== undefined
    );
  }
}

const noLicenses: readonly string[] = [];

/** Words in schemas before 7, then objects. */
function licensesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) return noLicenses;
  const texts = list.flatMap((one: unknown) => {
    const text = isObject(one) ? one.spdxExpression || one.value : one;
    return typeof text === 'string' ? (licenseText(text) ?? []) : [];
  });
  return texts.length === 1 ? oneLicense(texts[0]!) : [...new Set(texts)];
}

function cpeOf(list: unknown): string | undefined {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const cpe = isObject(first) ? first.cpe : first;
  return typeof cpe === 'string' && cpe !== '' ? cpe : undefined;
}

/** `target` until schema 8, then `metadata`; of a folder it was the path. */
function describedBy(source: JsonObject): Described {
  const inside = isObject(source.metadata) ? source.metadata : objectOf(source.target);
  const path = wordOf(source.target) ?? wordOf(inside.path) ?? wordOf(inside.base);
  const name = wordOf(source.name) ?? wordOf(inside.userInput) ?? path;
  const version = wordOf(source.version);
  if (source.type !== 'image')
    return {
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      digests: digestsOf(
        listOf(inside.digests).map(one => `${String(objectOf(one).algorithm)}:${String(objectOf(one).value)}`),
      ),
    };
  const words = (list: unknown) => listOf(list).flatMap(one => wordOf(one) ?? []);
  const [tags, repoDigests] = [words(inside.tags), words(inside.repoDigests)];
  const input = wordOf(inside.userInput);
  return {
    isImage: true,
    references: [...repoDigests, ...(input === undefined ? [] : [input]), ...tags],
    digests: [...repoDigests, ...words([inside.manifestDigest, inside.imageID])],
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}
