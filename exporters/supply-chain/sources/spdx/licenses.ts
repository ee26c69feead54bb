/** Licences of an SPDX package: what is declared, else what someone concluded. */
import { licenseText, oneLicense } from '../../sbom/components.ts';

const none: readonly string[] = [];

export function licensesIn(fields: readonly unknown[]): readonly string[] {
  for (const field of fields) {
    const text = typeof field === 'string' ? licenseText(field) : undefined;
    if (text !== undefined) return oneLicense(text);
  }
  return none;
}
