/** SPDX 2 tag-value (`PackageName: hello`) as its JSON has it. */
import { breather } from '../../../core/breathe.ts';
import { type JsonObject, textOf } from '../../../formats/json.ts';

export const isTagValue = (bytes: Buffer): boolean =>
  // A byte order mark comes first, of UTF-8 or UTF-16.
  /^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)?(?:[^{[<]*\n)?\s*SPDXVersion:\s*SPDX-/.test(
    bytes.toString('latin1', 0, 2048).replaceAll('\0', ''),
  );

type Made = Record<string, unknown>;

/** The document, or why not. Values in `<text>` may have many lines. */
export async function spdxOfTags(bytes: Buffer): Promise<JsonObject | string> {
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  const creators: string[] = [];
  const packages: Made[] = [];
  const relationships: Made[] = [];
  const document: Made = { packages, relationships, creationInfo: { creators } };
  let [current, section]: [Made, 'document' | 'package' | 'other'] = [document, 'document'];
  const breathe = breather();
  for (const [tag, value] of tagsIn(text)) {
    if (breathe.due()) await breathe.now();
    if (tag === 'PackageName') {
      [current, section] = [{ name: value, externalRefs: [], checksums: [], annotations: [] }, 'package'];
      packages.push(current);
    } else if (['FileName', 'SnippetSPDXID', 'LicenseID', 'Reviewer'].includes(tag)) section = 'other';
    else if (tag === 'Relationship') {
      const [from, type, to] = value.split(/\s+/);
      relationships.push({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to });
    } else if (tag === 'Creator') creators.push(value);
    else if (tag === 'Created') (document.creationInfo as Made).created = value;
    else if (section === 'document') {
      const key = documentTags[tag];
      if (key) document[key] = value;
    } else if (section === 'package') packageTag(current, tag, value);
  }
  return document;
}

const documentTags: Readonly<Record<string, string | undefined>> = {
  ...{ SPDXVersion: 'spdxVersion', SPDXID: 'SPDXID', DocumentName: 'name', DocumentNamespace: 'documentNamespace' },
};

const packageTags: Readonly<Record<string, string | undefined>> = {
  ...{ SPDXID: 'SPDXID', PackageVersion: 'versionInfo', PackageDownloadLocation: 'downloadLocation' },
  ...{ PackageLicenseDeclared: 'licenseDeclared', PackageLicenseConcluded: 'licenseConcluded' },
  ...{ PackageSupplier: 'supplier', PackageOriginator: 'originator', PrimaryPackagePurpose: 'primaryPackagePurpose' },
};

function packageTag(current: Made, tag: string, value: string): void {
  const key = packageTags[tag];
  if (key) current[key] = value;
  else if (tag === 'ExternalRef') {
    const [category, type, locator] = value.split(/\s+/);
    (current.externalRefs as unknown[]).push({
      referenceCategory: category,
      referenceType: type,
      referenceLocator: locator,
    });
  } else if (tag === 'PackageChecksum') {
    const [algorithm = '', sum] = value.split(/:\s*/);
    (current.checksums as unknown[]).push({ algorithm, checksumValue: sum });
  }
}

/** Tags outside of `<text>…</text>`, in their order. */
function* tagsIn(text: string): Generator<readonly [string, string]> {
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    const parts = /^\s*([A-Za-z]+)\s*:\s*(.*?)\s*$/.exec(line);
    if (!parts) continue;
    let value = parts[2]!;
    if (value.startsWith('<text>')) {
      const begin = at - (line.length + 1) + line.indexOf('<text>') + 6;
      const close = text.indexOf('</text>', begin);
      value = text.slice(begin, close < 0 ? text.length : close);
      const next = close < 0 ? -1 : text.indexOf('\n', close);
      at = next < 0 ? text.length : next + 1;
    }
    yield [parts[1]!, value];
  }
}
