import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { PlumblineError as CliError } from '../../exporters/cli/errors.ts';
import { exitCodeOf, exitCodes } from '../../exporters/cli/exit.ts';
import { errors as coreErrors, defineErrors, describeError, PlumblineError } from '../../exporters/core/errors.ts';
import { PlumblineError as CostError } from '../../exporters/cost/errors.ts';
import { errorsReference } from '../../exporters/reference.ts';
import { errorRooms } from '../tools/errors.ts';

const page = path.resolve(import.meta.dirname, '../../exporters/core/ERRORS.md');

describe('errors', () => {
  test('every code belongs to one room, and the page lists those of all rooms', async () => {
    const rooms = await errorRooms();
    const codes = Object.values(rooms).flatMap(Object.keys);
    assert.deepEqual(
      codes.filter((code, index) => codes.indexOf(code) !== index),
      [],
    );
    const text = readFileSync(page, 'utf8');
    assert.deepEqual(
      [...text.matchAll(/^### (\w+)$/gm)].map(match => match[1]),
      codes,
    );
    assert.equal(text, errorsReference(rooms), 'run "npm run generate"');
  });

  test('core knows no domain: its sentences name neither a bill nor the catalog nor a file of configuration', async () => {
    assert.deepEqual(
      Object.keys(coreErrors).filter(code => /^(BILL|CATALOG|OWNERSHIP|CONFIG|COMMAND|COST)/.test(code)),
      [],
    );
    const rooms = Object.keys(await errorRooms()).filter(room => !room.includes('/'));
    assert.deepEqual(rooms.slice(0, 5), ['core', 'catalog', 'cli', 'config', 'cost']);
  });

  test('sentences are lower case, and a remedy ends without a full stop, since the program adds what follows', async () => {
    for (const [code, { sentence, remedy }] of Object.values(await errorRooms()).flatMap(Object.entries)) {
      assert.doesNotMatch(sentence, /^[A-Z][a-z]|\.$/, code);
      assert.doesNotMatch(remedy, /^[A-Z][a-z]|\.$/, code);
    }
  });

  test('a room may define errors without a change in core; a code that is taken is refused', () => {
    const ToyError = defineErrors({
      TOY_LOST: { sentence: 'lost {toy}', remedy: 'look under the bed', kind: 'usage' },
    });
    const error: unknown = new ToyError('TOY_LOST', { toy: 'a ball' });
    assert.ok(error instanceof PlumblineError);
    assert.equal(describeError(error), 'lost a ball (TOY_LOST); look under the bed');
    assert.equal(exitCodeOf(error), exitCodes.usage);
    assert.throws(() => defineErrors({ TOY_LOST: { sentence: 'x', remedy: 'y' } }), /TOY_LOST is defined twice/);
    assert.throws(
      () => defineErrors({ LEDGER_LOCKED: { sentence: 'x', remedy: 'y' } }),
      /LEDGER_LOCKED is defined twice/,
    );
  });

  test('an error of one room is an instance of the class of another, and keeps its cause', () => {
    const cause = new Error('why');
    const error: unknown = new CostError(
      'BILL_NOT_FOUND',
      { what: 'FOCUS bill', path: 'bills/', key: 'cost.focus[].path' },
      cause,
    );
    assert.ok(error instanceof CliError);
    assert.deepEqual([error.code, error.cause, exitCodeOf(error)], ['BILL_NOT_FOUND', cause, exitCodes.problem]);
    assert.equal(exitCodeOf(new CostError('LEDGER_LOCKED', { path: 'x', pid: 1 })), exitCodes.locked);
  });

  test('codes and details are checked by the compiler', () => {
    const unreached = () => {
      // @ts-expect-error no such code
      new PlumblineError('LEDGER_LOKED', { path: 'x', pid: 1 });
      // @ts-expect-error a code of another room
      new PlumblineError('BILL_NOT_FOUND', { path: 'x' });
      // @ts-expect-error the sentence names {pid} too
      new PlumblineError('LEDGER_LOCKED', { path: 'x' });
      // @ts-expect-error a detail is left out altogether
      new CostError('BILL_NOT_FOUND');
      const error: unknown = undefined;
      // @ts-expect-error a code that this room does not know
      return error instanceof PlumblineError && error.code === 'LEDGER_LOKED';
    };
    assert.equal(typeof unreached, 'function');
  });
});
