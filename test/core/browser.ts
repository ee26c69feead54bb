/** Chromium for the tests of pages for people. */
import type { TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { requireTool } from '../tools/tools.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Milliseconds that a browser may take on a busy machine. */
const patience = 180_000;

export interface Opened {
  readonly page: Page;
  /** What the browser complained of: scripts and styles that the policy stopped, failed requests, exceptions. */
  readonly complaints: string[];
}

type View = {
  readonly width?: number;
  readonly dark?: boolean;
  readonly path?: string;
  /** Given as the password, as a browser does. */
  readonly token?: string;
};

/** Undefined where there is no Chromium; the test is skipped by name then. */
export async function browse(t: TestContext): Promise<((url: string, view?: View) => Promise<Opened>) | undefined> {
  const tool = await requireTool(t, 'chromium');
  if (!tool) return undefined;
  const browser: Browser = await chromium.launch({ executablePath: tool.path, args: flags, timeout: patience });
  t.after(() => browser.close());
  return async (url, { width = 1100, dark = false, path = '/', token } = {}) => {
    const complaints: string[] = [];
    const page = await browser.newPage({
      ...{ viewport: { width, height: 800 }, colorScheme: dark ? 'dark' : 'light' },
      ...(token !== undefined && { httpCredentials: { username: 'anyone', password: token } }),
    });
    page.setDefaultTimeout(patience);
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('requestfailed', request => complaints.push(request.url()));
    await page.goto(`${url}${path}`);
    return { page, complaints };
  };
}

/** The contrast ratio of an element's text (WCAG 2.2, 1.4.3) against the first opaque background behind it. */
export function contrast(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(() => {
    let element = document.querySelector(${JSON.stringify(selector)});
    const numbers = color => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ink = luminance(numbers(getComputedStyle(element).color));
    while (numbers(getComputedStyle(element).backgroundColor)[3] === 0) element = element.parentElement;
    const paper = luminance(numbers(getComputedStyle(element).backgroundColor));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  })()`) as Promise<number>;
}
