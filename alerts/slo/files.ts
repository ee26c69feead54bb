/**
 * The generated files of SLOs: one rule file for each name of a service, with all its objectives. Those that record as
 * often are one file: promtool evaluates all groups of a file equally often, whatever their intervals.
 */
import { type Compiled, type CompileOptions, compileSlo } from './compile.ts';
import { durationText } from './durations.ts';
import { SloError } from './errors.ts';
import type { Slo } from './model.ts';
import { sloTestFile } from './tests/index.ts';

export interface SloFiles {
  /** `slo-<service>-<name>`; `slo-<service>-<name>.1h` of objectives that record each hour, where the first doesn't. */
  readonly name: string;
  readonly compiled: readonly Compiled[];
  /** The value of the rule file. */
  readonly rules: { readonly groups: Compiled['groups'] };
  /** The value of its promtool test file. */
  readonly test: object | undefined;
}

/** Throws SLO_DUPLICATE and SLO_REFUSED; then nothing was made. */
export function sloFiles(slos: readonly Slo[], options: CompileOptions): readonly SloFiles[] {
  const seen = new Map<string, Slo>();
  const files = new Map<string, Compiled[]>();
  for (const slo of slos) {
    const id = JSON.stringify([slo.service, slo.name, slo.objective]);
    const other = seen.get(id);
    if (other)
      throw new SloError('SLO_DUPLICATE', {
        slo: `${slo.service}/${slo.name} ${slo.objective}`,
        origin: slo.origin,
        other: other.origin,
      });
    seen.set(id, slo);
    const name = `slo-${slo.service}-${slo.name}`;
    const same = files.get(name);
    // `a-b` of `c` and `b` of `c-a` are two SLOs and one name of a file
    const first = same?.[0]?.slo;
    if (first && (first.service !== slo.service || first.name !== slo.name))
      throw new SloError('SLO_DUPLICATE', { slo: `${name} (as a file)`, origin: slo.origin, other: first.origin });
    const compiled = compileSlo(slo, options);
    const isOther = same !== undefined && same[0]?.resolution !== compiled.resolution;
    const file = isOther ? `${name}.${durationText(compiled.resolution)}` : name;
    files.set(file, [...(files.get(file) ?? []), compiled]);
  }
  return [...files].map(([name, compiled]) => ({
    name,
    compiled,
    rules: { groups: compiled.flatMap(({ groups }) => groups) },
    test: sloTestFile(`${name}.rules.yml`, compiled, options.server),
  }));
}
