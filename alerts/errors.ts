/** The errors of alerts and their routes. */
import { defineErrors, type ErrorCatalog } from '../exporters/core/errors.ts';

export const errors = {
  ROUTES_UNREADABLE: {
    sentence: 'could not read the Alertmanager configuration {file}: {reason}',
    remedy: 'correct it until "amtool check-config" takes it, then merge again',
    kind: 'usage',
  },
  ROUTES_CLASH: {
    sentence: 'the Alertmanager configuration {file} has names that are Plumbline’s: {names}',
    remedy: 'rename them there; what begins with plumbline is written and replaced by Plumbline',
    kind: 'usage',
  },
  ROUTES_UNPROVED: {
    sentence: 'merged into {file}, alerts of Plumbline would go astray:\n{problems}',
    remedy: 'move the route of Plumbline before those named above, or give them matchers that leave its alerts alone',
    kind: 'usage',
  },
  ROUTES_KEPT: {
    sentence: '{file} is no file of Plumbline’s alone, and would be lost',
    remedy: 'name another folder by --out; "--into {file}" puts the routes under those that stand there',
    kind: 'usage',
  },
  ALERT_UNKNOWN: {
    sentence: 'there is no alert {name}{guess}',
    remedy: 'alerts/ALERTS.md lists every alert',
    kind: 'usage',
  },
  ROUTE_TEAM_UNKNOWN: {
    sentence: 'neither the catalog nor alerts.receivers knows the team {team}{guess}',
    remedy: 'name a team of the catalog; an alert of a team that nobody knows goes to the platform team',
    kind: 'usage',
  },
  LINT_FILE: {
    sentence: 'could not read the rule file {file}: {reason}',
    remedy: 'name a rule file of Prometheus, with groups of rules; "promtool check rules" tells what else is wrong',
    kind: 'usage',
  },
  LINT_COMMENT: {
    sentence: 'a comment in {file} is not understood: {reason}',
    remedy:
      'write "# plumbline lint: disable=CHECK reason" directly above a rule or within it; "plumbline lint rules --help" names the checks',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
