/** The errors of the configuration. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  CONFIG_MISSING: {
    sentence: 'found no configuration {file}',
    remedy: 'write one with "plumbline init", from a catalog, bills or git repositories, or name one with --config',
    kind: 'usage',
  },
  CONFIG_UNREADABLE: {
    sentence: 'could not read the configuration {file}: {reason}',
    remedy: 'check that it is a file and that this user may read it',
    kind: 'usage',
  },
  CONFIG_INVALID: {
    sentence: 'the configuration {file} has {count}:\n{problems}',
    remedy: 'correct the lines named above',
    kind: 'usage',
  },
  CONFIG_ENVIRONMENT_INVALID: {
    sentence: 'the variable {name} of the environment is {value}; expected {expected}',
    remedy: 'correct it, or leave it out and write it in the configuration',
    kind: 'usage',
  },
  EXPORTER_UNKNOWN: {
    sentence: 'there is no exporter {name}; expected one of {known}',
    remedy: 'name one of these, or none for all',
    kind: 'usage',
  },
  EXPORTER_NOT_CONFIGURED: {
    sentence: '{file} has no section {name}, so there is nothing to export',
    remedy: 'add the section; "plumbline init" writes a commented one',
    kind: 'usage',
  },
  NOTHING_CONFIGURED: {
    sentence: '{file} configures no exporter; expected one of {known}',
    remedy: 'add the section of one; "plumbline init" writes a commented one',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
