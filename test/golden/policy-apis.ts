/** What the ledger holds of findings after two refreshes of an API: Azure Policy's, and HCP Terraform's. */
import { policySchema } from '../../exporters/policy/config.ts';
import { azurePolicySource } from '../../exporters/policy/sources/azure-policy/index.ts';
import { hcpTerraformSource } from '../../exporters/policy/sources/sentinel/index.ts';
import { type ApiRun, apiRun } from '../policy/sources/api-run.ts';
import { assignmentId, type StateWord, shop, startAzurePolicy } from '../policy/sources/azure-policy-world.ts';
import { startTerraform, token } from '../policy/sources/hcp-terraform-world.ts';

const first = '2026-11-20T12:00:00Z';
const second = '2026-11-21T12:00:00Z';

/** Something that ends with what began it. */
async function ending<T>(work: (t: { readonly after: (end: () => Promise<void>) => void }) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  try {
    return await work({ after: end => void ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

const tables = {
  findings: `SELECT engine, policy, resource, title, message, location, original_severity FROM findings`,
  states: `SELECT f.policy, f.resource, s.part, s.state, s.reason, s.severity, s.enforcement, s.opened_at, s.episode, s.occurred_at
    FROM finding_states AS s JOIN findings AS f USING (finding)`,
  reports:
    'SELECT engine, scope, completeness, reason, listed, missing, stale_seconds, occurred_at FROM finding_reports',
  tallies: 'SELECT policy, part, outcome, enforcement, results, occurred_at FROM finding_tallies',
  totals: 'SELECT policy, part, violations, listed, occurred_at FROM finding_totals',
  policies: 'SELECT scope, policy, title, enforcement, holds, occurred_at FROM finding_policies',
  exceptions: `SELECT exception, policy, resource, reason, approved_by, created_at, expires_at, is_applied, holds, occurred_at
    FROM finding_exceptions`,
  blocks: 'SELECT id, policy, resource, enforcement, message, occurred_at FROM finding_blocks',
  owners: 'SELECT attributes::VARCHAR FROM owner_keys',
} as const;

async function dump({ rows }: ApiRun): Promise<string> {
  const parts: string[] = [];
  for (const [name, sql] of Object.entries(tables)) {
    const found = await rows(sql);
    const lines = found.map(row =>
      Object.values(row)
        .map(value => (value === null || value === '' ? '-' : String(value)))
        .join(' | '),
    );
    parts.push(`## ${name}\n${lines.toSorted().join('\n')}\n`);
  }
  return parts.join('\n');
}

export const goldenAzurePolicy = (): Promise<string> =>
  ending(async t => {
    const one: StateWord = { resource: 'One', policy: 'https', state: 'NonCompliant', effect: 'Deny' };
    const azure = await startAzurePolicy(t, {
      pageSize: 2,
      states: [
        one,
        { ...one, resource: 'two', state: 'Exempt' },
        { ...one, resource: 'three', state: 'Compliant' },
        { ...one, policy: 'tags', assignment: 'base', reference: 'Tags', effect: 'Modify', tags: '{"team":"shop"}' },
        {
          ...one,
          resource: 'four',
          policy: 'tags',
          assignment: 'base',
          reference: 'Tags',
          effect: 'Modify',
          state: 'Conflict',
        },
      ],
      assignments: [
        { name: 'assign-https', policy: 'https' },
        { name: 'base', policy: 'baseline', set: true, mode: 'DoNotEnforce' },
      ],
      titles: { https: 'Secure transfer to storage accounts should be enabled' },
      exemptions: [
        {
          id: `/subscriptions/${shop}/resourceGroups/rg-shop/providers/Microsoft.Authorization/policyExemptions/waived`,
          properties: {
            policyAssignmentId: assignmentId(shop, 'assign-https'),
            exemptionCategory: 'Waiver',
            expiresOn: '2026-12-01T00:00:00Z',
          },
          systemData: { createdBy: 'ana@acme.example', createdAt: '2026-10-01T08:00:00Z' },
        },
      ],
    });
    const [config] = policySchema.parse({
      azure_policy: [{ subscriptions: [shop], credentials: azure.credentials }],
    }).azure_policy;
    const run = await apiRun(t, {
      ...{ now: first, rules: [{ name: 'tag', tag: { keys: ['team'], gives: 'team' } }] },
      source: ({ reads }) => azurePolicySource(config!, { reads, environment: {} }),
    });
    await run.refresh();
    azure.world.states = [{ ...one, state: 'Compliant' }, ...azure.world.states.slice(1, 4)];
    azure.world.summary = { 'base#Tags tags': 3 };
    await run.refresh(second);
    return dump(run);
  });

export const goldenHcpTerraform = (): Promise<string> =>
  ending(async t => {
    const policies = [
      { policy: 'no-public', result: false, print: 'aws_s3_bucket.data', description: 'No public storage' },
      { policy: 'sizes', result: false },
      { policy: 'tags', result: false, advisory: true },
      { policy: 'tls', result: true },
    ];
    const terraform = await startTerraform(t, {
      workspaces: [{ name: 'net', tags: ['team:shop'], repository: 'acme/net' }, { name: 'data' }],
      policies: [{ name: 'sizes', level: 'soft-mandatory' }],
      runs: [
        {
          ...{ id: 'run-1', createdAt: '2026-11-19T09:50:00.000Z', status: 'errored' },
          check: { status: 'hard_failed', hard: 1, soft: 1, policies },
        },
        {
          ...{ id: 'run-2', workspace: 'data', createdAt: '2026-11-19T09:55:00.000Z', status: 'planned_and_finished' },
          evaluation: {
            status: 'failed',
            outcomes: [
              { name: 'public', status: 'passed', level: 'mandatory' },
              { name: 'tags', status: 'failed', level: 'advisory', output: ['no team'] },
            ],
          },
        },
      ],
    });
    const [config] = policySchema.parse({
      hcp_terraform: [{ url: terraform.url, token, organizations: ['acme'] }],
    }).hcp_terraform;
    const run = await apiRun(t, { now: first, source: () => hcpTerraformSource(config!) });
    await run.refresh();
    terraform.world.runs = [
      ...terraform.world.runs,
      {
        ...{ id: 'run-3', createdAt: '2026-11-20T13:50:00.000Z', status: 'applied' },
        check: {
          ...{ status: 'overridden', soft: 1, at: '2026-11-20T14:00:00Z', overriddenAt: '2026-11-20T14:10:00Z' },
          policies: policies.map(one => (one.policy === 'no-public' ? { ...one, result: true } : one)),
        },
        override: { by: 'ana', at: '2026-11-20T14:10:00Z', comment: 'launch day' },
      },
    ];
    await run.refresh(second);
    return dump(run);
  });
