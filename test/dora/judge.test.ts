/** Verdicts over the deployments of one lane, by the rules of RULES.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../exporters/dora/verdicts/judge.ts';
import type { LaneDeployment, LaneIncident } from '../../exporters/dora/verdicts/lane.ts';
import { seededRandom } from '../core/random.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const options = {
  remedyHours: 168,
  isHotfixLabel: (label: string) => label === 'hotfix',
  isHotfixBranch: (branch: string) => branch.startsWith('hotfix/'),
};

/** A deployment of `version` that ends so many hours after the start; named by its place unless told. */
function lane(...told: readonly (readonly [version: string, hours: number, more?: Partial<LaneDeployment>])[]) {
  return told.map(
    ([version, hours, more], index): LaneDeployment => ({
      ...{ deployment: `${index + 1}:${version}`, repository: 'acme/shop', sha: version, version: '', ref: 'main' },
      ...{ labels: [], outcome: 'success', changedProduction: null, isPlanned: null, incident: '', rollsBackTo: '' },
      ...{ startedAt: start + hours * hour - 600_000, finishedAt: start + hours * hour, reverts: [] },
      ...{ hotfixPullRequest: '', isCherryPicked: false },
      ...more,
    }),
  );
}

const hoursOf = (milliseconds: number) => (milliseconds - start) / hour;

/** `deployment verdict reason <- cause @hours`, with the hours to recovery. */
const told = (deployments: readonly LaneDeployment[], incidents: readonly LaneIncident[] = []) =>
  judge(deployments, incidents, options).map(
    ({ deployment, verdict, reason, cause, seconds, occurredAt }) =>
      `${deployment} ${verdict} ${reason} <- ${cause || '-'} @${hoursOf(occurredAt)}${seconds === null ? '' : ` ${seconds / 3600}h`}`,
  );

const incident = (deployment: string, from: number, to: number | null, more: Partial<LaneIncident> = {}) => ({
  ...{ incident: 'pd:1', deployment, confidence: 0.8, startedAt: start + from * hour },
  ...{ resolvedAt: to === null ? null : start + to * hour, remedies: [] },
  ...more,
});

test('V1 V2 V3 V1: V2 is the failure, V3 is withdrawn, the second V1 is the rollback', () => {
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1], ['v3', 2], ['v1', 5])), [
    '2:v2 failed rollback <- 4:v1 @5',
    '2:v2 recovered rollback <- 4:v1 @5 4h',
    '3:v3 withdrawn rollback <- 4:v1 @5',
    '4:v1 rollback version <- 2:v2 @5',
    '4:v1 rework rollback <- 2:v2 @5',
  ]);
});

test('what it says that it returns to is a version, a commit, or the tag of a deployment that tells no version', () => {
  const failed = (rollsBackTo: string) =>
    told(
      lane(
        ['abc1230aaaaa', 0, { ref: 'refs/tags/v1' }],
        ['v2', 1, { version: '2.0', ref: 'v1' }],
        ['v3', 2],
        ['rebuilt', 3, { rollsBackTo }],
      ),
    ).filter(line => line.includes('failed'));
  for (const said of ['v1', 'refs/tags/v1', 'abc1230', 'ABC1230AAAAA'])
    assert.deepEqual(failed(said), ['2:v2 failed rollback <- 4:rebuilt @3'], said);
  assert.deepEqual(failed('2.0'), ['3:v3 failed rollback <- 4:rebuilt @3']);
  assert.deepEqual(failed('other'), ['3:v3 failed rollback <- 4:rebuilt @3'], 'the one before it is known alone');
});

test('V1 V1 is none, also a day later and again', () => {
  assert.deepEqual(told(lane(['v1', 0], ['v1', 1], ['v1', 24])), []);
});

test('several rollbacks in a row withdraw one version after the other, and what comes after goes forward', () => {
  const deployments = lane(['v1', 0], ['v2', 1], ['v3', 2], ['v2', 3], ['v1', 4], ['v3', 5], ['v4', 6]);
  assert.deepEqual(told(deployments), [
    '2:v2 failed rollback <- 5:v1 @4',
    '2:v2 recovered rollback <- 5:v1 @4 3h',
    '3:v3 failed rollback <- 4:v2 @3',
    '3:v3 recovered rollback <- 4:v2 @3 1h',
    '4:v2 rollback version <- 3:v3 @3',
    '4:v2 rework rollback <- 3:v3 @3',
    '5:v1 rollback version <- 2:v2 @4',
    '5:v1 rework rollback <- 2:v2 @4',
  ]);
});

test('a version that is tried again after a rollback and withdrawn again has failed twice', () => {
  const failed = told(lane(['v1', 0], ['v2', 1], ['v1', 2], ['v2', 3], ['v1', 4])).filter(line =>
    line.includes(' failed '),
  );
  assert.deepEqual(failed, ['2:v2 failed rollback <- 3:v1 @2', '4:v2 failed rollback <- 5:v1 @4']);
});

test('versions are told apart by sha where both have one, else by version; other repositories never match', () => {
  const versions = (a: Partial<LaneDeployment>, b: Partial<LaneDeployment>) =>
    told(lane(['', 0, { version: '1.0', ...a }], ['', 1, { version: '1.1' }], ['', 2, { version: '1.0', ...b }]))
      .length;
  assert.equal(versions({}, {}), 4);
  assert.equal(versions({ sha: 'a' }, {}), 4, 'one of them has no sha');
  assert.equal(versions({ sha: 'a' }, { sha: 'b' }), 0, 'another commit under the same version is no return');
  assert.equal(versions({}, { repository: 'acme/other' }), 0);
  assert.deepEqual(told(lane(['', 0], ['', 1], ['', 2])), [], 'what says neither returns to nothing');
});

test('a rollback that comes too late is none, and withdraws only what is recent enough', () => {
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1], ['v1', 1 + 168.5])), []);
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 1], ['v3', 100], ['v1', 200])).filter(line => /failed|withdrawn/.test(line)),
    ['3:v3 failed rollback <- 4:v1 @200'],
  );
});

test('a deployment that says it rolls back is one, whatever it deploys', () => {
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 1], ['v0', 2, { rollsBackTo: 'v0' }])).filter(line => !line.includes('rework')),
    ['2:v2 failed rollback <- 3:v0 @2', '2:v2 recovered rollback <- 3:v0 @2 1h', '3:v0 rollback said <- 2:v2 @2'],
  );
  const labelled = told(lane(['v1', 0], ['v2', 1], ['v0', 2, { labels: ['Rollback'] }]));
  assert.ok(labelled.includes('3:v0 rollback label <- 2:v2 @2'));
  assert.ok(labelled.includes('2:v2 failed rollback <- 3:v0 @2'));
  const first = told(lane(['v1', 0, { rollsBackTo: 'v0' }]));
  assert.deepEqual(first, [], 'nothing was there before it');
});

test('a revert fails the deployment that brought what it reverts; in the same deployment it is nothing', () => {
  const reverts = (deployment: string) => [{ deployment, what: 'commit b reverts a' }];
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1], ['v3', 2], ['v4', 3, { reverts: reverts('2:v2') }])), [
    '2:v2 failed revert <- 4:v4 @3',
    '2:v2 recovered revert <- 4:v4 @3 2h',
    '4:v4 rework revert <- 2:v2 @3',
  ]);
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, { reverts: reverts('2:v2') }])), []);
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 200, { reverts: reverts('1:v1') }])),
    [],
    'after 200 hours it is a change of mind',
  );
});

test('a hotfix, by label, branch, pull request or cherry-pick, fails the deployment before it', () => {
  const cases: readonly (readonly [Partial<LaneDeployment>, string])[] = [
    [{ labels: ['hotfix'] }, 'hotfix'],
    [{ ref: 'refs/heads/hotfix/cart' }, 'hotfix'],
    [{ hotfixPullRequest: 'a label of acme/shop#7' }, 'hotfix'],
    [{ isCherryPicked: true }, 'cherry_pick'],
  ];
  for (const [more, reason] of cases)
    assert.deepEqual(told(lane(['v1', 0], ['v2', 1], ['v3', 3, more])), [
      `2:v2 failed ${reason} <- 3:v3 @3`,
      `2:v2 recovered ${reason} <- 3:v3 @3 2h`,
      `3:v3 rework ${reason} <- 2:v2 @3`,
    ]);
  assert.deepEqual(
    told(lane(['v1', 0, { isCherryPicked: true }], ['v2', 1, { isCherryPicked: true }], ['v3', 2])),
    [],
    'where most releases are cherry-picks, they are how releases are made',
  );
});

test('a hotfix after a rollback blames nobody anew, and is rework', () => {
  const lines = told(lane(['v1', 0], ['v2', 1], ['v1', 2], ['v3', 3, { labels: ['hotfix'] }]));
  assert.deepEqual(
    lines.filter(line => line.includes('failed')),
    ['2:v2 failed rollback <- 3:v1 @2'],
  );
  assert.ok(lines.includes('4:v3 rework hotfix <- 3:v1 @3'));
});

test('a hotfix too late blames nobody; without a deployment before it neither', () => {
  assert.deepEqual(told(lane(['v1', 0], ['v2', 200, { labels: ['hotfix'] }])), ['2:v2 rework hotfix <- 1:v1 @200']);
  assert.deepEqual(told(lane(['v1', 0, { labels: ['hotfix'] }])), ['1:v1 rework hotfix <- - @0']);
});

test('a deployment that changed production, failed and was followed by a fix is a failure; the fix is no rework', () => {
  const broke = { outcome: 'failure', changedProduction: true } as const;
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, broke])), ['2:v2 broken failed_deployment <- - @1']);
  const fixed = ['2:v2 failed failed_deployment <- 3:v3 @4', '2:v2 recovered failed_deployment <- 3:v3 @4 3h'];
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, broke], ['v3', 4])), fixed);
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 1, broke], ['v2', 4])).map(line => line.replaceAll('3:v2', '3:v3')),
    fixed,
    'a re-run that succeeds is a fix too',
  );
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 1, { ...broke, outcome: 'cancelled' }], ['v3', 4])),
    fixed,
    'one that was cancelled half way has changed production as well',
  );
});

test('a deployment that failed before it changed production is shown apart, whatever follows', () => {
  const before = { outcome: 'failure', changedProduction: false } as const;
  const unknown = { outcome: 'failure' } as const;
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, before], ['v2', 2])), ['2:v2 failed_before_change said <- - @1']);
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, before], ['v1', 2])), ['2:v2 failed_before_change said <- - @1']);
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, unknown], ['v2', 2])), ['2:v2 failed_before_change unknown <- - @1']);
  assert.deepEqual(
    told(lane(['v1', 0], ['v2', 1, { outcome: 'cancelled' }], ['v1', 2])),
    [],
    'a cancelled one is no deployment',
  );
});

test('to deploy the running version again after one that failed is a rollback of it, unless it changed nothing', () => {
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, { outcome: 'failure' }], ['v1', 2])), [
    '2:v2 failed rollback <- 3:v1 @2',
    '2:v2 recovered rollback <- 3:v1 @2 1h',
    '3:v1 rollback version <- 2:v2 @2',
    '3:v1 rework rollback <- 2:v2 @2',
  ]);
});

test('a hotfix whose first attempt fails in CI repairs what runs in production, not that attempt', () => {
  const hotfix = { labels: ['hotfix'] };
  assert.deepEqual(told(lane(['v1', 0], ['v2', 1, { ...hotfix, outcome: 'failure' }], ['v2', 2, hotfix])), [
    '1:v1 failed hotfix <- 2:v2 @1',
    '1:v1 recovered hotfix <- 3:v2 @2 2h',
    '2:v2 rework hotfix <- 1:v1 @1',
    '2:v2 failed_before_change unknown <- - @1',
    '3:v2 rework hotfix <- 1:v1 @2',
  ]);
});

test('an incident fails the deployment it is linked to from its beginning, until it is resolved', () => {
  const deployments = lane(['v1', 0], ['v2', 10]);
  assert.deepEqual(told(deployments, [incident('1:v1', 2, null)]), ['1:v1 failed incident <- pd:1 @2']);
  assert.deepEqual(told(deployments, [incident('1:v1', 2, 4)]), [
    '1:v1 failed incident <- pd:1 @2',
    '1:v1 recovered incident <- pd:1 @4 4h',
  ]);
  assert.deepEqual(
    told(deployments, [incident('1:v1', 2, 4), incident('1:v1', 3, null, { incident: 'pd:2' })]),
    ['1:v1 failed incident <- pd:1 @2'],
    'one of two is still open',
  );
  assert.deepEqual(told(deployments, [incident('1:v1', -0.1, 4)])[0], '1:v1 failed incident <- pd:1 @0');
});

test('recovery ends with what remedied it, not with the incident, where something did', () => {
  const deployments = lane(['v1', 0], ['v2', 1], ['v1', 3]);
  assert.deepEqual(told(deployments, [incident('2:v2', 2, 9)]).slice(0, 2), [
    '2:v2 failed rollback <- 3:v1 @2',
    '2:v2 recovered rollback <- 3:v1 @3 2h',
  ]);
  const made = lane(['v1', 0], ['v2', 5, { incident: '1' }]);
  const remedies = [{ deployment: '2:v2', at: start + 5 * hour }];
  assert.deepEqual(told(made, [incident('1:v1', 2, 9, { remedies })]), [
    '1:v1 failed incident <- pd:1 @2',
    '1:v1 recovered incident <- 2:v2 @5 5h',
    '2:v2 rework incident <- 1 @5',
  ]);
});

test('what is planned is no rework, and the next planned deployment after a failure is none', () => {
  const planned = { isPlanned: true };
  for (const more of [{ labels: ['hotfix'] }, { incident: '1' }, { sha: 'v1' }, { isCherryPicked: true }])
    assert.equal(
      told(lane(['v1', 0], ['v2', 1], ['v3', 2, { ...planned, ...more }])).some(line => line.includes('rework')),
      false,
    );
  assert.equal(
    told(lane(['v1', 0], ['v2', 1]), [incident('1:v1', 0.5, 3)]).some(line => line.includes('rework')),
    false,
  );
});

test('a rollback is never a failure, though an incident or a revert names it', () => {
  const deployments = lane(['v1', 0], ['v2', 1], ['v1', 2], ['v4', 3, { reverts: [{ deployment: '3:v1', what: '' }] }]);
  const failed = told(deployments, [incident('3:v1', 2.5, null)]).filter(line => line.includes('failed'));
  assert.deepEqual(failed, ['2:v2 failed rollback <- 3:v1 @2']);
});

test('verdicts do not depend on the order in which deployments came to be known', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 50; round += 1) {
    const deployments = lane(
      ...Array.from({ length: 12 }, (_, index) => {
        const broke: Partial<LaneDeployment> =
          random() < 0.2
            ? { outcome: 'failure', changedProduction: [true, false, null][Math.floor(random() * 3)]! }
            : {};
        return [
          `v${Math.floor(random() * 5)}`,
          index * 3 + random(),
          {
            ...broke,
            ...(random() < 0.2 ? { labels: ['hotfix'] } : {}),
          },
        ] as const;
      }),
    );
    const verdicts = judge(deployments, [], options);
    const shuffled = deployments.toSorted(() => random() - 0.5);
    assert.deepEqual(judge(shuffled, [], options), verdicts);
    const keys = verdicts.map(({ deployment, verdict }) => `${deployment} ${verdict}`);
    assert.equal(new Set(keys).size, keys.length, 'one verdict of a kind');
    const of = (kind: string) =>
      new Set(verdicts.filter(({ verdict }) => verdict === kind).map(({ deployment }) => deployment));
    for (const name of of('recovered')) assert.ok(of('failed').has(name), 'what has recovered had failed');
    for (const name of of('failed')) assert.ok(!of('rollback').has(name) && !of('failed_before_change').has(name));
  }
});
