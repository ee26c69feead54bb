/** The whole exporter over what documents tell, and its lists over a real server. */
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Component, Heard, Sbom } from '../../exporters/supply-chain/document.ts';
import { storeHeard } from '../../exporters/supply-chain/store.ts';
import { startFixture } from '../core/server-fixture.ts';
import { image, teams } from './books.ts';
import { type Books, openBooks } from './metric-books.ts';

export interface HeardBooks extends Books {
  /** In one transaction, with what is derived. */
  readonly hear: (heard: Heard, now: string, staleSeconds?: number) => Promise<void>;
  readonly derive: (now: string) => Promise<void>;
}

const log = pino({ level: 'silent' });

export async function openHeardBooks(config: unknown = {}): Promise<HeardBooks> {
  const books = await openBooks({ config, ownership: teams });
  const at = (now: string) => ({ now: () => new Date(now), log });
  const derive = (now: string) => books.ledger.write(async tx => void (await books.exporter.derive?.(tx, at(now))));
  return {
    ...books,
    derive,
    hear: (heard, now, staleSeconds) =>
      books.ledger.write(async tx => {
        await storeHeard(tx, 'test', [heard], {
          now: new Date(now),
          ...(staleSeconds === undefined ? {} : { staleSeconds }),
        });
        await books.exporter.derive?.(tx, at(now));
      }),
  };
}

/** Serves the exporter's lists; `get` gives the response to an address with a token. */
export async function serveLists(t: TestContext, books: HeardBooks, now: () => Date) {
  const view = {
    ...{ name: 'supply-chain', metrics: [], snapshot: () => undefined, sources: () => [], problems: () => [] },
    pushSources: [],
    accept: async () => ({ records: 0, changed: 0, rejected: {} }),
    scraped: async () => undefined,
    api: (books.exporter.api ?? []).map(({ name, answer }) => ({
      name,
      answer: (request: Parameters<typeof answer>[1]) => answer(books.ledger, request),
    })),
  };
  const tokens = [
    { name: 'grafana', role: 'reader', token: 'reader-token' },
    { name: 'shop-ci', role: 'team', team: 'shop', token: 'shop-token' },
    { name: 'pay-ci', role: 'team', team: 'pay', token: 'pay-token' },
  ] as const;
  const { url } = await startFixture(t, { exporters: () => [view], now, tokens });
  t.after(() => books.close());
  return (path: string, token = 'reader-token') =>
    fetch(`${url}${path}`, token === '' ? {} : { headers: { authorization: `Bearer ${token}` } });
}

/** `pkg:maven/org.apache/log4j@2.14.1`, with a licence behind a blank. */
export function component(text: string): Component {
  const [purl = '', ...licenses] = text.split(' ');
  const [path = '', version = ''] = purl
    .replace(/\?.*$/, '')
    .slice(4)
    .split(/@(?=[^/]*$)/);
  const [type = '', ...names] = path.split('/');
  const name = names.pop() ?? '';
  return {
    ...{ purl, type, namespace: decodeURIComponent(names.join('/')), name, version: decodeURIComponent(version) },
    licenses: licenses.length === 0 ? [] : [licenses.join(' ')],
  };
}

export function sbom(of: string, createdAt: string, components: readonly string[], more: Partial<Sbom> = {}): Sbom {
  const artifact = image(of);
  const told = {
    ...{ artifact, format: 'cyclonedx' as const, specVersion: '1.6', tool: 'syft', createdAt, gaps: [] },
    ...{ components: components.map(component), owner: JSON.stringify({ image: artifact.name }) },
    ...more,
  };
  return { ...told, digest: more.digest ?? JSON.stringify(told) };
}
