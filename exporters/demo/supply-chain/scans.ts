/** What scanners found: Trivy in most images, Grype in those of two teams, of which one has both, and Snyk of the mobile team. */
import { chance, dayMs, isoDay } from '../chance.ts';
import { mondays, type Span, storyDay } from '../policy/story.ts';
import { type Build, buildsOf, hashOf, images, newest, outdated, unscanned, vulnerable } from './images.ts';
import { type DemoVulnerability, purlOf } from './packages.ts';

type Files = Map<string, { readonly at: Date; readonly text: string }>;

const file = (value: unknown, at: Date) => ({ at, text: `${JSON.stringify(value)}\n` });
const linkOf = (id: string) => `https://nvd.nist.gov/vuln/detail/${id}`;

export function scanFiles(span: Span, story: Date): Files {
  const files: Files = new Map();
  for (const image of images) {
    if (image.service === unscanned) continue;
    const builds = buildsOf(image, span, story);
    for (const at of mondays(span, story, 6)) {
      const build = newest(builds, at.getTime());
      if (build === undefined) continue;
      const found = vulnerable(image, at.getTime(), story);
      const name = `${image.service}-${isoDay(at)}.json`;
      if (image.team === 'mobile') files.set(`snyk/${name}`, file(snyk(build, found, at, story), at));
      else if (image.team !== 'ml') files.set(`trivy/${name}`, file(trivy(build, found, at, story), at));
      if (image.team === 'ml' || image.team === 'payments')
        files.set(`grype/${name}`, file(grype(build, found, at), at));
    }
  }
  return files;
}

/** The pipeline that scans one image breaks ten days before the story. */
const failing = 'push-notifications';
const leaking = 'cart';

function trivy({ image, tag, digest }: Build, found: readonly DemoVulnerability[], at: Date, story: Date) {
  const isOutdated = image.service === outdated;
  const results = (['deb', image.language] as const).map(type => ({
    Target: type === 'deb' ? `${image.name}:${tag} (debian 12.5)` : 'app',
    ...{ Class: type === 'deb' ? 'os-pkgs' : 'lang-pkgs', Type: targets[type] },
    Vulnerabilities: found
      .filter(one => one.type === type)
      .map(one => ({
        ...{ VulnerabilityID: one.id, PkgName: one.package.replace('/', type === 'maven' ? ':' : '/') },
        PkgIdentifier: { PURL: purlOf({ type, name: one.package, version: one.bad }) },
        ...{ InstalledVersion: one.bad, FixedVersion: one.good, Status: one.good === '' ? 'will_not_fix' : 'fixed' },
        ...{ Severity: one.severity.toUpperCase(), PrimaryURL: linkOf(one.id) },
        CVSS: { nvd: { V3Score: one.score } },
      })),
  }));
  const secret = {
    ...{ Target: '/app/.npmrc', Class: 'secret' },
    Secrets: [
      {
        ...{ RuleID: 'npm-access-token', Category: 'Npm', Severity: 'CRITICAL', Title: 'NPM access token' },
        ...{ StartLine: 1, EndLine: 1, Match: '//registry.acme.example/:_authToken=****' },
      },
    ],
  };
  const day = at.getTime();
  const leaks = image.service === leaking && day > storyDay(story, -90) && day < storyDay(story, 30);
  return {
    ...{ SchemaVersion: 2, CreatedAt: at.toISOString(), ArtifactType: 'container_image' },
    ArtifactName: `${image.name}:${tag}`,
    Metadata: {
      OS: { Family: 'debian', Name: isOutdated ? '10.13' : '12.5', ...(isOutdated ? { EOSL: true } : {}) },
      ImageID: `sha256:${hashOf('configuration', digest)}`,
      ...{ RepoTags: [`${image.name}:${tag}`], RepoDigests: [`${image.name}@${digest}`] },
    },
    Results: leaks ? [...results, secret] : results,
  };
}

const targets = { deb: 'debian', maven: 'jar', npm: 'node-pkg', pypi: 'python-pkg', golang: 'gobinary' } as const;

/** Grype's database lacks one thing in twelve that Trivy's has, and what no one mends, so that the two disagree. */
const misses = 0.08;

function grype({ image, tag, digest }: Build, found: readonly DemoVulnerability[], at: Date) {
  const reference = `${image.name}:${tag}`;
  return {
    matches: found
      .filter(
        ({ id, good }) => image.team !== 'payments' || (good !== '' && chance('grype', image.service, id) >= misses),
      )
      .map(one => ({
        vulnerability: {
          ...{ id: one.id, dataSource: linkOf(one.id), namespace: 'nvd:cpe' },
          ...{ severity: one.severity.replace(/^./, first => first.toUpperCase()), urls: [] },
          cvss: [{ version: '3.1', metrics: { baseScore: one.score } }],
          fix: one.good === '' ? { versions: [], state: 'wont-fix' } : { versions: [one.good], state: 'fixed' },
        },
        relatedVulnerabilities: [],
        matchDetails: [],
        artifact: {
          ...{ name: one.package.split('/').at(-1), version: one.bad, type: kinds[one.type], locations: [] },
          purl: purlOf({ type: one.type, name: one.package, version: one.bad }),
        },
      })),
    source: {
      type: 'image',
      target: {
        ...{ userInput: reference, imageID: `sha256:${hashOf('configuration', digest)}`, manifestDigest: digest },
        ...{ tags: [reference], repoDigests: [`${image.name}@${digest}`] },
      },
    },
    distro: { name: 'debian', version: '12', idLike: [] },
    descriptor: { name: 'grype', version: '0.87.0', timestamp: at.toISOString() },
  };
}

const kinds = { deb: 'deb', maven: 'java-archive', npm: 'npm', pypi: 'python', golang: 'go-module' } as const;

/** Ignored by the mobile team: for good reason for months to come, on a promise that has run out, and for a while. */
const ignores: Readonly<Record<string, { readonly reason: string; readonly from: number; readonly to: number }>> = {
  'CVE-2023-45853': { reason: 'not-vulnerable', from: -200, to: 200 },
  'CVE-2021-23337': { reason: 'temporary-ignore', from: -200, to: -20 },
  'CVE-2023-5678': { reason: 'wont-fix', from: -100, to: 30 },
};
/** Snyk goes on reading the file in which the rules are, also when one has expired. */

function snyk({ image, tag, digest }: Build, found: readonly DemoVulnerability[], at: Date, story: Date) {
  const head = {
    ...{ projectName: `docker-image|${image.name}`, path: `${image.name}:${tag}@${digest}`, packageManager: 'deb' },
    docker: { baseImage: 'node:20-bookworm-slim' },
  };
  if (image.service === failing && at.getTime() >= storyDay(story, -10))
    return { ...head, ok: false, error: 'Failed to get the image: unauthorized' };
  const issues = found.map(one => ({
    ...{ id: `SNYK-${one.type.toUpperCase()}-${one.id.slice(4)}`, identifiers: { CVE: [one.id] }, title: one.id },
    ...{ severity: one.severity, cvssScore: one.score, packageName: one.package, name: one.package },
    ...{ version: one.bad, fixedIn: one.good === '' ? [] : [one.good], packageManager: one.type, from: [image.name] },
  }));
  const ruleOf = (id: string) => {
    const rule = ignores[id];
    return rule && at.getTime() >= storyDay(story, rule.from) ? rule : undefined;
  };
  const isIgnored = ({ title }: (typeof issues)[number]) => ruleOf(title) !== undefined;
  return {
    ...{ ...head, ok: issues.length === 0, uniqueCount: issues.filter(one => !isIgnored(one)).length },
    vulnerabilities: issues.filter(one => !isIgnored(one)),
    filtered: {
      ignore: issues.filter(isIgnored).map(one => {
        const { reason, from, to } = ruleOf(one.title)!;
        const rule = {
          ...{ reason: 'See the ticket', reasonType: reason, ignoredBy: { email: 'ada@acme.example' } },
          created: new Date(storyDay(story, from)).toISOString(),
          expires: new Date(storyDay(story, to) + dayMs / 2).toISOString(),
        };
        return { ...one, filtered: { ignored: [rule] } };
      }),
      patch: [],
    },
  };
}
