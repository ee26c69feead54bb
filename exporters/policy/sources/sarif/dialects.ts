/** Tools whose SARIF is read otherwise than any other. */
import { checkovDialect } from '../checkov/dialect.ts';
import { conftestDialect } from '../conftest/dialect.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [checkovDialect, conftestDialect];

/** `Semgrep OSS` is semgrep_oss; a tool without a name is `sarif`. */
export function dialectOf(tool: string): Dialect {
  const engine = tool
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return dialects.find(one => one.engine === engine) ?? { engine: engine === '' ? 'sarif' : engine };
}
