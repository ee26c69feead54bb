/** What the demo company's images are made of: packages, and vulnerabilities that those of an older version have. */

export interface DemoPackage {
  readonly type: 'maven' | 'npm' | 'pypi' | 'golang' | 'deb';
  /** With its namespace, as its package URL has it. */
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

export interface DemoVulnerability {
  readonly id: string;
  readonly type: DemoPackage['type'];
  readonly package: string;
  /** The version that has it. */
  readonly bad: string;
  /** '' where none without it exists. */
  readonly good: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly score: number;
  /** On CISA's list. */
  readonly exploited?: { readonly addedOn: string; readonly dueOn: string };
  readonly epss: number;
}

const known = (
  id: string,
  [type, name, bad, good]: readonly [DemoPackage['type'], string, string, string],
  [severity, score, epss]: readonly [DemoVulnerability['severity'], number, number],
  exploited?: readonly [addedOn: string, dueOn: string],
): DemoVulnerability => ({
  ...{ id, type, package: name, bad, good, severity, score, epss },
  ...(exploited && { exploited: { addedOn: exploited[0], dueOn: exploited[1] } }),
});

export const vulnerabilities: readonly DemoVulnerability[] = [
  known(
    'CVE-2021-44228',
    ['maven', 'org.apache.logging.log4j/log4j-core', '2.14.1', '2.17.1'],
    ['critical', 10, 0.944],
    ['2021-12-10', '2021-12-24'],
  ),
  known(
    'CVE-2022-22965',
    ['maven', 'org.springframework/spring-beans', '5.3.17', '5.3.18'],
    ['critical', 9.8, 0.943],
    ['2022-04-04', '2022-04-25'],
  ),
  known(
    'CVE-2022-42003',
    ['maven', 'com.fasterxml.jackson.core/jackson-databind', '2.13.2', '2.13.4.2'],
    ['high', 7.5, 0.003],
  ),
  known('CVE-2022-1471', ['maven', 'org.yaml/snakeyaml', '1.30', '2.0'], ['high', 8.3, 0.938]),
  known('CVE-2024-1597', ['maven', 'org.postgresql/postgresql', '42.5.0', '42.5.5'], ['critical', 9.8, 0.007]),
  known('CVE-2024-47554', ['maven', 'commons-io/commons-io', '2.11.0', '2.14.0'], ['medium', 4.3, 0.002]),
  known('CVE-2021-23337', ['npm', 'lodash', '4.17.20', '4.17.21'], ['high', 7.2, 0.006]),
  known('CVE-2024-39338', ['npm', 'axios', '1.7.2', '1.7.4'], ['high', 7.5, 0.01]),
  known('CVE-2024-29041', ['npm', 'express', '4.18.2', '4.19.2'], ['medium', 6.1, 0.001]),
  known('CVE-2024-37890', ['npm', 'ws', '8.16.0', '8.17.1'], ['high', 7.5, 0.004]),
  known('CVE-2024-47764', ['npm', 'cookie', '0.5.0', '0.7.0'], ['low', 3.7, 0.001]),
  known('CVE-2023-32681', ['pypi', 'requests', '2.30.0', '2.31.0'], ['medium', 6.1, 0.061]),
  known('CVE-2023-4863', ['pypi', 'pillow', '10.0.0', '10.0.1'], ['high', 8.8, 0.94], ['2023-09-13', '2023-10-04']),
  known('CVE-2020-14343', ['pypi', 'pyyaml', '5.3.1', '5.4'], ['critical', 9.8, 0.14]),
  known('CVE-2024-22195', ['pypi', 'jinja2', '3.1.2', '3.1.3'], ['medium', 5.4, 0.001]),
  known('CVE-2024-23334', ['pypi', 'aiohttp', '3.9.1', '3.9.2'], ['high', 7.5, 0.936]),
  known('CVE-2023-39325', ['golang', 'golang.org/x/net', 'v0.16.0', 'v0.17.0'], ['high', 7.5, 0.002]),
  known('CVE-2023-48795', ['golang', 'golang.org/x/crypto', 'v0.16.0', 'v0.17.0'], ['medium', 5.9, 0.63]),
  known('CVE-2024-3094', ['deb', 'liblzma5', '5.6.0-0.2', '5.6.1+really5.4.5-1'], ['critical', 10, 0.84]),
  known(
    'CVE-2023-4911',
    ['deb', 'libc6', '2.36-9+deb12u1', '2.36-9+deb12u3'],
    ['high', 7.8, 0.75],
    ['2023-11-21', '2023-12-12'],
  ),
  known('CVE-2023-5678', ['deb', 'libssl3', '3.0.11-1~deb12u1', '3.0.13-1~deb12u1'], ['medium', 5.3, 0.008]),
  known('CVE-2023-45853', ['deb', 'zlib1g', '1:1.2.13.dfsg-1', ''], ['critical', 9.8, 0.01]),
];

/** What has no vulnerability, and is there for its licence. */
const others: readonly DemoPackage[] = [
  { type: 'maven', name: 'org.slf4j/slf4j-api', version: '2.0.13', license: 'MIT' },
  { type: 'npm', name: 'typescript', version: '5.5.4', license: 'Apache-2.0' },
  { type: 'pypi', name: 'numpy', version: '1.26.4', license: 'BSD-3-Clause' },
  { type: 'golang', name: 'github.com/spf13/cobra', version: 'v1.8.1', license: 'Apache-2.0' },
  { type: 'deb', name: 'base-files', version: '12.4+deb12u5', license: 'GPL-2.0-or-later' },
];

/** Of a library that nobody may distribute, and of one that is better asked about. */
export const agpl: DemoPackage = { type: 'pypi', name: 'pymupdf', version: '1.24.9', license: 'AGPL-3.0-only' };
export const gpl: DemoPackage = { type: 'pypi', name: 'unidecode', version: '1.3.8', license: 'GPL-3.0-only' };

export const purlOf = ({ type, name, version }: Pick<DemoPackage, 'type' | 'name' | 'version'>): string =>
  `pkg:${type}/${type === 'deb' ? 'debian/' : ''}${name}@${encodeURIComponent(version)}`;

export type Language = Exclude<DemoPackage['type'], 'deb'>;

/** All packages of an image, of which some have the version that is vulnerable. */
export function packagesOf(
  language: Language,
  isBad: (one: DemoVulnerability) => boolean,
  more: readonly DemoPackage[] = [],
): readonly DemoPackage[] {
  const isIn = ({ type }: { readonly type: DemoPackage['type'] }) => type === language || type === 'deb';
  return [
    ...vulnerabilities.filter(isIn).map(one => ({
      ...{ type: one.type, name: one.package, license: one.type === 'maven' ? 'Apache-2.0' : 'MIT' },
      version: one.good === '' || isBad(one) ? one.bad : one.good,
    })),
    ...others.filter(isIn),
    ...more,
  ];
}
