import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { proposeDeployments } from '../../exporters/cli/init/deployments.ts';
import { git, type MadeRepository, makeRepository, restoreHistory } from '../dora/repositories.ts';
import { workplace } from './command.ts';

const init = (...more: readonly string[]) => ['init', '--catalog', 'catalog', ...more] as const;
const written = (folder: string) => readFileSync(path.join(folder, 'plumbline.yaml'), 'utf8');

/** Six commits, a release of every second one, a candidate and a tag that is no version. */
function releases(t: TestContext): MadeRepository {
  const made = makeRepository(t, 'checkout.git');
  const shas = [1, 2, 3, 4, 5, 6].map(day => made.commit({ at: `2026-05-0${day}T10:00:00Z` }));
  made.tag('v1.0.0', shas[1]!, '2026-05-02T12:00:00Z');
  made.tag('v1.1.0', shas[3]!, '2026-05-04T12:00:00Z');
  made.tag('v1.2.0-rc.1', shas[4]!, '2026-05-05T12:00:00Z');
  made.tag('v1.2.0', shas[5]!, '2026-05-06T12:00:00Z');
  made.tag('latest', shas[5]!, '2026-05-06T13:00:00Z');
  return made;
}

describe('plumbline init --git', () => {
  it('takes version tags for deployments, and tells what it understood, without any bill', async t => {
    const place = workplace(t);
    const { folder } = releases(t);
    const { code, stdout, stderr } = await place.run(...init('--git', folder));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^git +6 commits and 5 tags of 1 repository$/m);
    assert.match(stdout, /^deployments +3 deployments from 2026-05-02 to 2026-05-06$/m);
    assert.match(stdout, /^service +checkout: team payments, 3 deployments$/m);
    // The first release has nothing before it.
    assert.match(stdout, /^lead times +of 4 of 4 deployed commits \(100\.0 %\)$/m);
    assert.doesNotMatch(stdout, /^(bill|owners|unallocated)/m);
    const text = written(place.folder);
    assert.match(text, /- from: tags\n +tags: \["v\*"\]\n +except: \["\*rc\*"\]\n/);
    assert.match(text, /# checkout: 3 of its 5 tags/);
    assert.match(text, /\{ name: "repository checkout", repository: checkout, service: checkout \}/);
    assert.doesNotMatch(text, /^cost:/m);
    // What serve makes of the file is what init has said.
    const scraped = await place.run('scrape');
    assert.match(scraped.stdout, /^dora_deployments_total\{.*outcome="success".*\} 3$/m);
    const [, series] = /^series +([\d,]+) of/m.exec(stdout) ?? [];
    const samples = scraped.stdout.split('\n').filter(line => /^(dora|platform)_/.test(line));
    assert.equal(Number(series?.replaceAll(',', '')), samples.length);
  });

  it('takes what is merged into the main branch, where no tag is a version', async t => {
    const place = workplace(t);
    const made = makeRepository(t, 'shop.git');
    const first = made.commit({ at: '2026-05-01T10:00:00Z', branch: 'trunk' });
    for (const day of [2, 3]) {
      const change = made.commit({ at: `2026-05-0${day}T10:00:00Z`, branch: `change-${day}`, parents: [first] });
      const tip = made.git('rev-parse', 'trunk');
      made.commit({
        at: `2026-05-0${day}T12:00:00Z`,
        branch: 'trunk',
        parents: [tip, change],
        message: `Merge branch 'change-${day}'`,
      });
    }
    git(made.folder, ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
    const { code, stdout, stderr } = await place.run(...init('--git', made.folder));
    assert.equal(code, 0, stderr);
    assert.match(written(place.folder), /- from: branch\n +branch: trunk\n/);
    assert.match(stdout, /^git +5 commits and 0 tags of 1 repository$/m);
    assert.match(stdout, /^deployments +2 deployments from 2026-05-02 to 2026-05-03$/m);
    assert.match(stdout, /^service +shop: nobody owns it, 2 deployments$/m);
    assert.match(stdout, /^lead times +of 1 of 2 deployed commits \(50\.0 %\); without: 1 merge$/m);
  });

  it('reads bills beside repositories, and a remote as it would a folder', async t => {
    const place = workplace(t);
    const [one, two] = [releases(t), releases(t)];
    const remote = pathToFileURL(one.folder).href;
    const { code, stdout, stderr } = await place.run(...init('--bill', 'bill.csv', '--git', remote, two.folder));
    assert.equal(code, 0, stderr);
    const text = written(place.folder);
    assert.match(text, new RegExp(`- url: "${remote}"\\n +name: git-1`));
    assert.match(text, /- path: .*checkout\.git"?\n +name: git-2/);
    assert.match(text, /^cost:\n {2}focus:\n/m);
    assert.match(stdout, /^bill +3 rows, 3 days/m);
    assert.match(stdout, /^owners +1 team$/m);
    assert.match(stdout, /^git +6 commits/m);
    const checked = await place.run('check');
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  });

  it('does without a catalog where no bill has to be given to anyone', async t => {
    const place = workplace(t);
    const { folder } = releases(t);
    const { code, stdout, stderr } = await place.run('init', '--git', folder);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^service +checkout: nobody owns it, 3 deployments$/m);
    assert.match(written(place.folder), /^# catalog:$/m);
    const scraped = await place.run('scrape');
    assert.match(scraped.stdout, /^dora_deployments_total\{team="unowned",service="checkout",.*\} 3$/m);
    assert.match(scraped.stderr, /git log of 1 repository on this machine, every 300 seconds/);
    const bill = await place.run('init', '--bill', 'bill.csv', '--force');
    assert.equal(bill.code, 2);
    assert.match(bill.stderr, /give --catalog/);
  });

  it('needs something to read, and writes nothing where it can read none of it', async t => {
    const place = workplace(t);
    const none = await place.run(...init());
    assert.equal(none.code, 2);
    assert.match(none.stderr, /give --bill, --git, --policy, --scan, --sbom or --survey/);
    const gone = await place.run(...init('--git', 'no-such-folder'));
    assert.notEqual(gone.code, 0);
    assert.match(gone.stderr, /no-such-folder.*\n?.*\(GIT_NOT_FOUND\)/);
    const unreachable = await place.run(...init('--git', 'http://127.0.0.1:1/acme/shop.git'));
    assert.notEqual(unreachable.code, 0);
    assert.match(unreachable.stderr, /\(GIT_\w+\)/);
    assert.ok(!existsSync(path.join(place.folder, 'plumbline.yaml')));
  });
});

describe('what is proposed as deployments', () => {
  const ruleOf = (tags: readonly string[], branch?: string) => proposeDeployments({ tags, branch }).rules[0];
  const rulesOf = (...tags: readonly string[]) => proposeDeployments({ tags, branch: 'main' }).rules;

  it('is the way in which a repository writes its versions', () => {
    assert.deepEqual(ruleOf(['1.0.0', '1.1.0']), { from: 'tags', tags: ['*.*'], except: [] });
    assert.deepEqual(ruleOf(['v1.0', '1.1', 'v2.0-beta1']), { from: 'tags', tags: ['v*', '*.*'], except: ['*beta*'] });
    assert.deepEqual(ruleOf(['release-1.0', 'release-1.1']), { from: 'tags', tags: ['release-*'], except: [] });
  });

  it('is of several services where several names have versions', () => {
    const tags = ['cart/v1.0.0', 'checkout/v2.0.0', 'checkout/v2.1.0-rc1'];
    assert.deepEqual(ruleOf(tags), { from: 'tags', tags: ['*/v*'], except: ['*rc*'], service: '{1}' });
  });

  it('is the day by which releases are called', () => {
    const days = ['release-2026-01-25', 'release-2026-02-08.2', 'release-2026-03-01'];
    assert.deepEqual(rulesOf(...days), [{ from: 'tags', tags: ['release-*'], except: [] }]);
    assert.deepEqual(rulesOf('r.2026.01.25.0', 'r.2026.02.01.0'), [{ from: 'tags', tags: ['r.*'], except: [] }]);
    assert.deepEqual(rulesOf('20260125-public', '2026_02_01'), [{ from: 'tags', tags: ['20*'], except: [] }]);
    assert.deepEqual(rulesOf('1.0.20260125', '1.0.20260201'), [{ from: 'tags', tags: ['*.*'], except: [] }]);
  });

  it('is of one service where prefixes say what a version is for, and leaves out what is none yet', () => {
    assert.deepEqual(rulesOf('release-1.0', 'hotfix-1.1', 'pre-1.2'), [
      { from: 'tags', tags: ['release-*', 'hotfix-*'], except: ['*pre*'] },
    ]);
  });

  it('is of the repository, too, where it has versions beside those of its parts', () => {
    assert.deepEqual(rulesOf('v1.0.0', 'v1.1.0', 'chart-1.0.0', 'cli-v2.0.0', 'v1.2.0-rc.1'), [
      { from: 'tags', tags: ['v?.*', 'v??.*'], except: ['*rc*'] },
      { from: 'tags', tags: ['*-*', '*-v*'], except: ['*rc*', 'v?.*', 'v??.*'], service: '{1}' },
    ]);
  });

  it('is the branch where tags tell of no habit', () => {
    assert.deepEqual(ruleOf(['before-the-fire', 'v1.0.0'], 'main'), { from: 'branch' });
    assert.deepEqual(ruleOf([], 'develop'), { from: 'branch', branch: 'develop' });
    assert.deepEqual(ruleOf(['nightly-2026', 'build7'], undefined), { from: 'branch' });
  });

  it('of real repositories is their releases without their candidates', t => {
    const expected = { express: ['*.*', 'v*'], fastify: ['*.*', 'v*'], flask: ['*.*'], alertmanager: ['v*', '*.*'] };
    for (const [name, patterns] of Object.entries(expected)) {
      const folder = restoreHistory(t, name);
      if (folder === undefined) return;
      const tags = git(folder, ['tag', '--list']).trim().split('\n');
      const [rule] = proposeDeployments({ tags, branch: 'main' }).rules;
      assert.equal(rule?.from, 'tags', name);
      assert.deepEqual(rule?.from === 'tags' && [...rule.tags].sort(), [...patterns].sort(), name);
    }
  });
});
