/** The errors of the command. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  COMMAND_USAGE: {
    sentence: '{reason}',
    remedy: 'see "plumbline help"',
    kind: 'usage',
  },
  FILE_EXISTS: {
    sentence: 'refused to overwrite {file}',
    remedy: 'name another with --config, or overwrite it with --force',
    kind: 'usage',
  },
  FILE_UNWRITABLE: {
    sentence: 'could not write {file}: {reason}',
    remedy: 'check that its folder exists, has room, and that this user may write there',
    kind: 'usage',
  },
  SPEC_UNREADABLE: {
    sentence: 'could not read the specification {file}: {reason}',
    remedy: 'check that it is there and that this user may read it',
    kind: 'usage',
  },
  BILLS_UNREADABLE: {
    sentence: 'could not read one row of the bills:\n{problems}',
    remedy: 'correct them, or name others with --bill; no configuration was written',
  },
  REPOSITORIES_UNREADABLE: {
    sentence: 'could not read one commit of the repositories:\n{problems}',
    remedy: 'correct that, or name others with --git; no configuration was written',
  },
  ALREADY_SERVED: {
    sentence: 'process {pid} serves this configuration already, at {url}',
    remedy: 'stop it first, or set another data_dir and server.port',
    kind: 'locked',
  },
  LEDGER_UNANSWERED: {
    sentence:
      'could not use the ledger {path}: process {pid} holds it, and no server of Plumbline answered at {url} ({reason})',
    remedy: 'stop that process, or wait until it ends; a running "plumbline serve" would have answered',
    kind: 'locked',
  },
  REMOTE_COMMAND: {
    sentence: 'the server at {url} could not do {command}: {reason}',
    remedy: 'see its log',
    kind: 'remote',
  },
  REMOTE_WRITE_UNREACHABLE: {
    sentence: 'remote write to {url} does not get through: {said}; {samples} samples are kept in {directory}',
    remedy:
      'check the address and the server; the next "plumbline history" or "plumbline serve" with this target sends them',
    kind: 'remote',
  },
  REMOTE_WRITE_REFUSED: {
    sentence: 'remote write to {url}: {samples} samples were refused, the first ({series} at {time}) with: {said}',
    remedy: 'see what "plumbline check --prometheus URL" says of the out-of-order window and the retention',
    kind: 'remote',
  },
  EVENT_NO_TOKEN: {
    sentence: 'found no token for the server at {url}',
    remedy:
      'give --token-file, or PLUMBLINE_TOKEN; a server on this machine that runs "plumbline serve" needs none where --config names its configuration',
    kind: 'usage',
  },
  TOKEN_UNREADABLE: {
    sentence: 'could not read the token file {file}: {reason}',
    remedy: 'check that it is there and that this user may read it',
    kind: 'usage',
  },
  EVENT_REFUSED: {
    sentence: 'the server at {url} refused the {event} with {status}: {said}',
    remedy: 'correct what it names; nothing was written',
    kind: 'usage',
  },
  EVENT_UNANSWERED: {
    sentence: 'the server at {url} answered {status} to the {event}: {said}',
    remedy: 'see its log, and run the command again with the same --id and times',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
