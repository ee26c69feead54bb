/** What a message is about, where nothing else says it: the names that it quotes, without the words around them. */

/** An apostrophe within a word opens nothing, and a name has no blanks. */
const quoted = /(?<![\w"'`])(?:"([^"\s]{1,200})"|'([^'\s]{1,200})'|`([^`\s]{1,200})`)(?!\w)/g;
/** `registry/name:tag` and `name@sha256:…`: another tag is the same image. */
const tag = /(?<=^[\w./-]+(?::\d+\/[\w./-]+)?)(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{8,64})?$/;

/** '' where it quotes nothing. The same names in another sentence are the same subject. */
export function subjectOf(message: string | undefined): string {
  const names = [...(message ?? '').matchAll(quoted)].map(([, a, b, c]) => (a ?? b ?? c ?? '').trim().replace(tag, ''));
  return [...new Set(names.filter(name => /[a-z0-9]/i.test(name)))].join(',').slice(0, 300);
}

/** The message without names and numbers: what is the same for every resource that it is said of. */
export const templateOf = (message: string): string =>
  message
    .replace(quoted, '*')
    .replace(/\d+/g, '#')
    .toLowerCase()
    .replace(/[^a-z*#]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 120);
