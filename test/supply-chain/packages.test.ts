/** One package by one name, whoever says it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aliasesOf, isBundle } from '../../exporters/supply-chain/advisories.ts';
import { packageNames, packageOf } from '../../exporters/supply-chain/packages.ts';

test('a package URL loses its version, qualifiers and subpath, and its distribution gets one name', () => {
  const cases: Readonly<Record<string, string>> = {
    'pkg:npm/%40babel/core@7.0.0': 'pkg:npm/%40babel/core',
    'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar#x': 'pkg:maven/org.apache.logging.log4j/log4j-core',
    'pkg:golang/github.com/docker/distribution@v2.7.1%2Bincompatible': 'pkg:golang/github.com/docker/distribution',
    'pkg:rpm/rhel/bash@4.4?arch=x86_64&distro=rhel-8.7': 'pkg:rpm/redhat/bash',
    'pkg:rpm/redhat/bash@4.4': 'pkg:rpm/redhat/bash',
    'pkg:rpm/alma/openssl-libs@1': 'pkg:rpm/almalinux/openssl-libs',
    'pkg:rpm/opensuse.leap/zlib@1': 'pkg:rpm/opensuse/zlib',
    'pkg:rpm/cbl-mariner/vim@8': 'pkg:rpm/mariner/vim',
    'pkg:deb/debian/libssl1.1@1.1.0k-1~deb9u1?arch=amd64': 'pkg:deb/debian/libssl1.1',
    'pkg:pypi/Werkzeug@0.11': 'pkg:pypi/werkzeug',
  };
  for (const [purl, name] of Object.entries(cases)) assert.equal(packageOf({ purl, name: 'x' }), name);
});

test('without a package URL it is made of the type and the name that each scanner uses', () => {
  const cases = [
    ['jar', 'org.apache.avro:avro', undefined, 'pkg:maven/org.apache.avro/avro'],
    ['java-archive', 'avro', 'org.apache.avro', 'pkg:maven/org.apache.avro/avro'],
    ['Maven', 'org.apache.avro:avro', undefined, 'pkg:maven/org.apache.avro/avro'],
    ['node-pkg', '@babel/core', undefined, 'pkg:npm/%40babel/core'],
    ['gobinary', 'golang.org/x/net', undefined, 'pkg:golang/golang.org/x/net'],
    ['pipenv', 'My_Lib', undefined, 'pkg:pypi/my-lib'],
    ['composer', 'symfony/http-kernel', undefined, 'pkg:composer/symfony/http-kernel'],
    ['redhat', 'bash', undefined, 'pkg:rpm/redhat/bash'],
    ['oracle', 'curl', undefined, 'pkg:rpm/oracle/curl'],
    ['opensuse-tumbleweed', 'zlib', undefined, 'pkg:rpm/opensuse/zlib'],
    ['suse linux enterprise server', 'zlib', undefined, 'pkg:rpm/suse/zlib'],
    ['rpm', 'bash', 'rhel', 'pkg:rpm/redhat/bash'],
    ['deb', 'bash', 'ubuntu', 'pkg:deb/ubuntu/bash'],
    ['Debian:12', 'bash', undefined, 'pkg:deb/debian/bash'],
    ['Alpine:v3.20', 'musl', undefined, 'pkg:apk/alpine/musl'],
    ['crates.io', 'ammonia', undefined, 'pkg:cargo/ammonia'],
    ['gemspec', 'activesupport', undefined, 'pkg:gem/activesupport'],
    ['packages-props', 'Newtonsoft.Json', undefined, 'pkg:nuget/Newtonsoft.Json'],
    ['binary', 'java', undefined, 'pkg:generic/java'],
    ['something new', 'java', undefined, 'java'],
    ['constructor', 'java', undefined, 'java'],
    [undefined, 'libc6', undefined, 'libc6'],
  ] as const;
  for (const [type, name, namespace, expected] of cases)
    assert.equal(packageOf({ type, name, namespace }), expected, `${type} ${name}`);
  // One that can't be read doesn't stand in the way of the name.
  assert.equal(packageOf({ purl: 'pkg:', type: 'npm', name: 'jquery' }), 'pkg:npm/jquery');
  const names = packageNames();
  assert.equal(names({ type: 'npm', name: 'a' }), names({ type: 'npm', name: 'a' }));
  assert.notEqual(names({ type: 'npm', name: 'a' }), names({ type: 'gem', name: 'a' }));
});

test('advisories of distributions are no other names, but for those of one vulnerability', () => {
  for (const id of ['RHSA-2023:1533', 'ELSA-2021-1', 'ALAS2-2020-1', 'DSA-5020-1', 'USN-4376-1', 'SUSE-SU-2020:1'])
    assert.equal(isBundle(id), true, id);
  for (const id of [
    'CVE-2020-1',
    'GHSA-jfh8-c2jp-5v3q',
    'GO-2024-1',
    'PYSEC-2024-1',
    'SNYK-JS-LODASH-1',
    'MAL-2023-1035',
  ])
    assert.equal(isBundle(id), false, id);
  assert.deepEqual(aliasesOf('GHSA-a', ['CVE-1', 'DSA-1-1', 'GHSA-a', undefined, 'CVE-1', '']), ['CVE-1']);
  assert.deepEqual(aliasesOf('ELSA-1', ['CVE-1', 'CVE-2']), []);
  assert.deepEqual(aliasesOf('ELSA-1', ['CVE-1']), ['CVE-1']);
});
