/**
 * Comments by which the writer of a rule accepts what is found, above the rule or within it, as pint has them
 * (https://cloudflare.github.io/pint/ignoring.html): `# plumbline lint: disable=CHECK[,CHECK] reason`; of a whole file
 * `# plumbline lint: file-disable=CHECK[,CHECK] reason`.
 */
import { type CheckName, checkNames, type Disabled } from './model.ts';

/** Where a rule stands; the first line is 1. */
export interface Place {
  readonly first: number;
  readonly last: number;
}

export interface Comments {
  readonly ofFile: readonly Disabled[];
  readonly of: (place: Place) => readonly Disabled[];
}

const comment = /(?:^|\s)#\s*plumbline lint:(.*)$/;
const disabling = /^(file-)?disable=([\w-]+(?:,[\w-]+)*)\s+(\S.*)$/;

/** `refuse` is told of a comment that says nothing, or belongs to no rule: it would be passed over without a word. */
export function commentsIn(text: string, places: readonly Place[], refuse: (reason: string) => never): Comments {
  const lines = text.split(/\r?\n/);
  const found = lines.flatMap((each, index) => {
    const said = comment.exec(each)?.[1]?.trim();
    if (said === undefined) return [];
    const line = index + 1;
    const [, ofFile, names = '', reason = ''] =
      disabling.exec(said) ??
      refuse(`line ${line}: expected disable=CHECK[,CHECK] and a reason behind “plumbline lint:”`);
    const place = ofFile ? undefined : placeOf(line, lines, places);
    if (!ofFile && place === undefined)
      refuse(
        `line ${line}: the comment neither touches a rule nor stands within one; of a whole file it is file-disable`,
      );
    return [{ place, disabled: names.split(',').map(name => ({ line, reason, check: known(name, line, refuse) })) }];
  });
  const at = (place: Place | undefined) => found.flatMap(each => (each.place === place ? each.disabled : []));
  return { ofFile: at(undefined), of: at };
}

function known(name: string, line: number, refuse: (reason: string) => never): CheckName {
  return checkNames.find(each => each === name) ?? refuse(`line ${line}: there is no check ${name}`);
}

function placeOf(line: number, lines: readonly string[], places: readonly Place[]): Place | undefined {
  const own = places.find(({ first, last }) => first <= line && line <= last);
  if (own) return own;
  let next = line;
  while (/^\s*#/.test(lines[next - 1] ?? '')) next++;
  return places.find(({ first }) => first === next);
}
