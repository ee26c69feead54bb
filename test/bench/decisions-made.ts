/** Decisions as OPA 1.22 logs them, made up, some 1.3 KB each: an admission controller's of twelve teams. */
import { randomUUID } from 'node:crypto';

const teams = [
  'checkout',
  'search',
  'payments',
  'growth',
  'identity',
  'ledger',
  'mobile',
  'data',
  'web',
  'ops',
  'ml',
  'it',
];
const paths = ['allow', 'deny', 'mode'].flatMap(rule =>
  ['kubernetes/nonroot', 'kubernetes/limits', 'cost/tags', 'cost/budget', 'security/buckets'].map(
    at => `platform/${at}/${rule}`,
  ),
);

/** JSON texts, one a decision; `console` as OPA writes them to its standard error. */
export function decisionsText(from: number, count: number, instance: string, now: number, console = false): string[] {
  return Array.from({ length: count }, (_, step) => {
    const index = from + step;
    const team = teams[index % teams.length]!;
    const path = paths[(index * 7) % paths.length]!;
    const isDenied = index % 9 === 0;
    const result = path.endsWith('deny')
      ? isDenied
        ? ['runs as root']
        : []
      : path.endsWith('mode')
        ? { allow: !isDenied }
        : !isDenied;
    const event = {
      labels: { app: 'admission', environment: 'production', id: instance, region: 'eu-west-1', version: '1.22.2' },
      decision_id: randomUUID(),
      bundles: { platform: { revision: '5c1e0f2-2026-11-23' } },
      path,
      input: {
        environment: index % 3 === 0 ? 'staging' : 'production',
        request: { manifest: manifestOf(index, team), user: { groups: [team, 'engineers'], name: '***' } },
        service: `${team}-${index % 5}`,
        team,
      },
      ...(index % 11 === 0 ? {} : { result }),
      nd_builtin_cache: {},
      erased: ['/input/request/user/email'],
      masked: ['/input/request/user/name'],
      requested_by: '127.0.0.1:45438',
      timestamp: new Date(now + index / 20).toISOString().replace('Z', `${String(index % 1000).padStart(3, '0')}Z`),
      metrics: {
        counter_server_query_cache_hit: 0,
        timer_rego_input_parse_ns: 158_445 + index,
        timer_rego_query_compile_ns: 81_902,
        timer_rego_query_eval_ns: 379_393 - (index % 1000),
        timer_server_handler_ns: 756_584,
      },
      req_id: index + 1,
      rule_labels: [{ policy: 'non-root-containers', severity: 'high', team: 'platform' }],
    };
    return JSON.stringify(
      console
        ? {
            ...event,
            level: 'info',
            msg: 'Decision Log',
            time: '2026-11-23T17:09:54Z',
            type: 'openpolicyagent.org/decision_logs',
          }
        : event,
    );
  });
}

const manifestOf = (index: number, team: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    labels: { 'app.kubernetes.io/name': `${team}-web`, team },
    name: `${team}-web-${index % 40}`,
    namespace: team,
  },
  spec: {
    replicas: 3,
    template: {
      spec: {
        containers: [
          {
            image: `registry.example.test/${team}-web:${index % 97}`,
            name: 'c0',
            resources: { limits: { memory: '128Mi' } },
            securityContext: { privileged: index % 9 === 0 },
          },
        ],
      },
    },
  },
});
