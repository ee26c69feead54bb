/**
 * Checkov's SARIF: it names no resource, but quotes it. Its first line tells what Checkov's JSON calls the resource, so that
 * both are the same findings.
 */
import type { SarifResult } from '../../../formats/sarif/index.ts';
import type { Dialect } from '../sarif/dialect.ts';
import { checkovSeverity } from './severities.ts';

export const checkovDialect: Dialect = {
  engine: 'checkov',
  read: result => {
    const resource = resourceOf(result);
    return { severity: checkovSeverity(result.rule), ...(resource === undefined ? {} : { resource }) };
  },
};

const block = /^\s*(resource|data|module|provider|variable|output|locals)\b\s*(?:"([^"]+)")?\s*(?:"([^"]+)")?/;

/** Undefined where it is no block of Terraform. */
function resourceOf({ snippet }: SarifResult): string | undefined {
  const [, keyword, first, second] = block.exec(snippet ?? '') ?? [];
  if (keyword === 'resource' && first && second) return `${first}.${second}`;
  if (keyword === 'data' && first && second) return `${first}.${second}`;
  return keyword === 'module' && first ? first : undefined;
}
