import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remainderText, roundDecimal, unitsText } from '../../exporters/cost/decimal.ts';

const rounded = (text: string) => {
  const value = roundDecimal(text);
  return value && [unitsText(value.units), remainderText(value.remainder)];
};

test('an amount of forty digits is rounded to ten decimals, and what is lost is told', () => {
  assert.deepEqual(rounded('604.4560000000000172803993336856365203857421875'), [
    '604.456',
    '0.0000000000000172803993336856365203857421875',
  ]);
  assert.deepEqual(rounded('2641.54800000000022919266484677791595458984375'), [
    '2641.548',
    '0.00000000000022919266484677791595458984375',
  ]);
});

test('a half is rounded to the even neighbour, on both sides of 0', () => {
  assert.deepEqual(rounded('0.00000000005'), ['0', '0.00000000005']);
  assert.deepEqual(rounded('0.00000000015'), ['0.0000000002', '-0.00000000005']);
  assert.deepEqual(rounded('0.00000000025'), ['0.0000000002', '0.00000000005']);
  assert.deepEqual(rounded('-0.00000000015'), ['-0.0000000002', '0.00000000005']);
  assert.deepEqual(rounded('0.000000000150000000000000000001'), ['0.0000000002', '-0.000000000049999999999999999999']);
});

test('exponents, signs and bare points are numbers; other text is not', () => {
  assert.deepEqual(rounded('1.5E-9'), ['0.0000000015', '0']);
  assert.deepEqual(rounded('1.5e3'), ['1500', '0']);
  assert.deepEqual(rounded('0E-10'), ['0', '0']);
  assert.deepEqual(rounded('+.5'), ['0.5', '0']);
  assert.deepEqual(rounded('-12'), ['-12', '0']);
  for (const text of ['', '.', '-', '1,5', '1.2.3', 'NaN', 'Infinity', '0x10', '1e99999'])
    assert.equal(roundDecimal(text), undefined, text);
});
