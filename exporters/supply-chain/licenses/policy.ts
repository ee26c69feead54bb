/** What a policy says of the licences of a package: SPDX expressions, of which OR is satisfied by any, AND by all. */
import parse from 'spdx-expression-parse';
import type { LicensesConfig } from './config.ts';

export type LicenseVerdict = 'deny' | 'warn' | 'fine';

export interface LicenseJudgement {
  readonly verdict: LicenseVerdict;
  /** The licences that make it so; none where it is fine. */
  readonly licenses: readonly string[];
}

interface Leaf {
  readonly license: string;
  readonly plus?: true;
  readonly exception?: string;
}
type Expression = Leaf | { readonly left: Expression; readonly conjunction: 'and' | 'or'; readonly right: Expression };

const ranks: readonly LicenseVerdict[] = ['fine', 'warn', 'deny'];
const mostCharacters = 2_000;

export type LicensePolicy = (licenses: readonly string[]) => LicenseJudgement;

/** Several licences of a package hold together. What no policy can know (no licence, NOASSERTION) is fine unless `allow` is given. */
export function licensePolicy(config: LicensesConfig): LicensePolicy {
  const [deny, warn] = [matcherOf(config.deny), matcherOf(config.warn)];
  const allow = config.allow === undefined ? undefined : matcherOf(config.allow);
  const ofLeaf = (leaf: Leaf): LicenseJudgement => {
    const id = currentId(`${leaf.license}${leaf.plus ? '+' : ''}`);
    const whole = leaf.exception === undefined ? id : `${id} WITH ${leaf.exception}`;
    const judged = (verdict: LicenseVerdict) => ({ verdict, licenses: verdict === 'fine' ? [] : [whole] });
    // What is said of a licence with its exception goes before what is said of the licence.
    for (const text of new Set([whole, id])) {
      if (deny(text)) return judged('deny');
      if (warn(text)) return judged('warn');
      if (allow?.(text)) return judged('fine');
    }
    return judged(allow === undefined ? 'fine' : 'deny');
  };
  const judge = (expression: Expression): LicenseJudgement => {
    if (!('conjunction' in expression)) return ofLeaf(expression);
    const [left, right] = [judge(expression.left), judge(expression.right)];
    if (expression.conjunction === 'or') return rank(left) <= rank(right) ? left : right;
    return both(left, right);
  };
  return licenses => {
    const said = licenses.map(text => text.trim()).filter(text => !/^(?:|NONE|NOASSERTION)$/i.test(text));
    if (said.length === 0)
      return allow === undefined ? { verdict: 'fine', licenses: [] } : { verdict: 'warn', licenses: ['NOASSERTION'] };
    return said.map(text => judge(expressionOf(text))).reduce(both);
  };
}

const rank = ({ verdict }: LicenseJudgement): number => ranks.indexOf(verdict);

function both(a: LicenseJudgement, b: LicenseJudgement): LicenseJudgement {
  if (rank(a) !== rank(b)) return rank(a) > rank(b) ? a : b;
  return { verdict: a.verdict, licenses: [...new Set([...a.licenses, ...b.licenses])] };
}

/** What is no expression of SPDX is one licence of that name. */
function expressionOf(text: string): Expression {
  const cut = text.slice(0, mostCharacters);
  // The parser takes as long as it is deep.
  if ((cut.match(/\(/g) ?? []).length <= 50)
    for (const spelt of [cut, cut.replace(/\s+(and|or|with)\s+/gi, word => word.toUpperCase())])
      try {
        return parse(spelt) as Expression;
      } catch {}
  return spokenOf(cut);
}

/** Names that are none of SPDX's, with its operators between them: `Apache 2.0 or mit`. */
function spokenOf(text: string): Expression {
  if (/[()]/.test(text)) return { license: text };
  const joined = (words: readonly Expression[], conjunction: 'and' | 'or') =>
    words.reduce((left, right) => ({ left, conjunction, right }));
  const alternatives = text.split(/\s+or\s+/i);
  if (alternatives.length > 50) return { license: text };
  return joined(
    alternatives.map(one =>
      joined(
        one.split(/\s+and\s+/i).map(license => ({ license: license.trim() })),
        'and',
      ),
    ),
    'or',
  );
}

const gnu = /^(?:A|L)?GPL-\d\.\d$|^GFDL-\d\.\d$/i;

/** `GPL-2.0` and `GPL-2.0+`, as they were called until SPDX 3.0 of the licence list. */
function currentId(id: string): string {
  const bare = id.replace(/\+$/, '');
  if (!gnu.test(bare)) return id;
  return `${bare}${id.endsWith('+') ? '-or-later' : '-only'}`;
}

function matcherOf(patterns: readonly string[]): (text: string) => boolean {
  const forms = patterns.map(pattern => {
    const [id = '', ...exception] = pattern.split(/\s+WITH\s+/i);
    const current = [currentId(id), ...exception].join(' WITH ');
    return new RegExp(`^${current.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replace(/\*+/g, '.*')}$`, 'is');
  });
  return text => forms.some(form => form.test(text));
}
