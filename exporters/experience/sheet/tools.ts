/** Which columns the tables of survey tools have beside their questions, by the names that their exports give them. */

export interface SheetTool {
  /**
   * Records before the first answers; of three the second has the questions' texts, and the third their ids; of two the
   * second has the choices, rows or fields of the questions that have a column for each.
   */
  readonly headerRecords: 1 | 2 | 3;
  /** Names of columns, in the order in which they are looked for. */
  readonly id: readonly string[];
  readonly submitted: readonly string[];
  readonly updated: readonly string[];
  /** The column that says whether the end was reached, and what it says then; `filled` is any text. */
  readonly complete?: { readonly columns: readonly string[]; readonly is: readonly string[] | 'filled' };
  /** The column that tells responses of nobody, such as previews, and what it says of one that is somebody's. */
  readonly kind?: { readonly columns: readonly string[]; readonly isReal: (text: string) => boolean };
  /** Columns that hold neither answers nor contact data. */
  readonly others: readonly string[];
  /** What joins several choices in a cell. */
  readonly separator: string;
  /** Of its local times, whatever the configuration says. */
  readonly timeZone?: string;
}

/** Microsoft Forms' columns of times, by the language of whoever exports. */
export const microsoftTimes = [
  ['Start time', 'Completion time'],
  ['Startzeit', 'Fertigstellungszeit'],
  ['Heure de début', 'Heure de fin'],
  ['Hora de inicio', 'Hora de finalización'],
  ['Hora de início', 'Hora de conclusão'],
  ['Ora di inizio', 'Ora di completamento'],
  ['Begintijd', 'Tijd van voltooien'],
  ['開始時刻', '完了時刻'],
] as const;

const nobodys = /preview|test|spam|vorschau|aperçu|vista previa|pré-visualização|anteprima|voorbeeld|プレビュー/i;

export const sheetTools = {
  /** Sheets' own export, and what Google Forms gives as CSV, which joins choices by semicolons and names the zone. */
  google: {
    headerRecords: 1,
    id: [],
    // In the language of whoever made the form.
    submitted: [
      ...['Timestamp', 'Zeitstempel', 'Horodateur', 'Marca temporal', 'Informazioni cronologiche', 'Tijdstempel'],
      ...['Carimbo de data/hora', 'Sygnatura czasowa', 'Tidstämpel', 'Tidsstempel', 'Časová značka', 'タイムスタンプ'],
      ...[
        'Tidsmerke',
        'Aikaleima',
        'Időbélyeg',
        'Časová pečiatka',
        'Отметка времени',
        'Позначка часу',
        'Zaman damgası',
      ],
      ...['타임스탬프', '时间戳记', '時間戳記'],
    ],
    updated: [],
    others: ['Score'],
    separator: ', ',
  },
  /** "Download data" as CSV: names, texts and import ids in three records. */
  qualtrics: {
    headerRecords: 3,
    id: ['ResponseId', 'ResponseID'],
    submitted: ['StartDate', 'EndDate'],
    updated: ['RecordedDate'],
    // In the language of whoever exported it.
    complete: {
      columns: ['Finished'],
      is: ['true', '1', 'wahr', 'richtig', 'vrai', 'verdadero', 'verdadeiro', 'vero', 'waar'],
    },
    kind: { columns: ['Status'], isReal: text => !nobodys.test(text) && !['1', '2', '8'].includes(text) },
    others: ['EndDate', 'Progress', 'Duration (in seconds)', 'DistributionChannel', 'UserLanguage'],
    separator: ',',
  },
  /** "All responses data" as CSV: the questions, and below them what their columns stand for. */
  surveymonkey: {
    headerRecords: 2,
    id: ['Respondent ID', 'RespondentID', 'respondent_id'],
    submitted: ['Start Date', 'StartDate', 'date_created', 'Date Created'],
    updated: ['End Date', 'EndDate', 'date_modified', 'Date Modified'],
    others: ['Collector ID', 'CollectorID', 'collector_id', 'Custom Data'],
    separator: ', ',
  },
  typeform: {
    headerRecords: 1,
    id: ['#', 'Response ID', 'Token'],
    submitted: ['Submit Date (UTC)', 'Start Date (UTC)'],
    updated: [],
    complete: { columns: ['Response Type'], is: ['completed'] },
    others: ['Start Date (UTC)', 'Stage Date (UTC)', 'Tags', 'Ending', 'score'],
    separator: ', ',
    timeZone: 'UTC',
  },
  limesurvey: {
    headerRecords: 1,
    id: ['id', 'Response ID', 'id. Response ID'],
    submitted: [
      ...['startdate', 'Date started', 'startdate. Date started'],
      ...['submitdate', 'Date submitted', 'submitdate. Date submitted'],
    ],
    updated: ['datestamp', 'Date last action', 'datestamp. Date last action'],
    complete: { columns: ['submitdate', 'Date submitted', 'submitdate. Date submitted'], is: 'filled' },
    others: ['lastpage', 'Last page', 'startlanguage', 'Start language', 'seed', 'Seed', 'startdate', 'Date started'],
    separator: ',',
  },
  microsoft_forms: {
    headerRecords: 1,
    id: ['ID', 'Id'],
    submitted: microsoftTimes.flat(),
    updated: ['Last modified time', ...microsoftTimes.map(([, completion]) => completion)],
    others: ['Language', 'Total points', 'Quiz feedback', ...microsoftTimes.map(([, completion]) => completion)],
    separator: ';',
  },
  other: { headerRecords: 1, id: [], submitted: [], updated: [], others: [], separator: ', ' },
} as const satisfies Readonly<Record<string, SheetTool>>;
export type SheetToolName = keyof typeof sheetTools;

/** Questions that say of themselves that several choices may be taken. */
export const saysSeveral =
  /\b(select|check|choose|tick|mark|pick) (all|any|as many|up to|multiple|one or more)\b|mehrfach(auswahl|nennung|antwort)|alle zutreffenden|plusieurs (réponses|choix)|toutes les (réponses|options)|tod[ao]s (las|los|as|os) (que|opciones|opções|respuestas)|tutte le (risposte|opzioni)|meerdere antwoorden|複数(選択|回答)|多选|多選|복수/i;

const contact =
  /^(e-?mail|e-?mail address|e-?mail-?adresse?|e-?mailadress?(e|en)?|adresse e-?mail|adres e-?mail|indirizzo e-?mail|endere[cç]o de e-?mail|(direcci[oó]n de )?correo electr[oó]nico|メールアドレス|ユーザー名|адрес электронной почты|имя пользователя|електронна адреса|電子郵件地址|电子邮件地址|이메일 주소|사용자 이름|e-posta adresi|sähköpostiosoite|e-postadresse?|e-mailová adresa|adresa de e-mail|nombre( de usuario)?|nom( d['’]utilisateur)?|nutzername|benutzername|nome( (de usuário|do utilizador|utente))?|gebruikersnaam|naam|your e-?mail( address)?|(first|last|full|sur|user|recipient ?first|recipient ?last) ?name|name|your name|username|ip ?(address|addr)|recipient ?e-?mail|external ?(data )?ref(erence)?|location ?(latitude|longitude)|network id|token|access code|ref ?url|referr?er( url)?|custom (data|variable|value|\d+).*|phone( number)?|(tele)?phone|user ?agent|collector ?id|respondent ?id|address( 2)?|address line \d|city.*|zip.*|postal code|company)$/i;

/** True of columns that say who somebody is: never read, unless the survey's `respondent` names one. */
export const isContactColumn = (name: string): boolean =>
  contact.test(
    name
      .trim()
      .replace(/[\s_]+/g, ' ')
      // LimeSurvey writes `code. text` where it is asked to.
      .replace(/^(ipaddr|token|refurl|email|firstname|lastname)\. .*$/i, '$1'),
  );
