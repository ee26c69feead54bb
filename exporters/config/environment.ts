/** `${NAME}` and `${NAME:-default}` inside the strings of a configuration; `$${NAME}` stands for the text `${NAME}`. */

export type Environment = Readonly<Record<string, string | undefined>>;

interface Substitution {
  readonly value: string;
  /** Names that the environment does not have and that have no default. */
  readonly missing: readonly string[];
  /** What was put in, by name. */
  readonly used: Readonly<Record<string, string>>;
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g;

/** As in a shell, a default also stands in for a name that is set to nothing. */
export function substitute(text: string, env: Environment): Substitution {
  const missing: string[] = [];
  const used: Record<string, string> = {};
  const value = text.replace(reference, (whole, name?: string, hasDefault?: string, fallback?: string) => {
    // The first `$` of `$${` escapes the second.
    if (name === undefined) return whole.slice(1);
    const given = env[name];
    if (given === undefined && hasDefault === undefined) {
      missing.push(name);
      return whole;
    }
    const put = hasDefault === undefined ? (given ?? '') : given || (fallback ?? '');
    used[name] = put;
    return put;
  });
  return { value, missing, used };
}
