import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExporterView } from '../../exporters/core/server-types.ts';
import type { TeamSection } from '../../exporters/core/team/section.ts';
import { browse, contrast } from './browser.ts';
import { pageOf, startFixture } from './server-fixture.ts';

const hostile = `<img src=x onerror="document.title='taken'">'" & 50%`;
const teams = ['checkout', 'search', hostile, 'a/b', '..', 'ünïcode team'] as const;

const section = (team: string): TeamSection => ({
  title: 'Policy',
  about: `What ${team} violates.`,
  numbers: [
    {
      ...{ label: 'Open', amount: { value: 0, unit: 'count' }, absent: 'nobody looks' },
      ...{ before: { value: 4, when: '30 days ago' }, better: 'less' },
      verdict: { tone: 'good', text: 'none' },
    },
    { label: 'Lead time', amount: undefined, absent: 'too few to tell', before: { value: undefined, when: 'then' } },
    {
      ...{ label: 'Cost', amount: { value: 1234.5, unit: 'currency', currency: 'EUR' }, absent: '' },
      ...{ before: { value: 1000, when: 'before' }, better: 'less' },
      verdict: { tone: 'bad', text: 'a very long verdict of several words that a narrow tile has to break somewhere' },
      trend: { values: [1, 5, 2], label: 'By day, from 0' },
    },
    {
      label: 'Signed',
      amount: { value: 0.75, unit: 'ratio' },
      absent: '',
      before: { value: 0.5, when: 'before' },
      better: 'more',
    },
    { label: 'Soon', amount: { value: 1, unit: 'count' }, absent: '', verdict: { tone: 'warning', text: 'look' } },
  ],
  tables: [
    {
      caption: 'To mend',
      columns: ['Policy', 'Open', 'Mode', 'List', 'A wide column of many words', 'Another one, as wide as that'],
      rows: [
        [
          hostile,
          { value: 3, unit: 'count' },
          undefined,
          { text: 'JSON', href: `/api/x?team=${team}` },
          'w'.repeat(60),
          '',
        ],
        ['evil', { value: 1, unit: 'count' }, 'enforce', { text: 'no link', href: 'javascript:alert(1)' }, '', ''],
      ],
      empty: 'None.',
      more: 7,
    },
    { caption: 'Nothing', columns: ['A'], rows: [], empty: 'Nothing is violated.' },
  ],
  links: [{ text: 'All findings', href: 'https://grafana.example/d/x' }],
});

const view = (more: Partial<ExporterView> = {}): ExporterView => ({
  ...{ name: 'policy', metrics: [], pushSources: [], accept: async () => ({ records: 0, changed: 0, rejected: {} }) },
  ...{ snapshot: () => pageOf(1, 1), sources: () => [], problems: () => [], scraped: async () => undefined },
  team: async team => section(team),
  teams: () => new Set(teams.slice(1)),
  ...more,
});

const served = (views: readonly ExporterView[] = [view()]) => ({
  exporters: () => views,
  teams: {
    teams: () => ['checkout'],
    links: (team: string) => [{ text: 'The team in Grafana', href: `https://grafana.example/d/t?var-team=${team}` }],
  },
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('who may see it', () => {
  test('nobody without a token, whether or not there is such a team', async t => {
    const { url } = await startFixture(t, served());
    for (const path of ['/teams', '/teams/checkout', '/teams/nobody']) {
      for (const answer of [await fetch(url + path), await fetch(url + path, bearer('wrong'))]) {
        assert.equal(answer.status, 401, path);
        assert.match(String(answer.headers.get('www-authenticate')), /^Basic realm="plumbline"/);
        const text = await answer.text();
        assert.match(text, /A token is needed/);
        assert.doesNotMatch(text, /checkout|nobody|violates/);
      }
    }
  });

  test("a team's token sees its own team and what nobody owns", async t => {
    const { url } = await startFixture(t, served([view({ teams: () => new Set(['search', 'unowned']) })]));
    const ask = async (path: string, token: string) => {
      const answer = await fetch(url + path, bearer(token));
      return { status: answer.status, text: await answer.text() };
    };
    assert.equal((await ask('/teams/checkout', 'team-token')).status, 200);
    assert.equal((await ask('/teams/unowned', 'team-token')).status, 200);
    for (const other of ['search', 'nobody']) assert.equal((await ask(`/teams/${other}`, 'team-token')).status, 403);
    const listed = (text: string) => [...text.matchAll(/href="\/teams\/([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(listed((await ask('/teams', 'team-token')).text), ['checkout', 'unowned']);
    assert.deepEqual(listed((await ask('/teams', 'reader-token')).text), ['checkout', 'search', 'unowned']);
    const unknown = await ask('/teams/nobody', 'reader-token');
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /No such team/);
  });
});

test('a team whose name a path can’t hold is listed by an address that leads to it', async t => {
  const names = ['..', '.', 'shop/eu', 'a\\b', 'r&d %2F?#', '…'];
  const { url } = await startFixture(t, served([view({ teams: () => new Set(names) })]));
  const list = await (await fetch(`${url}/teams`, bearer('reader-token'))).text();
  const hrefs = [...list.matchAll(/href="(\/teams[/?][^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));
  assert.equal(hrefs.length, names.length + 1);
  const pages = await Promise.all(
    hrefs.map(async href => {
      const answer = await fetch(new URL(href, url), bearer('reader-token'));
      return { status: answer.status, title: /<title>([^<]*)<\/title>/.exec(await answer.text())?.[1] ?? '' };
    }),
  );
  assert.deepEqual([...new Set(pages.map(({ status }) => status))], [200]);
  for (const name of names)
    assert.ok(
      pages.some(({ title }) => title.startsWith(`${name.replaceAll('&', '&amp;')}: `)),
      `${name} is in none of ${pages.map(({ title }) => title)}`,
    );
  for (const path of ['/teams?team=..', '/teams?team=nobody'])
    assert.equal((await fetch(url + path)).status, 401, 'who has no token learns nothing');
  assert.equal((await fetch(`${url}/teams?team=..`, bearer('team-token'))).status, 403);
  assert.equal((await fetch(`${url}/teams?team=nobody`, bearer('reader-token'))).status, 404);
});

describe("a team's page", () => {
  test('is reached from the start page, also of a team whose name is code', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, served());
    const { page, complaints } = await open(url, { token: 'reader-token' });
    for (const team of teams.filter(name => name !== '..')) {
      await page.getByRole('link', { name: 'Teams', exact: true }).click();
      await page.getByRole('main').getByRole('link', { name: team, exact: true }).click();
      assert.equal(await page.getByRole('heading', { level: 2 }).textContent(), `Team ${team}`);
      assert.equal(await page.textContent('.about'), `What ${team} violates.`);
      assert.equal(await page.title(), `${team}: Plumbline`);
      assert.equal(await page.locator('img').count(), 0);
    }
    assert.deepEqual(complaints, []);
  });

  test('tells zero from not measured, and how each number stands to its past, in words', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, served());
    const { page } = await open(url, { token: 'reader-token', path: '/teams/checkout' });
    const tiles = (await page.locator('.tile').allInnerTexts()).map(text => text.split('\n').filter(Boolean));
    assert.deepEqual(tiles.slice(0, 2), [
      ['Open', '0', 'none', '▼ down 4 from 4 30 days ago: better'],
      ['Lead time', 'not measured', 'too few to tell'],
    ]);
    assert.deepEqual(tiles[2]?.slice(0, 2), ['Cost', 'EUR 1,235']);
    assert.ok(tiles[2]?.includes('▲ up 23.5 % from EUR 1,000 before: worse'), String(tiles[2]));
    assert.ok(tiles[3]?.includes('▲ up 25.0 points from 50.0 % before: better'), String(tiles[3]));
    const table = page.getByRole('table', { name: 'To mend' });
    assert.equal(await table.getByRole('rowheader').count(), 2);
    assert.equal(await table.getByRole('cell', { name: 'not measured' }).count(), 1);
    assert.equal(await page.getByRole('link', { name: 'no link' }).count(), 0, 'a link that is a script is text');
    assert.match(String(await page.textContent('main')), /… and 7 more\./);
    assert.match(String(await page.textContent('.empty')), /Nothing is violated\./);
  });

  test('says what its numbers can’t be trusted for', async t => {
    const status = {
      ...({
        exporter: 'policy',
        kind: 'pull',
        everySeconds: 300,
        records: 0,
        rejected: {},
        nextRun: undefined,
      } as const),
      ...{ lastRun: undefined, lastDurationSeconds: undefined, files: { waiting: 0, broken: 0 } },
    };
    const broken = view({
      sources: () => [
        {
          ...status,
          source: 'kyverno',
          state: 'failed',
          error: 'refused',
          lastSuccess: new Date('2026-10-30T12:00:00Z'),
        },
        { ...status, source: 'azure', state: 'waiting', error: undefined, lastSuccess: undefined },
      ],
      problems: () => ['could not evaluate'],
    });
    const failing = view({
      name: 'cost',
      snapshot: () => undefined,
      team: () => Promise.reject(new Error('inner detail')),
    });
    const { url, logged } = await startFixture(t, served([broken, failing]));
    const text = await (await fetch(`${url}/teams/checkout`, bearer('reader-token'))).text();
    assert.match(text, /The source kyverno fails: its numbers are 3 days old/);
    assert.match(text, /1 source not read yet, so that numbers may still lack something: azure\./);
    assert.match(text, /1 metric could not be computed/);
    assert.match(text, /There is no page yet/);
    assert.match(text, /This part could not be computed/);
    assert.doesNotMatch(text, /inner detail/);
    assert.ok(logged.some(line => line.includes('inner detail')));
  });

  test('fits 360 pixels, light and dark, with readable contrast, and on paper', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, { ...served(), demo: true });
    const papers = new Set<string>();
    for (const dark of [false, true]) {
      const { page, complaints } = await open(url, {
        width: 360,
        dark,
        token: 'reader-token',
        path: '/teams/checkout',
      });
      const fits = async (): Promise<void> => {
        const [inner, outer] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
          number,
          number,
        ];
        assert.ok(inner <= outer, `${inner} of ${outer} pixels`);
      };
      await fits();
      const paper = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
      papers.add(await paper());
      for (const selector of [
        '.big',
        '.absent',
        '.ok-text',
        '.bad-text',
        '.badge.ok',
        '.badge.waiting',
        '.badge.failed',
        '.about',
        'caption',
        'th',
        'td',
        'td a',
        '.toc a',
        '.trend',
      ])
        assert.ok((await contrast(page, selector)) >= 4.5, `${selector}, dark ${dark}`);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await paper(), 'rgb(255, 255, 255)', 'paper is white');
      for (const selector of ['.big', '.soft', '.ok-text', '.badge.failed', 'td'])
        assert.ok((await contrast(page, selector)) >= 4.5, `${selector} on paper, dark ${dark}`);
      assert.equal(await page.locator('nav').first().isVisible(), false);
      assert.deepEqual(complaints, []);
    }
    assert.equal(papers.size, 2);
  });

  test('works without a mouse and names its parts', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, served());
    const { page } = await open(url, { width: 360, token: 'reader-token', path: '/teams/checkout' });
    assert.deepEqual(await page.getByRole('heading').allTextContents(), [
      ...['Plumbline', 'Team checkout', 'Policy', 'Open', 'Lead time', 'Cost', 'Signed', 'Soon', 'Nothing'],
    ]);
    for (const role of ['banner', 'main'] as const) assert.equal(await page.getByRole(role).count(), 1, role);
    assert.equal(await page.getByRole('region', { name: 'Policy' }).count(), 1);
    assert.equal(await page.getByRole('img', { name: 'By day, from 0' }).count(), 1);
    const seen: string[] = [];
    for (let tab = 0; tab < 14; tab += 1) {
      await page.keyboard.press('Tab');
      const [name, outline] = (await page.evaluate(
        `[document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]`,
      )) as [string, string];
      if (name.length < 40) assert.notEqual(outline, 'none', `the focus on ${name} is seen`);
      seen.push(name);
    }
    for (const name of ['Teams', 'All teams', 'The team in Grafana', 'Policy', 'To mend', 'JSON', 'All findings'])
      assert.ok(seen.includes(name), `${name} is reached by Tab, of ${seen.join(', ')}`);
    // A table that is wider than the screen is scrolled by the keyboard.
    const region = page.getByRole('region', { name: 'To mend' });
    await region.focus();
    await page.keyboard.press('ArrowRight');
    const scrolled = (): Promise<number> => page.evaluate("document.querySelector('.scroll').scrollLeft");
    for (let look = 0; look < 100 && (await scrolled()) === 0; look += 1) await page.waitForTimeout(50);
    assert.ok((await scrolled()) > 0);
  });
});
