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

/** Names of a block may stand without quotes. */
const block = /^\s*(resource|data|module|provider)\s+"?([\w-]+)"?(?:\s+"?([\w-]+)"?)?\s*\{/;
const alias = /^\s*alias\s*=\s*"([^"]+)"/m;

/** Undefined where it is no block of Terraform. */
function resourceOf({ snippet = '' }: SarifResult): string | undefined {
  const [, keyword, first, second] = block.exec(snippet) ?? [];
  if (keyword === 'provider') return `${first}.${alias.exec(snippet)?.[1] ?? 'default'}`;
  if (keyword === 'module') return first;
  return first === undefined || second === undefined ? undefined : `${first}.${second}`;
}
