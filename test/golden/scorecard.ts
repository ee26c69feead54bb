/** The page of a made-up platform's golden path, lived through for weeks: any change of it is a visible diff. */
import { page } from '../../exporters/core/exposition.ts';
import { day } from '../scorecard/books.ts';
import { booksOf, randomSaid } from '../scorecard/life.ts';

export async function goldenScorecardPage(): Promise<string> {
  const shadow = { check: 'owned', kind: 'account', team: 'unowned', state: 'fail', unit: 'USD' } as const;
  const books = await booksOf([...randomSaid(7), { from: 20, subject: '111', amount: '1200', ...shadow }]);
  try {
    for (let at = 6; at < 40; at += 3) await books.on(at);
    await books.runtime.accept('facts', {
      body: Buffer.from(
        JSON.stringify({ check: 'load', service: 'mail', state: 'fail', since: day(30).toISOString() }),
      ),
      headers: {},
      principal: { name: 'ci', role: 'admin' },
    });
    const { families } = await books.runtime.takeSnapshot();
    const [problem] = books.runtime.problems();
    if (problem !== undefined) throw new Error(problem);
    return Buffer.concat(page(families, 'text')).toString();
  } finally {
    await books.close();
  }
}
