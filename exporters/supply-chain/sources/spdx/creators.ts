/** Who made a document. */
import { isObject, wordOf } from '../../../formats/json.ts';

/** `Tool: syft-1.57.0`, `Organization: Anchore, Inc`; older tools write objects (`{"Person": "…"}`). */
export function creatorOf(value: unknown): { readonly kind: string; readonly name: string } | undefined {
  const [entry] = isObject(value) ? Object.entries(value) : [];
  const text = entry ? `${entry[0]}: ${String(entry[1])}` : wordOf(value, 300);
  const parts = /^(tool|person|organization):\s*(.+)$/i.exec(text ?? '');
  if (!parts) return undefined;
  const kind = parts[1]!.toLowerCase();
  return { kind, name: kind === 'tool' ? toolName(parts[2]!) : parts[2]! };
}

/** Without its version: `syft-1.57.0`, `trivy-dev`, `syft-[not provided]`. */
export const toolName = (text: string): string => text.replace(/[-@ ](?:v?\d[\w.+-]*|\[.*\]|\(.*\)|dev)?$/, '');
