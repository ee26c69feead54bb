/** Begins the runbook of a new alert: `node test/tools/runbook.ts NAME`. One that is there stays as it is. */
import { writeFileSync } from 'node:fs';
import { runbookFile } from '../../alerts/lib/alert.ts';
import { runbookSkeleton } from '../../alerts/runbook.ts';

const [name = ''] = process.argv.slice(2);
if (/^[A-Z][A-Za-z0-9]*$/.test(name)) writeFileSync(runbookFile(name), runbookSkeleton(name), { flag: 'wx' });
else {
  process.stderr.write('name the alert, in UpperCamelCase: node test/tools/runbook.ts NAME\n');
  process.exitCode = 2;
}
