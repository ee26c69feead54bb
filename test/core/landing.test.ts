import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { browse, contrast } from './browser.ts';
import { startFixture } from './server-fixture.ts';

const visible = (page: Page, selector: string) =>
  page
    .locator(selector)
    .evaluateAll(
      found => found.filter(one => (one as unknown as { checkVisibility(): boolean }).checkVisibility()).length,
    );

describe('the landing page', () => {
  test('tells of every source and metric, and shows hostile text as text', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t);
    const { page, complaints } = await open(url);
    const text = (await page.textContent('main')) ?? '';
    for (const said of [
      ...[
        '4 sources, 1 failed.',
        'cost / focus',
        '3 min ago (2026-11-02 11:57)',
        'every 5 min, last in 12 s',
        '1,234,567',
      ],
      ...[
        '15 (bad_date 12, bad_number 3)',
        'cost / invoices',
        'never',
        '3 days ago',
        'Next tryin 4 min',
        'when posted to',
      ],
      ...[
        'answered 401: <script>alert(1)</script>',
        'could not evaluate metric finops_x',
        'finops_cost_daily_latest_timestamp_seconds',
      ],
      ...[
        'Deployments to production <b>&</b> "staging".',
        'charge_category',
        '3 series, page 60 s old',
        'plumbline_source_up',
      ],
    ])
      assert.ok(text.includes(said), said);
    // An endpoint that nobody has posted to is no source that is waited for.
    assert.match(text, /Nothing was posted to 1 endpoint\s*dora \/ events/);
    assert.deepEqual(await page.locator('.badge').allInnerTexts(), ['failed', 'waiting', 'ok', 'ok']);
    assert.equal(await page.locator('.demo').count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('finds by name, label and help as one types, and keeps the search in the address', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t);
    const { page, complaints } = await open(url);
    const all = await visible(page, '[data-search]');
    await page.keyboard.press('/');
    await page.keyboard.type('charge_CATEGORY daily');
    assert.equal(await visible(page, '[data-search]'), 1);
    assert.equal(await visible(page, 'section'), 1);
    assert.equal(await page.textContent('#found'), `1 of ${all} shown.`);
    await page.reload();
    assert.equal(await visible(page, '[data-search]'), 1);
    await page.fill('#search', 'no such thing');
    assert.equal(await page.textContent('#found'), 'Nothing matches.');
    await page.fill('#search', '');
    assert.equal(await visible(page, '[data-search]'), all);
    assert.deepEqual(complaints, []);
  });

  test('fits 360 pixels, light and dark, with readable contrast', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, { demo: true });
    const papers = new Set<string>();
    for (const dark of [false, true]) {
      const { page, complaints } = await open(url, { width: 360, dark });
      const [inner, outer] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
        number,
        number,
      ];
      assert.ok(inner <= outer, `${inner} of ${outer} pixels`);
      papers.add((await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string);
      for (const selector of [
        'body',
        '.soft',
        '.badge.ok',
        '.badge.failed',
        '.badge.waiting',
        '.error',
        'nav a',
        '.demo',
        '.labels span',
      ])
        assert.ok(
          (await contrast(page, selector)) >= 4.5,
          `${selector}, dark ${dark}: ${await contrast(page, selector)}`,
        );
      assert.deepEqual(complaints, []);
    }
    assert.equal(papers.size, 2);
  });

  test('says that it is a demo, on every page', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t, { demo: true });
    for (const path of ['/', '/runbooks']) {
      const { page } = await open(url, { path });
      assert.match(String(await page.textContent('.demo')), /^DEMO: every figure on this server is invented\.$/);
      assert.match(await page.title(), path === '/' ? /demo/ : /runbooks/);
    }
  });

  test('works without a mouse and names its parts', async t => {
    const open = await browse(t);
    if (!open) return;
    const { url } = await startFixture(t);
    const { page } = await open(url);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await page.getByRole('searchbox', { name: /Search/ }).count(), 1);
    assert.equal(await page.getByRole('heading', { level: 1, name: 'Plumbline' }).count(), 1);
    assert.equal(await page.getByRole('region', { name: /Sources/ }).count(), 1);
    for (let tab = 0; tab < 6; tab += 1) await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'search');
  });
});
