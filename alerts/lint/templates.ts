/**
 * Go templates as Prometheus has them in labels and annotations: whether they parse, and what they read.
 * https://pkg.go.dev/text/template, https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */

import { type At, endOfAction, type Token, tokensOf } from './tokens.ts';

export interface Template {
  readonly faults: readonly (At & { readonly sentence: string })[];
  /** Labels of the alert's series. */
  readonly labels: readonly (At & { readonly name: string })[];
  /** Where the value of the alert is read. */
  readonly values: readonly At[];
}

const ofGo = 'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge';
const ofPrometheus =
  'query first label value strvalue sortByLabel args tmpl match reReplaceAll title toUpper toLower graphLink tableLink ' +
  'safeHtml stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime ' +
  'toDuration now pathPrefix externalURL parseDuration urlQueryEscape';
const functions = new Set(`${ofGo} ${ofPrometheus}`.split(' '));
const words = ['true', 'false', 'nil'];
const rootFields = ['Labels', 'ExternalLabels', 'ExternalURL', 'Value'];

const opening = ['if', 'range', 'with', 'define', 'block'];

/** Never throws: what is wrong is in `faults`. */
export function readTemplate(text: string): Template {
  const faults: (At & { sentence: string })[] = [];
  const labels: (At & { name: string })[] = [];
  const values: At[] = [];
  const fault = (offset: number, sentence: string): undefined => {
    faults.push({ offset, sentence });
  };
  const known = new Set(['$', '$labels', '$externalLabels', '$externalURL', '$value']);
  const open: { word: string; offset: number }[] = [];

  for (let at = text.indexOf('{{'); at !== -1; ) {
    const end = endOfAction(text, at);
    if (end === undefined) {
      fault(at, 'an action is not closed by }}');
      break;
    }
    const inner = text
      .slice(at + 2, end)
      .replace(/^-(?=\s)/, ' ')
      .replace(/(?<=\s)-$/, ' ');
    if (!/^\s*\/\*.*\*\/\s*$/s.test(inner)) action(inner, at + 2);
    at = text.indexOf('{{', end + 2);
  }
  for (const { word, offset } of open) fault(offset, `${word} has no end`);
  return { faults, labels, values };

  function action(inner: string, offset: number): undefined {
    const { tokens, unknown } = tokensOf(inner, offset);
    if (unknown !== undefined) return fault(unknown, `did not expect ${JSON.stringify(text[unknown])} in an action`);
    const [first, ...rest] = tokens;
    if (first === undefined) return fault(offset, 'an action is empty');
    const word = first.kind === 'name' ? first.text : '';
    if (word === 'end') return open.pop() === undefined ? fault(first.offset, 'end closes nothing') : undefined;
    if (word === 'else') {
      if (!['if', 'range', 'with'].includes(open.at(-1)?.word ?? ''))
        fault(first.offset, 'else stands in no if, range or with');
      return rest.length === 0 ? undefined : pipeline(rest.slice(1), first.offset);
    }
    if (word === 'break' || word === 'continue') return undefined;
    if (opening.includes(word)) {
      const isNamed = word === 'define' || word === 'block';
      if (!(word === 'define' && rest.length === 1)) pipeline(isNamed ? rest.slice(1) : rest, first.offset);
      open.push({ word, offset: first.offset });
      return undefined;
    }
    if (word === 'template') return rest.length > 1 ? pipeline(rest.slice(1), first.offset) : undefined;
    return pipeline([first, ...rest], first.offset);
  }

  function pipeline(given: readonly Token[], offset: number): undefined {
    let tokens = given;
    const declares = tokens.findIndex(({ text: each }) => each === ':=' || each === '=');
    if (declares !== -1) {
      for (const { kind, text: name } of tokens.slice(0, declares)) if (kind === 'variable') known.add(name);
      tokens = tokens.slice(declares + 1);
    }
    if (tokens.length === 0) return fault(offset, 'a value is missing');
    let depth = 0;
    tokens.forEach((token, index) => {
      const [before, after] = [tokens[index - 1], tokens[index + 1]];
      if (token.text === '(' && token.kind === 'mark') depth++;
      if (token.text === ')' && token.kind === 'mark' && --depth < 0)
        fault(token.offset, 'a parenthesis is closed twice');
      if (token.text === '|') {
        if (
          before === undefined ||
          before.text === '(' ||
          after === undefined ||
          after.text === ')' ||
          after.text === '|'
        )
          fault(token.offset, 'a | has nothing on one side');
        else if (after.kind !== 'name' && after.kind !== 'field' && after.kind !== 'variable')
          fault(after.offset, `${after.text} is no function, and can’t stand behind a |`);
      }
      operand(token, before, tokens, index);
    });
    if (depth > 0) fault(offset, 'a parenthesis is not closed');
  }

  function operand(
    { kind, text: said, offset }: Token,
    before: Token | undefined,
    all: readonly Token[],
    at: number,
  ): undefined {
    if (kind === 'name' && !functions.has(said) && !words.includes(said)) fault(offset, `there is no function ${said}`);
    const rooted = !open.some(({ word }) => word !== 'if');
    if (kind === 'field' && before?.text !== ')' && rooted) fields('', said.split('.').slice(1), offset);
    if (kind !== 'variable') return;
    const [name = '', ...path] = said.split('.');
    if (!known.has(name)) return fault(offset, `the variable ${name} is not declared`);
    if (name === '$') fields('', path, offset);
    else if (['$labels', '$value'].includes(name)) fields(name, path, offset);
    const key = all[at + 1];
    if (name === '$labels' && path.length === 0 && before?.text === 'index' && key?.kind === 'string')
      labels.push({ name: key.text.slice(1, -1), offset });
  }

  function fields(name: string, path: readonly string[], offset: number): undefined {
    const [field, label, more] = name === '' ? path : [name === '$labels' ? 'Labels' : 'Value', ...path];
    if (field === undefined) return;
    if (!rootFields.includes(field)) return fault(offset, `there is no field ${field}`);
    if (field === 'Value') {
      values.push({ offset });
      if (label !== undefined) fault(offset, `the value has no field ${label}`);
    }
    if (field !== 'Labels' || label === undefined) return;
    labels.push({ name: label, offset });
    if (more !== undefined) fault(offset, `the label ${label} has no field ${more}`);
  }
}
