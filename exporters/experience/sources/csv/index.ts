/**
 * Tables of answers that any survey tool exports: Qualtrics with its three header records, LimeSurvey, Typeform, Microsoft
 * Forms, and others by the names of their columns. Contact data in them is never read.
 */
import type { Source } from '../../../core/source.ts';
import { type ClientOptions, sheetAddress } from '../../sheet/address.ts';
import { sheetFiles } from '../../sheet/files.ts';
import type { SheetOptions } from '../../sheet/read.ts';
import { type SurveyDesk, shapeOf } from '../../surveys/desk.ts';
import type { CsvConfig } from './config.ts';

export function csvSource(config: CsvConfig, desk: SurveyDesk, client: ClientOptions = {}): Source {
  const { name, every, path, url, settle, is_whole, timeout } = config;
  const options: SheetOptions = {
    ...{ tool: config.tool, columns: config.columns, multiple: config.multiple, respondent: desk.survey.respondent },
    ...{ timeZone: config.time_zone, dateOrder: config.date_order, decimalComma: config.decimal_comma },
    encoding: config.encoding,
    keyed: content => desk.pseudonyms('survey row', content),
  };
  const how = { name, everySeconds: every, shape: shapeOf(config, desk), options };
  return url === undefined
    ? sheetFiles({ ...how, path: path ?? '', settleSeconds: settle, isWhole: is_whole }, desk)
    : sheetAddress({ ...how, url, timeoutSeconds: timeout }, desk, client);
}
