import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PackageURL } from 'packageurl-js';
import { packageUrl, purlOf, qualifiersOf } from '../../exporters/supply-chain/purl.ts';
import { corpusFolder } from './documents.ts';

/** Where ours is more lenient: it reads what the library refuses. */
function byLibrary(text: string) {
  try {
    const { type = '', namespace, name = '', version } = PackageURL.fromString(text);
    return { type, namespace: namespace ?? '', name, version: version ?? '' };
  } catch {
    return undefined;
  }
}

test('package URLs are taken apart as the library does', () => {
  for (const text of [
    ...[
      'pkg:npm/%40Acme/Shop@1.2',
      'pkg:npm/@acme/shop@1',
      'pkg:npm/@acme/shop',
      'pkg:pypi/Some_Thing@1.0%2Bx',
      'pkg:pub/a-b@1',
    ],
    ...[
      'pkg:deb/Debian/libstdc%2B%2B6@1%3A2.3-4?arch=amd64&distro=debian-12',
      'pkg:golang/github.com/A/b@v1.0.0#sub/path',
    ],
    ...[
      'pkg:maven/org.acme/core@1.0?type=jar',
      'pkg:generic/thing',
      'pkg://npm/a@1',
      'PKG:npm/a@1',
      'pkg:NPM/a@1',
      'pkg:oci/Shop@sha256%3Aab',
    ],
    ...[
      'pkg:npm//a//b@1',
      'pkg:github/Acme/Shop@v1',
      'pkg:nuget/A.B@1?x=%40#y',
      'pkg:composer/Acme/X@1',
      'pkg:npm/a@1?b=c@d/e',
    ],
    ...['pkg:npm/', 'pkg:npm', 'pkg:', '', 'npm/a@1', 'pkg:npm/%zz@1', 'pkg:npm/a@%zz', 'https://a/b', 'pkg:/a'],
  ]) {
    assert.deepEqual(purlOf(text), byLibrary(text), text);
    assert.deepEqual(purlOf(text), byLibrary(text), `${text}, again`);
  }
  assert.equal(purlOf('pkg:golang/@?type=module'), undefined, 'a module without a name');
  assert.deepEqual(qualifiersOf('pkg:npm/a?b=c%40d&e=#?f=g'), { b: 'c@d', e: '' });
  assert.deepEqual(qualifiersOf('pkg:npm/a'), {});
});

test('so are all of the corpus, and their names without version', t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const texts = new Set<string>();
  for (const file of globSync('{syft,syft-live,cyclonedx,spdx,guac,grype,trivy,openvex}/**/*.{json,golden}', {
    cwd: folder,
  }))
    for (const [text] of readFileSync(path.join(folder, file), 'utf8').matchAll(/pkg:[a-z]+\/[^"\\<>\s]+/g))
      texts.add(text);
  let [same, lenient] = [0, 0];
  for (const text of texts) {
    const [ours, theirs] = [purlOf(text), byLibrary(text)];
    if (theirs === undefined || text === 'pkg:golang/@?type=module') {
      lenient += 1;
      continue;
    }
    assert.deepEqual(ours, theirs, text);
    const { type, namespace, name } = theirs;
    // The library has none of Swift without a version.
    const canonical =
      type === 'swift' ? `pkg:swift/${namespace}/${name}` : new PackageURL(type, namespace, name).toString();
    assert.equal(ours && packageUrl(ours), canonical, text);
    same += 1;
  }
  assert.ok(same > 1000 && lenient < 10, `${same} the same, ${lenient} that the library refuses`);
});
