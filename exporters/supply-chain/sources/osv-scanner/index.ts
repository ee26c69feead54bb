/**
 * OSV-Scanner's JSON (github.com/google/osv-scanner, pkg/models/results.go, versions 1 and 2; vulnerabilities as
 * ossf.github.io/osv-schema has them). What it calls a group is one vulnerability by its several ids.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { FindingClass, Found, Scan } from '../../document.ts';
import { packageNames } from '../../packages.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import {
  completenessOf,
  digestOf,
  ownerOfArtifact,
  placeArtifact,
  present,
  rejection,
  scansReading,
} from '../../scanned.ts';
import { type InPackage, licensesOf, vulnerabilitiesOf } from './package.ts';

export const osvScanner: DocumentKind = {
  kind: 'osv-scanner',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isOsv(json),
  read: async ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    if (!isOsv(json)) return faulty('not_osv_scanner');
    // It names files of the machine that it ran on, and never whose they are.
    const artifact = placeArtifact(context.place);
    if (artifact === undefined) return faulty('missing_subject');
    const packageName = packageNames();
    const breathe = breather();
    const found: Found[] = [];
    const rejections: Rejection[] = [];
    let records = 0;
    let line = 0;
    for (const source of listOf(json.results))
      for (const item of listOf(objectOf(source).packages)) {
        if (breathe.due()) await breathe.now();
        line += 1;
        const location = locationOf(objectOf(objectOf(source).source));
        const read = isObject(item) ? readPackage(item, { packageName, location }) : ['not_an_object'];
        records += read.length;
        for (const one of read)
          if (typeof one === 'string') rejections.push(rejection(context, { line, reason: one, field: 'packages' }));
          else found.push(one);
      }
    const scannedAt = context.at.toISOString();
    const scan: Scan = {
      artifact,
      scanner: 'osv_scanner',
      scannedAt,
      classes: classesOf(json),
      ...completenessOf(rejections.length),
      found,
      ...present({ os: osOf(objectOf(json.image_metadata)) }),
      digest: digestOf(bytes, scannedAt),
      owner: ownerOfArtifact(artifact, context),
    };
    return scansReading([scan], records, rejections);
  },
};

const readPackage = (item: JsonObject, within: InPackage): readonly (Found | string)[] => [
  ...vulnerabilitiesOf(item, within),
  ...licensesOf(item, within),
];

/** Policy engines have `results` too; these are by source, and `null` where nothing was found. */
const isOsv = (value: unknown): value is JsonObject => {
  if (!isObject(value) || !('results' in value)) return false;
  const [first] = listOf(value.results);
  if (first === undefined) return 'experimental_config' in value || 'image_metadata' in value;
  return (
    isObject(first) && isObject(first.source) && Array.isArray(first.packages) && typeof first.source.type === 'string'
  );
};

/** Relative to nothing that is known: the end of it is what people know it by. */
const locationOf = ({ path }: JsonObject): string | undefined => wordOf(path, 1000);

function classesOf({ experimental_config: config }: JsonObject): readonly FindingClass[] {
  const { summary, allowlist } = objectOf(objectOf(config).licenses);
  const hasLicenses = summary === true || (Array.isArray(allowlist) && allowlist.length > 0);
  return ['vulnerability', ...(hasLicenses ? (['license'] as const) : [])];
}

/** `os` is the text of PRETTY_NAME: `Alpine Linux v3.20`. */
function osOf({ os }: JsonObject): Scan['os'] {
  const { family, version } = /^(?<family>\w+).*?(?<version>\d[\w.]*)/.exec(wordOf(os, 200) ?? '')?.groups ?? {};
  return family === undefined || version === undefined ? undefined : { family: family.toLowerCase(), version };
}
