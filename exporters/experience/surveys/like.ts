/** How a configuration names a question: its text or the tool's id, where case and spaces do not matter and * is any text. */
const plain = (text: string) => text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

export function isLike(pattern: string, text: string): boolean {
  const parts = plain(pattern).split('*');
  const wanted = plain(text);
  if (parts.length === 1) return parts[0] === wanted;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (wanted.length < first.length + last.length || !wanted.startsWith(first) || !wanted.endsWith(last)) return false;
  let from = first.length;
  const end = wanted.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = wanted.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
