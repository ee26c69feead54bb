/** How a check of Trivy is called, whichever version and program says so. */
import { wordOf } from '../../../formats/json.ts';
import { templateOf } from '../../subject.ts';

/** `KSV017`, `AVD-KSV-0017` and `KSV-0017` are one check by three names, of 2021, 2022 and 2025: the newest is its id. */
export function checkId(said: string): string {
  const { family, number } = /^(?:AVD-)?(?<family>[A-Z]{2,10})-?(?<number>\d{3,5})$/i.exec(said.trim())?.groups ?? {};
  if (family === undefined || number === undefined) return said.trim().replace(/^AVD-/i, '');
  return `${family.toUpperCase()}-${number.padStart(4, '0')}`;
}

/** By its id; some lists have checks without one, whose title is all that there is. */
export function policyOf(ids: readonly unknown[], title: unknown): string | undefined {
  const [id] = ids.flatMap(one => wordOf(one, 200) ?? []).filter(one => one !== 'N/A');
  if (id !== undefined) return checkId(id);
  const slug = templateOf(wordOf(title, 300) ?? '');
  return slug === '' ? undefined : slug;
}
