/** Documents before anyone knows what they are, of any size. */
import { readJson } from './json.ts';
import { outlineOf } from './json-outline.ts';

export interface RawDocument {
  readonly bytes: Buffer;
  /**
   * Its value where it is JSON (also `null`); undefined where it isn't: XML, tag-value, YAML, JSON lines, CSV, text; and
   * where it is too large to be made into values at once.
   */
  readonly json?: unknown;
  /** What large JSON looks like from its beginning (json-outline.ts); set where `json` isn't for its size. */
  readonly outline?: unknown;
}

/** JSON up to here is made into values at once: about a tenth of a second in which nothing else happens. */
export const wholeBytes = 8 << 20;
const headBytes = 1 << 18;

/** The document with its value, or its outline where it is large JSON. */
export async function documentOf(bytes: Buffer, whole = wholeBytes): Promise<RawDocument> {
  if (bytes.length <= whole) {
    const read = readJson(bytes);
    return 'value' in read ? { bytes, json: read.value } : { bytes };
  }
  const outline = await outlineOf(bytes.subarray(0, headBytes));
  return outline === undefined ? { bytes } : { bytes, outline };
}
