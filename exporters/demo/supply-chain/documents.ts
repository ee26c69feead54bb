/** What runs where, what images are made of, what is said of vulnerabilities, and which are exploited. */
import { dayMs, isoDay } from '../chance.ts';
import { mondays, type Span, storyDay } from '../policy/story.ts';
import { type Build, buildsOf, hashOf, images, newest, vulnerable } from './images.ts';
import { agpl, gpl, packagesOf, purlOf, vulnerabilities } from './packages.ts';

type File = { readonly at: Date; readonly text: string };
type Files = Map<string, File>;

const file = (value: unknown, at: Date): File => ({ at, text: `${JSON.stringify(value)}\n` });
const hourMs = 3_600_000;

/** Some run in staging too, a day earlier. */
const staged = ['checkout-api', 'payments-api', 'event-pipeline', 'login', 'inference'];

/** Days from the story; before, only what came of a rollout was written down. */
const detailedFrom = -35;

/** Nobody builds it, and no entry of the catalog explains it. */
const nobodys = {
  ...{ image: `docker.io/handy/tunnel:latest@sha256:${hashOf('image', 'tunnel', 'latest')}` },
  ...{ workload: 'deployment/tunnel', container: 'tunnel', replicas: 1 },
};
const nobodysFrom = -21;

/** Each list is all of an environment, team by team. On the day of a build old and new run beside each other. */
export function runningFiles(span: Span, story: Date): Files {
  const files: Files = new Map();
  const all = images.map(image => ({ image, builds: buildsOf(image, span, story) }));
  for (const monday of mondays(span, story, 5)) {
    const list = (environment: string, at: Date, wanted: (service: string) => boolean, isRollout: boolean) => {
      if (at >= span.until) return;
      const rows = all
        .filter(({ image: { service } }) => wanted(service))
        .flatMap(({ image, builds }) => {
          const now = newest(builds, at.getTime());
          const before = now?.at.getTime() === monday.getTime() ? builds[builds.indexOf(now) - 1] : undefined;
          const both: [Build | undefined, number][] = isRollout
            ? [
                [now, before ? 1 : 3],
                [before, 2],
              ]
            : [[now, 3]];
          return both.flatMap(([build, replicas]) =>
            build
              ? [
                  {
                    ...{ image: `${image.name}:${build.tag}@${build.digest}`, workload: `deployment/${image.service}` },
                    ...{ container: 'app', replicas, service: image.service, environment },
                    place: `${environment}/${image.team}`,
                    started: build.at.toISOString(),
                  },
                ]
              : [],
          );
        });
      const isThere = environment === 'production' && at.getTime() >= storyDay(story, nobodysFrom);
      const rest = isThere ? [{ ...nobodys, environment, place: `${environment}/sandbox` }] : [];
      files.set(
        `running/${environment}-${at.toISOString().slice(0, 13)}.json`,
        file({ environment, at: at.toISOString(), images: [...rows, ...rest] }, at),
      );
    };
    // Before anything is scanned: else nobody could say whose that is.
    const isDetailed = monday.getTime() >= storyDay(story, detailedFrom);
    list('staging', new Date(monday.getTime() + hourMs / 3), service => staged.includes(service), false);
    list('production', new Date(monday.getTime() + hourMs / 3), () => true, isDetailed);
    if (isDetailed) list('production', new Date(monday.getTime() + 27 * hourMs), () => true, false);
  }
  return files;
}

/** Of one image no one makes any. */
const withoutSbom = 'feature-store';

/** CycloneDX of most, Syft's own of some; made with each build. */
export function sbomFiles(span: Span, story: Date): Files {
  const files: Files = new Map();
  for (const image of images.filter(({ service }) => service !== withoutSbom))
    for (const build of buildsOf(image, span, story)) {
      const at = new Date(build.at.getTime() + 300_000);
      const bad = vulnerable(image, at.getTime(), story);
      const more = image.service === 'reports' ? [agpl, gpl] : image.service === 'inference' ? [gpl] : [];
      const packages = packagesOf(image.language, one => bad.includes(one), more);
      const isSyft = image.team === 'platform';
      const name = `${image.service}-${isoDay(at)}.json`;
      files.set(`sboms/${name}`, file(isSyft ? syft(build, packages) : cyclonedx(build, packages, at), at));
    }
  return files;
}

type Packages = ReturnType<typeof packagesOf>;

function cyclonedx({ image, tag, digest }: Build, packages: Packages, at: Date) {
  const root = `${image.name}@${digest}`;
  const serial = hashOf('sbom', digest);
  const uuid = [8, 4, 4, 4, 12].map((length, index) => serial.slice(index * 8, index * 8 + length)).join('-');
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1 },
    metadata: {
      timestamp: at.toISOString(),
      tools: { components: [{ type: 'application', name: 'cdxgen', version: '10.9.2' }] },
      // One pipeline doesn't say who it is.
      ...(image.service === 'cart' ? {} : { authors: [{ name: `Team ${image.team}` }] }),
      component: {
        ...{ type: 'container', 'bom-ref': root, name: image.name, version: digest },
        purl: `pkg:oci/${image.service}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(image.name)}&tag=${tag}`,
      },
    },
    components: packages.map(one => ({
      ...{ type: 'library', 'bom-ref': purlOf(one), name: one.name.split('/').at(-1), version: one.version },
      ...{ purl: purlOf(one), licenses: [{ license: { id: one.license } }] },
    })),
    // Of one team's nobody knows what depends on what.
    ...(image.team === 'mobile' ? {} : { dependencies: [{ ref: root, dependsOn: packages.map(purlOf) }] }),
  };
}

function syft({ image, tag, digest }: Build, packages: Packages) {
  const types = { deb: 'deb', maven: 'java-archive', npm: 'npm', pypi: 'python', golang: 'go-module' } as const;
  const id = (one: Packages[number]) => hashOf(purlOf(one)).slice(0, 16);
  return {
    artifacts: packages.map(one => ({
      ...{ id: id(one), name: one.name.split('/').at(-1), version: one.version, type: types[one.type] },
      ...{ foundBy: 'cataloger', locations: [], language: '', cpes: [], purl: purlOf(one) },
      licenses: [{ value: one.license, spdxExpression: one.license, type: 'declared', urls: [], locations: [] }],
    })),
    artifactRelationships: packages.map(one => ({ parent: digest, child: id(one), type: 'contains' })),
    files: [],
    source: {
      ...{ id: digest, name: image.name, version: digest, type: 'image' },
      metadata: {
        ...{ userInput: `${image.name}:${tag}`, imageID: `sha256:${hashOf('configuration', digest)}` },
        ...{ manifestDigest: digest, tags: [`${image.name}:${tag}`], repoDigests: [`${image.name}@${digest}`] },
      },
    },
    distro: { name: 'debian', version: '12', id: 'debian', versionID: '12' },
    descriptor: { name: 'syft', version: '1.18.1' },
    schema: {
      version: '16.0.18',
      url: 'https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.0.18.json',
    },
  };
}

/** Says of one image that it has log4j and is not affected, and of another that nobody knows yet. */
export function vexFiles({ until }: Span, story: Date): Files {
  const at = new Date(storyDay(story, -30));
  const say = (service: string, name: string, status: object) => ({
    vulnerability: { name },
    products: [{ '@id': images.find(one => one.service === service)!.name }],
    ...status,
  });
  const document = {
    ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'https://acme.example/vex/1', version: 1 },
    ...{ author: 'security@acme.example', timestamp: at.toISOString() },
    statements: [
      say('indexer', 'CVE-2021-44228', {
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
      }),
      say('event-pipeline', 'CVE-2021-44228', { status: 'under_investigation' }),
    ],
  };
  return new Map(at < until ? [['vex/log4j.json', file(document, at)]] : []);
}

/** CISA's list as of the story of a year ago, and FIRST's scores of every fourth week. */
export function exploitedFiles(span: Span, story: Date): Files {
  const times = mondays(span, story, 4);
  const [first = span.from] = times;
  const listed = vulnerabilities.flatMap(one =>
    one.exploited
      ? [
          {
            ...{ cveID: one.id, dateAdded: one.exploited.addedOn, dueDate: one.exploited.dueOn },
            ...{ vulnerabilityName: one.package, knownRansomwareCampaignUse: one.score === 10 ? 'Known' : 'Unknown' },
          },
        ]
      : [],
  );
  const catalogue = {
    ...{ title: 'CISA Catalog of Known Exploited Vulnerabilities', catalogVersion: isoDay(first) },
    ...{ dateReleased: first.toISOString(), count: listed.length, vulnerabilities: listed },
  };
  const rows = vulnerabilities.map(({ id, epss }) => `${id},${epss},${Math.min(0.999, 0.4 + epss / 2).toFixed(5)}\n`);
  const files: Files = new Map([['exploited/known.json', file(catalogue, first)]]);
  for (const at of times.filter(one => Math.floor(one.getTime() / dayMs / 7) % 4 === 0 || one === first))
    files.set(`exploited/epss-${isoDay(at)}.csv`, {
      at,
      text: `#model_version:v2025.03.14,score_date:${isoDay(at)}T00:00:00+0000\ncve,epss,percentile\n${rows.join('')}`,
    });
  return files;
}
