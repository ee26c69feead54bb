/** Basic authentication by bcrypt hashes. */
import { createHash } from 'node:crypto';
import { compare as compareBcrypt } from 'bcryptjs';
import pLimit from 'p-limit';

/** Whether a password is that of a hash. */
export type Compare = (password: string, hash: string) => Promise<boolean>;

/** Of nobody: an unknown user takes as long as a known one. */
const nobody = '$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi';
/** What a hash has let in is remembered: it is dear, and a scraper comes every few seconds. */
const mostRemembered = 100;

export interface Users {
  /** The user of an `Authorization: Basic …` header; undefined where there is none of that password. */
  readonly userOf: (
    authorization: string | undefined,
    users: Readonly<Record<string, string>>,
  ) => Promise<string | undefined>;
}

export function createUsers(compare: Compare = compareBcrypt): Users {
  const remembered = new Set<string>();
  // One at a time: whoever guesses must not take the processor from the exporters.
  const one = pLimit(1);
  const matches = async (user: string, password: string, hash: string): Promise<boolean> => {
    const key = createHash('sha256')
      .update(JSON.stringify([user, password, hash]))
      .digest('base64');
    if (remembered.has(key)) return true;
    if (!(await one(() => compare(password, hash)))) return false;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.add(key);
    return true;
  };
  return {
    userOf: async (authorization, users) => {
      const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
      if (basic === undefined) return undefined;
      const given = Buffer.from(basic, 'base64').toString();
      const colon = given.indexOf(':');
      if (colon < 0) return undefined;
      const [user, password] = [given.slice(0, colon), given.slice(colon + 1)];
      const known = Object.hasOwn(users, user);
      const isRight = await matches(user, password, known ? users[user]! : nobody);
      return known && isRight ? user : undefined;
    },
  };
}
