/** Versions that fix something, out of what scanners write for people: `3.1.0, 2.6.9`, `>= 3.1.0, < 4`, `~> 5.2.4`. */

const most = 50;

/** Without operators; an upper bound alone fixes nothing and is left out. Each once, in the order given. */
export function fixedVersionsOf(said: string | readonly unknown[] | undefined): readonly string[] {
  const texts = (typeof said === 'string' ? [said.slice(0, 5000)] : (said ?? [])).filter(
    (one): one is string => typeof one === 'string',
  );
  const versions = texts
    .flatMap(text => text.split(/,|\|\||;/))
    .map(text => text.trim())
    .filter(text => text !== '' && !text.startsWith('<') && !text.startsWith('!='))
    // `>=1.2 <2` of npm.
    .map(text =>
      text
        .replace(/^(?:>=|~>|>|==|=|\^|~)\s*/, '')
        .replace(/\s*<.*$/, '')
        .slice(0, 200),
    );
  return [...new Set(versions)].filter(text => text !== '').slice(0, most);
}
