declare module 'spdx-expression-parse' {
  /** Throws where it is no expression of the specification. */
  function parse(text: string): unknown;
  export = parse;
}
