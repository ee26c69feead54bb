/**
 * conftest's SARIF: rules are `PACKAGE/deny`, passes are results of level none, exceptions notes. A rule's properties are
 * those of whatever it said first, so they say nothing of the others.
 */
import type { Dialect } from '../sarif/dialect.ts';
import { conftestPolicy, conftestResource, exceptedRule } from './identity.ts';

export const conftestDialect: Dialect = {
  engine: 'conftest',
  read: ({ rule, message = '', path = '' }) => {
    const [, name = rule, kind = ''] = /^(.*)\/([^/]+)$/.exec(rule) ?? [];
    const severity = 'unknown';
    if (kind === 'success') return { policy: name, resource: path, outcome: 'pass', severity, enforcement: 'audit' };
    if (kind === 'skip') return { policy: name, resource: path, outcome: 'skip', severity, enforcement: 'audit' };
    if (kind === 'allow') {
      const policy = `${name}/${exceptedRule(message)}`;
      return { policy, resource: path, outcome: 'excepted', severity, enforcement: 'enforce' };
    }
    const enforcement = kind === 'warn' ? 'warn' : 'enforce';
    const policy = conftestPolicy({ query: `data.${name}.${kind}`, message });
    return { policy, resource: conftestResource(path, message), severity, enforcement };
  },
};
