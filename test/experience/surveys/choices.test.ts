/** Several choices in a cell, taken apart. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitChoices } from '../../../exporters/experience/sheet/choices.ts';

const split = (cells: readonly string[], choices: readonly string[] = [], separator = ', ') =>
  splitChoices(cells, { separator, choices });

describe('choices in a cell', () => {
  test('are taken apart at the separator', () => {
    assert.deepEqual(split(['Go, Java', 'Go', '']), [['Go', 'Java'], ['Go'], []]);
    assert.deepEqual(split(['Go;Java;'], [], ';'), [['Go', 'Java']]);
  });
  test('keep what stands in brackets together, and brackets that never close hold none', () => {
    assert.deepEqual(split(['AWS, AWS serverless (Lambda, Fargate, etc.), VMs']), [
      ['AWS', 'AWS serverless (Lambda, Fargate, etc.)', 'VMs'],
    ]);
    assert.deepEqual(split(['so :(, VMs']), [['so :(', 'VMs']]);
  });
  test('that are known are found whole, the longest first', () => {
    const known = ['Yes', 'Yes, often', 'No'];
    assert.deepEqual(split(['Yes, often, No', 'Yes, No'], known), [
      ['Yes, often', 'No'],
      ['Yes', 'No'],
    ]);
  });
  test('leave what fits none of them as one free text', () => {
    assert.deepEqual(split(['Go, COBOL, mostly, Java'], ['Go', 'Java']), [['Go', 'COBOL, mostly', 'Java']]);
  });
  test('that no row has apart are one', () => {
    const rows = ['I am a maintainer, Committee member', 'Member, I am a maintainer, Committee member'];
    assert.deepEqual(split([...rows, rows[0]!])[1], ['Member', 'I am a maintainer, Committee member']);
    // Two rows are no proof.
    assert.deepEqual(split(rows)[0], ['I am a maintainer', 'Committee member']);
    assert.deepEqual(split(['Paid, but not for this', 'Other'])[0], ['Paid, but not for this']);
  });
  test('that one row has apart are two', () => {
    assert.deepEqual(split(['Go, Java', 'Go, Java', 'Go, Java', 'Java'])[0], ['Go', 'Java']);
  });
});
