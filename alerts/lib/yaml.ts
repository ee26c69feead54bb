import { Document } from 'yaml';

/**
 * A value as YAML for the Go programs, under a comment. They read YAML 1.1 in part, so that a team called `on` or a label
 * value like 12:30 is quoted.
 */
export function toYaml(value: unknown, comment: string): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  const directive = document.directives;
  if (directive) directive.yaml.explicit = false;
  document.commentBefore = comment
    .split('\n')
    .map(line => ` ${line}`)
    .join('\n');
  return document.toString({ lineWidth: 0, singleQuote: true });
}
