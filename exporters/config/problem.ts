/** One mistake in a configuration file, as data; its sentence is made last. */

export type KeyPath = readonly (string | number)[];

export interface Position {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly at: Position;
  /** Where in the document; empty for the whole of it. */
  readonly path: KeyPath;
  /** Goes on after the key path: "is 70000; expected a whole number of at most 65535". */
  readonly text: string;
}

const plainKey = /^[A-Za-z_][\w-]*$/;

/** The key path as people write it: `ownership.rules[0].tag.keys`. */
export function writtenPath(path: KeyPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!plainKey.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** `plumbline.yaml:3:9: server.port is 70000; expected …` */
export function problemSentence(file: string, problem: Problem): string {
  const subject = problem.path.length === 0 ? '' : `${writtenPath(problem.path)} `;
  return `${file}:${problem.at.line}:${problem.at.column}: ${subject}${problem.text}`;
}

/** By place in the file, so that the first sentence is about the first mistake. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
