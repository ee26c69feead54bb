/** The gate: what its rules say of one image. Nothing but its arguments decides, so that a pipeline and a metric agree. */
import { severities } from '../../findings/report.ts';
import { findingCriteria, type GateRule } from './config.ts';
import type { GateFinding, GateSubject, ScanStatus } from './subject.ts';

/** Undefined: could not be told. */
type Holds = boolean | undefined;

export interface GateReason {
  readonly rule: string;
  readonly mode: 'enforce' | 'warn';
  /** `violated`, or `unknown`: what the rule asks for could not be told. */
  readonly outcome: 'violated' | 'unknown';
  readonly text: string;
}

export interface GateVerdict {
  /** `warned` may be deployed; `unknown` must not pass silently. */
  readonly verdict: 'pass' | 'warned' | 'blocked' | 'unknown';
  /** The rule that decided it; '' of what passes. */
  readonly rule: string;
  /** What blocks first, then what could not be told, then warnings; each in the order of the rules. */
  readonly reasons: readonly GateReason[];
}

export function evaluateGate(rules: readonly GateRule[], subject: GateSubject, now: Date): GateVerdict {
  const applying = rules.filter(rule => appliesTo(rule, subject));
  const reasons: GateReason[] = [];
  for (const rule of applying) if (!isOfFindings(rule)) reasons.push(...imageReasons(rule, subject));
  const ofFindings = applying.filter(isOfFindings);
  reasons.push(...scanReasons(ofFindings, subject));
  for (const finding of subject.findings) reasons.push(...findingReasons(ofFindings, finding, now));

  const order = new Map(rules.map(({ name }, index) => [name, index]));
  const sorted = reasons
    .map((reason, index) => ({ reason, index }))
    .sort(
      (a, b) =>
        rankOf(a.reason) - rankOf(b.reason) ||
        order.get(a.reason.rule)! - order.get(b.reason.rule)! ||
        a.index - b.index,
    )
    .map(({ reason }) => reason);
  const [worst] = sorted;
  const verdict = worst === undefined ? 'pass' : (['blocked', 'unknown', 'warned', 'pass'] as const)[rankOf(worst)]!;
  return { verdict, rule: verdict === 'pass' ? '' : (worst?.rule ?? ''), reasons: sorted };
}

const rankOf = ({ mode, outcome }: GateReason): number =>
  (mode === 'enforce' ? 0 : 2) + (outcome === 'violated' ? 0 : 1);

const isOfFindings = (rule: GateRule): boolean => findingCriteria.some(key => rule[key] !== undefined);

function appliesTo(rule: GateRule, { environment, image }: GateSubject): boolean {
  if (rule.image !== undefined && !matches(rule.image, [image])) return false;
  if (rule.environment === undefined) return true;
  // Where the environment is not known every rule holds, and none that allows.
  return environment === undefined ? rule.mode !== 'allow' : matches(rule.environment, [environment]);
}

const expressions = new Map<string, RegExp>();

function matches(patterns: readonly string[], texts: readonly string[]): boolean {
  return patterns.some(pattern => {
    let expression = expressions.get(pattern);
    if (expression === undefined) {
      const form = pattern.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`).replace(/\*+/g, '.*');
      expression = new RegExp(`^${form}$`, 'is');
      expressions.set(pattern, expression);
    }
    return texts.some(text => expression.test(text));
  });
}

const reasonOf = (rule: GateRule, outcome: GateReason['outcome'], text: string): GateReason => ({
  rule: rule.name,
  mode: rule.mode === 'warn' ? 'warn' : 'enforce',
  outcome,
  text,
});

const unlooked: Readonly<Record<Exclude<ScanStatus, 'fresh'>, string>> = {
  never: 'nothing has scanned it',
  failed: 'its newest scan failed',
  stale: 'its newest scan is too old',
  partial: 'its newest scan is partial',
};

/** What is not scanned has no findings and is not known to have none. */
function scanReasons(rules: readonly GateRule[], { scans }: GateSubject): readonly GateReason[] {
  const told = new Set<string>();
  return rules.flatMap(rule =>
    rule.mode === 'allow'
      ? []
      : (rule.class ?? (['vulnerability'] as const)).flatMap(kind => {
          const status = scans[kind];
          const key = `${rule.mode} ${kind}`;
          if (status === 'fresh' || told.has(key)) return [];
          told.add(key);
          const what = { vulnerability: 'vulnerabilities', secret: 'secrets', license: 'licences' }[kind];
          return [reasonOf(rule, 'unknown', `${unlooked[status]} for ${what}`)];
        }),
  );
}

function findingReasons(rules: readonly GateRule[], finding: GateFinding, now: Date): readonly GateReason[] {
  if (finding.exception !== undefined) return [];
  const unknown: GateReason[] = [];
  for (const rule of rules) {
    const criteria = criteriaOf(rule, finding, now);
    if (criteria.some(({ holds }) => holds === false)) continue;
    const untold = criteria.filter(({ holds }) => holds === undefined);
    if (untold.length > 0) {
      if (rule.mode !== 'allow')
        unknown.push(
          reasonOf(rule, 'unknown', `${wordsOf(finding)}: not known ${untold.map(({ what }) => what).join(', ')}`),
        );
      continue;
    }
    if (rule.mode === 'allow') return unknown;
    return [...unknown, reasonOf(rule, 'violated', wordsOf(finding))];
  }
  return unknown;
}

function criteriaOf(rule: GateRule, finding: GateFinding, now: Date): readonly { holds: Holds; what: string }[] {
  const list: { holds: Holds; what: string }[] = [];
  const ask = (isAsked: boolean, what: string, holds: () => Holds) => {
    if (isAsked) list.push({ holds: holds(), what });
  };
  ask(true, 'of which class it is', () => (rule.class ?? ['vulnerability']).includes(finding.class));
  // One that nobody says is below all: scanners leave it out of what is new and not rated yet.
  ask(
    rule.severity !== undefined,
    '',
    () => severities.indexOf(finding.severity) <= severities.indexOf(rule.severity!),
  );
  ask(rule.exploited !== undefined, 'whether it is exploited', () => equal(finding.isExploited, rule.exploited!));
  ask(rule.epss !== undefined, 'how likely it is to be exploited', () =>
    finding.epss === undefined ? undefined : finding.epss >= rule.epss!,
  );
  ask(rule.fix_available !== undefined, 'whether it has a fix', () => equal(finding.hasFix, rule.fix_available!));
  ask(rule.older_than_days !== undefined, 'how old it is', () =>
    finding.openedAt === undefined
      ? undefined
      : now.getTime() - finding.openedAt >= rule.older_than_days! * 24 * 3_600_000,
  );
  ask(rule.sla_breached !== undefined, 'whether its limit is over', () =>
    equal(finding.isBreached, rule.sla_breached!),
  );
  ask(rule.package !== undefined, '', () => matches(rule.package!, [finding.package, nameOf(finding.package)]));
  ask(rule.vulnerability !== undefined, '', () => matches(rule.vulnerability!, [finding.id, ...finding.aliases]));
  return list;
}

const equal = (known: boolean | undefined, wanted: boolean): Holds =>
  known === undefined ? undefined : known === wanted;

/** `log4j-core` of its package URL. */
const nameOf = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

function wordsOf({ id, severity, package: name, version, fixedVersions, isExploited }: GateFinding): string {
  const where = [nameOf(name), version].filter(Boolean).join(' ');
  const fix = fixedVersions.length > 0 ? `, fixed in ${fixedVersions.slice(0, 5).join(', ')}` : '';
  return `${id} (${severity}${isExploited ? ', exploited' : ''})${where === '' ? '' : ` in ${where}`}${fix}`;
}

function imageReasons(rule: GateRule, subject: GateSubject): readonly GateReason[] {
  const reasons: GateReason[] = [];
  const require = (holds: Holds, violated: string, unknown: string) => {
    if (holds === true) return;
    reasons.push(reasonOf(rule, holds === false ? 'violated' : 'unknown', holds === false ? violated : unknown));
  };
  const { signature, provenance, level, sbom } = subject;
  if (rule.signature !== undefined) {
    const isSigned = signature === 'verified' || (signature === 'claimed' && rule.signature === 'signed');
    const holds = isSigned ? true : signature === 'failed' || signature === 'unsigned' ? false : undefined;
    require(holds, signature === 'failed' ? 'its signature does not hold' : 'it is not signed', signature === 'claimed'
      ? 'its signature was not verified'
      : 'nobody has looked for its signature');
  }
  if (rule.provenance !== undefined) {
    const isThere = provenance === 'verified' || (provenance === 'claimed' && rule.provenance === 'present');
    const holds = isThere ? true : provenance === 'failed' || provenance === 'missing' ? false : undefined;
    require(holds, provenance === 'failed' ? 'its provenance does not hold' : 'it has no provenance', provenance ===
      'claimed'
      ? 'its provenance was not verified'
      : 'nobody has looked for its provenance');
  }
  if (rule.level !== undefined) {
    const isTold = provenance !== 'unknown' && provenance !== 'claimed';
    require(level >= rule.level
      ? true
      : isTold
        ? false
        : undefined, `its provenance is of SLSA build level ${level}, below ${rule.level}`, provenance === 'claimed'
      ? 'its provenance was not verified'
      : 'nobody has looked for its provenance');
  }
  if (rule.sbom !== undefined) {
    const fine = {
      present: ['complete', 'incomplete', 'stale'],
      fresh: ['complete', 'incomplete'],
      complete: ['complete'],
    };
    require(sbom === 'unknown' ? undefined : fine[rule.sbom].includes(sbom), sbom === 'missing'
      ? 'it has no bill of materials'
      : `its bill of materials is ${sbom}`, 'its bill of materials is not known');
  }
  return reasons;
}
