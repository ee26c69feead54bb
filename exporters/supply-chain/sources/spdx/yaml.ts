/** SPDX 2 as YAML: the same document as its JSON. */
import { parse } from 'yaml';
import { isObject, type JsonObject, textOf } from '../../../formats/json.ts';

/** The parser takes much memory and doesn't let others run. */
const mostBytes = 8 << 20;

export const isSpdxYaml = (bytes: Buffer): boolean => {
  const head = bytes.toString('latin1', 0, 4096).replaceAll('\0', '');
  if (/^\s*[{<]/.test(head)) return false;
  if (/^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)?\s*["']?spdxVersion["']?\s*:\s*["']?SPDX-2/m.test(head)) return true;
  // Programs in Go sort the names, so that the version is the last but a few.
  const isDocument = /^(?:\xEF\xBB\xBF)?["']?SPDXID["']?\s*:\s*["']?SPDXRef-DOCUMENT/m.test(head);
  return isDocument && ['\nspdxVersion:', '\n"spdxVersion":'].some(name => bytes.includes(name));
};

export function spdxOfYaml(bytes: Buffer): JsonObject | string {
  if (bytes.length > mostBytes) return 'too_large';
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  try {
    // Times stay texts; aliases are bounded, or a small document becomes a huge one.
    const value: unknown = parse(text, { schema: 'failsafe', maxAliasCount: 100 });
    return isObject(value) ? value : 'not_spdx';
  } catch {
    return 'not_yaml';
  }
}
