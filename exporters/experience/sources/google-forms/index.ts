/** Google Forms: by its API, or by the CSV that Google Sheets and Google Forms export, in files or at an address. */
import type { Source } from '../../../core/source.ts';
import { sheetAddress } from '../../sheet/address.ts';
import { sheetFiles } from '../../sheet/files.ts';
import type { SheetOptions } from '../../sheet/read.ts';
import { type SurveyDesk, shapeOf } from '../../surveys/desk.ts';
import { formSource } from './api.ts';
import type { ClientOptions } from './client.ts';
import type { GoogleFormsConfig } from './config.ts';
import { googleTokens, sheetScopes } from './token.ts';

export function googleFormsSource(config: GoogleFormsConfig, desk: SurveyDesk, client: ClientOptions = {}): Source {
  const { name, every, form, path, url, timeout } = config;
  if (form !== undefined) return formSource(config, desk, client);
  const options: SheetOptions = {
    ...{ tool: 'google', timeZone: config.time_zone, dateOrder: config.date_order, multiple: config.multiple },
    respondent: desk.survey.respondent,
    keyed: content => desk.pseudonyms('survey row', content),
  };
  const how = { name, everySeconds: every, shape: shapeOf(config, desk), options };
  if (url === undefined)
    return sheetFiles({ ...how, path: path ?? '', settleSeconds: config.settle, isWhole: config.is_whole }, desk);
  const isOpen = config.credential === undefined && config.access_token === undefined;
  const tokens = googleTokens(config, sheetScopes, client);
  return sheetAddress(
    { ...how, url, timeoutSeconds: timeout, ...(isOpen ? {} : { token: context => tokens.token(context) }) },
    desk,
    client,
  );
}
