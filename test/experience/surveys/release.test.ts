import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nps, npsResponses } from '../../../exporters/experience/surveys/metrics.ts';
import { group, openBooks } from './books.ts';

test('a wave is told once it has closed, of the organisation and of teams that are large enough', async () => {
  const books = await openBooks();
  await books.tell(
    {
      responses: [
        ...group('a', [10, 10, 9, 8, 3, 6]),
        ...group('b', [9, 9, 9, 0, 7]),
        ...group('c', [10, 9]),
        ...group('d', [0, 1, 10]),
      ],
    },
    '2026-02-20T00:00:00Z',
  );
  assert.deepEqual(await books.scrape('2026-02-21T00:00:00Z'), []);
  await books.derive('2026-04-01T00:05:00Z');
  assert.deepEqual(await books.lines(nps.organisation, '2026-04-01T00:05:00Z'), ['pulse recommend platform = 25']);
  assert.deepEqual(await books.lines(npsResponses.team, '2026-04-01T00:05:00Z'), [
    'a pulse recommend platform = 6',
    'b pulse recommend platform = 5',
  ]);
  await books.close();
});
