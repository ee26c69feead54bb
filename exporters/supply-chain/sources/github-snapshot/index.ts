/**
 * Dependency snapshots as tools submit them to GitHub (REST `dependency-graph/snapshots`; Trivy's `--format github`): the
 * resolved packages of each manifest.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { digestOfDocument, readParts } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { artifactOf, ownerOf } from '../../sbom/artifact.ts';
import { gapsOf, packages } from '../../sbom/components.ts';

export const githubSnapshot: DocumentKind = {
  kind: 'github-snapshot',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isObject(json) && isSnapshot(json),
  read: readSnapshot,
};

const isSnapshot = (json: JsonObject): boolean =>
  isObject(json.detector) &&
  isObject(json.job) &&
  (isObject(json.manifests) || json.manifests === undefined) &&
  'ref' in json;

async function readSnapshot(document: RawDocument, context: ReadContext): Promise<Reading> {
  const read = await readParts(document, {});
  if ('fault' in read) return faulty(read.fault);
  const value = objectOf(read.value);
  if (!isSnapshot(value)) return faulty('not_github_snapshot');
  const found = packages();
  const rejections: Rejection[] = [];
  let [records, hasDependencies] = [0, false];
  for (const manifest of Object.values(objectOf(value.manifests)))
    for (const [key, told] of Object.entries(objectOf(objectOf(manifest).resolved))) {
      records += 1;
      const one = objectOf(told);
      const purl = wordOf(one.package_url, 2000);
      const added = purl === undefined ? undefined : found.add({ purl, name: key });
      if (added === undefined)
        rejections.push({ file: context.file, line: records, reason: 'missing_purl', value: key });
      hasDependencies ||= listOf(one.dependencies).length > 0;
      const relationship = wordOf(one.relationship);
      if (added && relationship !== undefined) added.isDirect = added.isDirect === true || relationship === 'direct';
    }
  const detector = objectOf(value.detector);
  const said = wordOf(value.scanned);
  const createdAt = evaluatedAt(said, context);
  const artifact = artifactOf({ name: wordOf(value.ref) ?? '' }, context);
  return {
    ...{ records, rejections },
    heard: {
      sboms: [
        {
          ...{
            artifact,
            format: 'github_snapshot',
            specVersion: wordOf(String(value.version), 20) ?? '',
            tool: wordOf(detector.name, 100) ?? '',
            createdAt,
          },
          components: found.components,
          gaps: gapsOf(found, { hasDependencies, hasTimestamp: said !== undefined, hasAuthor: 'name' in detector }),
          ...{ digest: await digestOfDocument(document, createdAt), owner: ownerOf(context, artifact) },
        },
      ],
    },
  };
}
