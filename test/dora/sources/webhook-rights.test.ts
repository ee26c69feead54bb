/** Who may post what webhooks carry: whoever signs it, and no team's token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { PushSource, SourceContext } from '../../../exporters/core/source.ts';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { doraExporter } from '../../../exporters/dora/index.ts';

const secret = 'secret-of-a-test-0123456789';
const config = doraSchema.parse({
  github: [{ webhook_secrets: [{ secret }] }],
  gitlab: [{ webhook_secret: secret }],
  pagerduty: [{ webhook_secret: secret }],
  four_keys: { secret },
});

test("a team's token posts no webhook, whatever it says: they tell of all teams", async () => {
  const { sources } = doraExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})));
  const webhooks = sources.filter((one): one is PushSource => one.kind === 'push' && one.name !== 'events');
  assert.deepEqual(webhooks.map(({ name }) => name).sort(), [
    'four-keys',
    'github-webhooks',
    'gitlab-webhooks',
    'pagerduty-webhooks',
  ]);
  const body = JSON.stringify({
    event: { id: 'e1', event_type: 'incident.triggered', occurred_at: '2026-11-10T08:00:00Z', data: {} },
  });
  for (const { name, accept } of webhooks)
    await assert.rejects(
      async () =>
        accept({ now: () => new Date() } as SourceContext, {
          ...{ body: Buffer.from(body), headers: { 'x-github-event': 'ping', 'user-agent': 'argocd' }, query: {} },
          principal: { name: 'shop-token', role: 'team', team: 'shop' },
        }),
      { code: 'PUSH_FORBIDDEN' },
      name,
    );
});
