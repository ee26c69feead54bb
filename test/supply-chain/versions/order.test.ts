/** Each ecosystem's own order, by the examples of its documentation and test suites. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from '../../../exporters/supply-chain/versions/order.ts';

/** From the oldest to the newest; those between `=` are one. */
const ladders: Readonly<Record<string, readonly string[]>> = {
  'npm: semver.org, item 11':
    '1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0=1.0.0+20130313144700=v1.0.0=1.0=1 2.0.0 2.1.0 2.1.1'.split(
      ' ',
    ),
  'cargo: numbers beyond what a double holds': ['1.0.0', '1.0.99999999999999999998', '1.0.99999999999999999999'],
  'golang: pseudo-versions before and after a tag, and the toolchain': [
    'v0.0.0-20170915032832-14c0d48ead0c',
    'v1.2.3-pre',
    'v1.2.3-pre.0.20191109021931-daa7c04131f5',
    'v1.2.3',
    'v1.2.4-0.20191109021931-daa7c04131f5',
    'v1.2.4=1.2.4+incompatible',
    'go1.21rc2',
    'go1.21.0=1.21',
    '1.21.10',
  ],
  'pub: builds count': ['1.0.0-rc', '1.0.0', '1.0.0+1', '1.0.0+2'],
  'nuget: four numbers, labels in any case': [
    '1.0.1-alpha',
    '1.0.1-alpha.2',
    '1.0.1-Beta=1.0.1-beta',
    '1.0.1-beta10',
    '1.0.1-beta2',
    '1.0.1-rc',
    '1.0.1=1.0.1.0=1.0.1+metadata',
    '1.0.1.5',
    '1.0.10',
  ],
  'maven: qualifiers':
    '1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1=1.0=1.0.0=1-0=1ga=1.0.Final=1-RELEASE 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123'.split(
      ' ',
    ),
  'maven: numbers':
    '2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.9 2.9.1 2.17.1 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m'.split(
      ' ',
    ),
  'maven: log4j': [
    '2.0-beta9',
    '2.0-rc1',
    '2.0',
    '2.3.2',
    '2.9',
    '2.14.1',
    '2.15.0-rc1',
    '2.15.0',
    '2.17.1',
    '3.0.0-alpha1',
  ],
  'pypi: PEP 440':
    '1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0=1.0.0=v1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1.1 1!0.5'.split(
      ' ',
    ),
  'gem: a letter is a prerelease':
    '0.9 1.0.a.2 1.0.b1 1.0.b2 1.0.b10 1.0.rc1=1.0.0.rc1 1.0=1=1.0.0 1.0.1-alpha 1.0.1.rc1 1.0.1 1.8.2 1.10'.split(' '),
  'deb: tildes, epochs, revisions':
    '1.0~~ 1.0~~a 1.0~ 1.0~beta1~svn1245 1.0~beta1 1.0=0:1.0=1.0-0 1.0-1~bpo10+1 1.0-1 1.0-1ubuntu0.1 1.0-1+b1 1.0-1.1 1.0-10 1.0a 1.0+git1 1.0.1 1.1.1f-1ubuntu2.8 1.1.1f-1ubuntu2.16 1:0.4 1:1.2.3-1'.split(
      ' ',
    ),
  'rpm: segments, tildes, carets, epochs':
    '1.0~rc1~git123 1.0~rc1 1.0~rc2 1.0=1_0 1.0^git1~pre 1.0^git1 1.0^git2 1.0a 1.0aa 1.0.rc1 1.0.1=1.0.01 2.0.1-4.el8 2.0.1-12.el8 10xyz 10.0001=10.1 10.0039 1:0.9'.split(
      ' ',
    ),
  'alpm: letters at the end are older':
    '1.0a 1.0alpha 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1-1 1.0.1-2 1:0.5-1'.split(' '),
  'apk: suffixes before and after':
    '0.1.0_alpha_pre2 0.1.0_alpha 0.1.0_alpha2 0.1.0_beta 0.1.0_pre1 0.1.0_rc1 0.1.0=0.1.0-r0 0.1.0-r3 0.1.0-r11 0.1.0_git20200101 0.1.0_p1 0.1.0_p16 0.1.0a 0.1.0b-r1 0.1.0.1 1.0 1.01 1.02 1.1 1.1.1 1.10 3.1.4-r6 20050718-r1'.split(
      ' ',
    ),
  'composer: stabilities and branches':
    'dev-main 1.0.0-dev 1.0.0-alpha1 1.0.0-alpha.2 1.0.0-beta1 1.0.0-b2 1.0.0-RC1-dev 1.0.0-RC1 1.0.0=v1.0=1.0.0.0=1.0.0-stable 1.0.0-p1 1.0.0-patch2 1.0.1 1.10.0 1.x-dev 2.0.0'.split(
      ' ',
    ),
  'conan: missing numbers are 0': '1.0-pre.1 1.0=1=1.0.0 1.0.1 1.0.2 1.0.2a 1.0.2k 1.0.10 1.1 1.10'.split(' '),
  'generic: nobody knows': '2021.2 2021.10-rc1 2021.10 2021.10a 2021.10.1'.split(' '),
};

for (const [title, ladder] of Object.entries(ladders))
  test(title, () => {
    const type = title.split(':')[0]!;
    const steps = ladder.map(step => step.split('='));
    for (const [index, step] of steps.entries())
      for (const version of step)
        for (const [other, versions] of steps.entries())
          for (const second of versions) {
            const order = Math.sign(compareVersions(type, version, second));
            assert.equal(order, Math.sign(index - other), `${type}: ${version} and ${second}`);
          }
  });

test('what is no version of its ecosystem is compared and not thrown at', () => {
  for (const type of ['npm', 'maven', 'pypi', 'gem', 'deb', 'rpm', 'apk', 'composer', 'nuget', 'golang', 'toString'])
    for (const version of ['', 'latest', '~', '1..2', '%%', '1.0_x~^', 'ü', '9'.repeat(1_000), '-1', '.', '[1,2)']) {
      assert.ok(Number.isFinite(compareVersions(type, version, '1.0')), `${type} ${version}`);
      assert.equal(compareVersions(type, version, version), 0);
      assert.equal(
        Math.sign(compareVersions(type, version, '1.0')),
        -Math.sign(compareVersions(type, '1.0', version)) || 0,
        `${type} ${version}`,
      );
    }
  assert.ok(compareVersions('npm', '1.2.3.4', '1.2.3.10') < 0);
  assert.ok(compareVersions('pypi', '2004d-x', '2005a') < 0);
});
