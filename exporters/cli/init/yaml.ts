/** Words of a new plumbline.yaml. */

/** Text as YAML takes it anywhere: in double quotes where it is not plain. */
export const quoted = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);

export const list = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`;

/** A name in a comment stays on its line. */
export const comment = (text: string): string => text.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ');
