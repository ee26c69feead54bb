/** Gatekeeper by the Kubernetes API: a local server with its paging, discovery and faults. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { policySchema } from '../../../../exporters/policy/config.ts';
import { type ClusterOptions, startCluster } from '../../../vendors/kubernetes/api-server.ts';
import { audit, text } from './log-lines.ts';
import { constraint, names, template } from './objects.ts';
import { gatekeeperRun } from './run.ts';

const at = (minute: number) => `2026-11-20T09:${String(minute).padStart(2, '0')}:00Z`;
const clock = (minute: number, hour = 9) =>
  `2026-11-20T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:40Z`;
const served = {
  v1: { namespaces: 'Namespace' },
  'constraints.gatekeeper.sh/v1beta1': {
    k8scontainerlimits: 'K8sContainerLimits',
    k8srequiredlabels: 'K8sRequiredLabels',
  },
  'constraints.gatekeeper.sh/v1alpha1': { k8scontainerlimits: 'K8sContainerLimits' },
  'templates.gatekeeper.sh/v1': { constrainttemplates: 'ConstraintTemplate' },
};

async function start(
  t: TestContext,
  { options = {}, item = {} }: { options?: Partial<ClusterOptions>; item?: object } = {},
) {
  const cluster = await startCluster(t, { served, ...options });
  const config = { cluster: 'prod', server: cluster.url, environment: 'production', ...item };
  return { cluster, run: await gatekeeperRun(t, { gatekeeper: [config] }) };
}

const source = 'gatekeeper-prod';
const policies = `SELECT policy, title, enforcement, severity, holds FROM finding_policies
  QUALIFY row_number() OVER (PARTITION BY policy ORDER BY occurred_at DESC, learned_at DESC) = 1 ORDER BY policy`;

test('constraints of every kind are read page by page, with their modes, titles and owners', async t => {
  const { cluster, run } = await start(t);
  for (let number = 0; number < 1203; number += 1)
    cluster.apply(constraint({ name: `c${number}`, at: at(0), listed: [`app${number}x`], action: 'warn' }));
  cluster.apply(
    constraint({ kind: 'K8sRequiredLabels', name: 'owner', action: 'dryrun', labels: { severity: 'high' } }),
  );
  cluster.apply(template('K8sContainerLimits', 'Container limits'));
  cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'checkout' } } });
  const { error, records } = await run.refresh(source, clock(1));
  assert.deepEqual([error, records], [undefined, 1204]);
  const asked = cluster.asked.map(({ path }) => path);
  assert.equal(asked.filter(path => path.endsWith('/k8scontainerlimits')).length, 3);
  assert.equal((await run.states()).length, 1203);
  const [first, , last] = [(await run.rows(policies))[0], 0, (await run.rows(policies)).at(-1)];
  assert.deepEqual(
    [first, last],
    [
      {
        policy: 'K8sContainerLimits/c0',
        title: 'Container limits',
        enforcement: 'warn',
        severity: 'unknown',
        holds: true,
      },
      { policy: 'K8sRequiredLabels/owner', title: '', enforcement: 'dryrun', severity: 'high', holds: true },
    ],
  );
  assert.deepEqual(await run.rows(`SELECT DISTINCT scope, occurred_at::VARCHAR AS since FROM finding_states`), [
    { scope: 'cluster:prod', since: '2026-11-20 09:00:00' },
  ]);
});

test('a refresh that tells nothing new changes nothing, also after a restart; an audit that finds the same is another look', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(constraint({ at: at(0), listed: ['cart'] }));
  assert.notEqual((await run.refresh(source, clock(1))).changed, 0);
  assert.equal((await run.refresh(source, clock(2))).changed, 0);
  await run.restart();
  assert.equal((await run.refresh(source, clock(3))).changed, 0);
  cluster.apply(constraint({ at: at(4), listed: ['cart'] }));
  await run.refresh(source, clock(5));
  assert.deepEqual(await run.reports(), ['09:00 complete', '09:04 complete']);
  assert.deepEqual(await run.states(), ['cart open']);
});

test('of a list that is cut the rest is unknown, and how much is missing is known', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(constraint({ at: at(0), listed: names(19) }));
  await run.refresh(source, clock(0));
  cluster.apply(constraint({ at: at(1), listed: names(20, 10), total: 57 }));
  await run.refresh(source, clock(1));
  const states = await run.states();
  assert.deepEqual([states.length, states.filter(state => state.endsWith('unknown(truncated)')).length], [30, 10]);
  assert.deepEqual(
    await run.rows(
      'SELECT violations::INTEGER AS violations, listed::INTEGER AS listed FROM finding_totals ORDER BY occurred_at DESC LIMIT 1',
    ),
    [{ violations: 57, listed: 20 }],
  );
});

test('a constraint that is deleted, or whose kind is, takes its findings along; its mode holds no longer', async t => {
  const { cluster, run } = await start(t);
  const labels = constraint({ kind: 'K8sRequiredLabels', name: 'owner', at: at(0), listed: ['till'] });
  for (const object of [constraint({ at: at(0), listed: ['cart'] }), labels]) cluster.apply(object);
  await run.refresh(source, clock(0));
  cluster.remove(labels);
  await run.refresh(source, clock(1));
  assert.deepEqual(await run.states(), ['cart open', 'till resolved(gone)']);
  assert.deepEqual(
    (await run.rows(policies)).map(({ policy, holds }) => [policy, holds]),
    [
      ['K8sContainerLimits/container-must-have-limits', true],
      ['K8sRequiredLabels/owner', false],
    ],
  );
});

test("the log's whole list wins over a status that is cut, which takes over once the log is silent", async t => {
  const { cluster, run } = await start(t);
  const all = names(57).map(name => ({ name }));
  run.write('audit.log', text(audit(at(0), all)), clock(0));
  await run.refresh('logs', clock(0));
  cluster.apply(constraint({ at: at(0), listed: names(20), total: 57 }));
  await run.refresh(source, clock(1));
  // The next audit, whose log has not come yet.
  cluster.apply(constraint({ at: at(2), listed: names(20), total: 57 }));
  await run.refresh(source, clock(3));
  assert.deepEqual([...new Set((await run.states()).map(state => state.replace(/^\S+ /, '')))], ['open']);
  assert.equal((await run.states()).length, 57);
  assert.deepEqual(await run.rows('SELECT DISTINCT event FROM finding_events'), [{ event: 'opened' }]);
  cluster.apply(constraint({ at: '2026-11-20T15:30:00Z', listed: names(20), total: 57 }));
  await run.refresh(source, clock(31, 15));
  const states = await run.states();
  assert.deepEqual(
    [states.filter(state => / open$/.test(state)).length, states.filter(state => /truncated/.test(state)).length],
    [20, 37],
  );
  // The same violations by the log again are the same findings, in the same episode.
  run.append('audit.log', text(audit('2026-11-20T15:31:00Z', all)), clock(31, 15));
  await run.refresh('logs', clock(32, 15));
  assert.deepEqual([...new Set((await run.states()).map(state => state.replace(/^\S+ /, '')))], ['open']);
  assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM finding_events'), [{ n: 57 }]);
});

test('violations: always takes every status, never takes none', async t => {
  const open = async (violations: string) => {
    const { cluster, run } = await start(t, { item: { violations } });
    run.write(
      'audit.log',
      text(
        audit(
          at(0),
          names(30).map(name => ({ name })),
        ),
      ),
      clock(0),
    );
    await run.refresh('logs', clock(0));
    cluster.apply(constraint({ at: at(1), listed: names(20), total: 30 }));
    await run.refresh(source, clock(1));
    return (await run.states()).filter(state => / open$/.test(state)).length;
  };
  assert.deepEqual([await open('always'), await open('never')], [20, 30]);
});

test('severities of labels and titles of templates reach what the log tells', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(constraint({ labels: { severity: 'critical' } }));
  cluster.apply(template('K8sContainerLimits', 'Container limits'));
  await run.refresh(source, clock(0));
  await run.post(text(audit(at(1), [{ name: 'cart' }])), clock(1));
  assert.deepEqual(await run.rows('SELECT severity, title FROM finding_states JOIN findings USING (finding)'), [
    { severity: 'critical', title: 'Container limits' },
  ]);
});

test('a cluster without Gatekeeper is told as that, once an hour, and changes no finding', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(constraint({ at: at(0), listed: ['cart'] }));
  await run.refresh(source, clock(0));
  const empty = await start(t, { options: { served: { v1: { namespaces: 'Namespace' } } } });
  await empty.run.refresh(source, clock(10));
  await empty.run.refresh(source, clock(20));
  assert.deepEqual([await empty.run.reports(), await empty.run.rows(policies)], [['09:00 failed not_installed'], []]);
});

test('what may not be listed fails the refresh by its name, and nothing is taken for gone', async t => {
  const { cluster, run } = await start(t, { options: { forbidden: ['k8srequiredlabels'] } });
  cluster.apply(constraint({ at: at(0), listed: ['cart'] }));
  const { error } = await run.refresh(source, clock(0));
  assert.match(String(error), /k8srequiredlabels is forbidden/);
  assert.deepEqual(await run.states(), []);
  const less = await start(t, {
    options: { forbidden: ['namespaces', 'constrainttemplates'] },
    item: { read: ['constraints'] },
  });
  less.cluster.apply(constraint({ at: at(0), listed: ['cart'] }));
  assert.equal((await less.run.refresh(source, clock(0))).error, undefined);
  assert.deepEqual(await less.run.states(), ['cart open']);
});

test('the configuration names its sources by the cluster, and refuses what reads nothing', () => {
  const read = (item: object) => policySchema.safeParse({ gatekeeper: [{ cluster: 'prod', ...item }] });
  assert.equal(read({}).data?.gatekeeper[0]?.name, 'gatekeeper-prod');
  assert.match(String(read({ read: ['templates'] }).error), /expected constraints among them/);
  assert.match(String(read({ violations: 'sometimes' }).error), /unless_logged/);
  const twice = policySchema.safeParse({ gatekeeper: [{ cluster: 'prod' }, { cluster: 'prod' }] });
  assert.match(String(twice.error), /a name of its own/);
});
