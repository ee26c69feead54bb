/** The words of the messages: a file of Alertmanager's templates, written beside alertmanager.yml. */
import { readFileSync } from 'node:fs';

const file = new URL('plumbline.tmpl', import.meta.url);

/** The text of plumbline.tmpl, whose templates are all called `plumbline.…`. */
export const messageTemplates = (): string => readFileSync(file, 'utf8');
