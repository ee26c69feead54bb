/**
 * What stands for a person in the ledger: an HMAC under a secret, with what it is for, so that the same person's survey
 * response and portal use can't be joined. Whoever has the ledger without the key can't tell whose it is by trying names.
 */
import { createHmac } from 'node:crypto';

export type Pseudonyms = (purpose: string, person: string) => string;

/** 32 hexadecimal digits, 128 bits: none collide. */
export const pseudonymsOf =
  (key: string): Pseudonyms =>
  (purpose, person) =>
    createHmac('sha256', key).update(`${purpose}\n${person}`).digest('hex').slice(0, 32);
