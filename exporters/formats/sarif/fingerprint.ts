/** What a tool says identifies a result over time (3.27.16, 3.27.17), where it does. */
import { type JsonObject, objectOf } from '../json.ts';

/** Not from one version of the code to the next: columns and lines move, and a file's hash changes with any line of it. */
const moving = /column|linenumber|start|end|filehash|commit|guid/i;
/** Some tools write a sentence where they have none: Semgrep's is "requires login". */
const isOne = (value: unknown): value is string => typeof value === 'string' && /^[^\s]{6,300}$/.test(value);

export function fingerprintOf(result: JsonObject): string | undefined {
  for (const given of [objectOf(result.fingerprints), objectOf(result.partialFingerprints)]) {
    const usable = Object.entries(given).filter(([name, value]) => !moving.test(name) && isOne(value));
    // GitHub's own comes first, as it is what its alerts are known by.
    const [first] = usable.sort(([a], [b]) => Number(isLineHash(b)) - Number(isLineHash(a)) || (a < b ? -1 : 1));
    if (first) return String(first[1]);
  }
  return undefined;
}

const isLineHash = (name: string) => /^primaryLocationLineHash/i.test(name);
