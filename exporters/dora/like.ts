/** A pattern of the configuration (`*` any text, `?` one character), in lower case, as one of LIKE with `\` as its escape. */
export const likeOf = (pattern: string): string =>
  pattern
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
