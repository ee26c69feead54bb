/** What a file's reason in the table `files` means for whoever delivers it, and what to do. */

const remedies: Readonly<Record<string, string>> = {
  being_written: 'it has just been written; it is read when it stays unchanged until the next look',
  changed_while_read: 'it changed while it was read; it is read at the next look',
  no_final_newline:
    'its last line has no newline and so may be cut; end the file with one, or leave it unchanged for an hour',
  held_back: 'another part of its folder is not whole yet',
  vanished: 'it went away while it was looked at',
  empty: 'it holds no record, and it held some before or has no header; deliver it again',
  not_utf8: 'it is not UTF-8; write it as UTF-8, or name its encoding where the source has a key for it',
  not_a_table: 'it is a web page and no table; what exported it may have asked for a login',
  zip_archive: 'it is a zip archive, or a workbook; unpack it, or save it as CSV',
  workbook: 'it is a workbook (.xlsx, .xls, .ods); save its sheet, or export the answers, as CSV',
  unreadable_header: 'its first line is no header; the first line must name the columns',
  bare_carriage_returns: 'its lines end in a bare carriage return; end them with a newline',
  missing_column: 'its header lacks a column, named below',
  duplicate_column: 'its header has a column twice, named below; which one holds cannot be known',
  unbalanced_quotes: 'it ends inside quotes, so it was cut; deliver it again',
  truncated_record: 'its last line is cut; deliver it again',
  truncated_gzip: 'its gzip stream is cut; deliver it again',
  corrupt_gzip: 'its gzip stream is damaged; deliver it again',
  truncated_parquet: 'it is no whole Parquet file; deliver it again',
  records_lost: 'not all of its records could be accounted for; look for stray quotes or line ends in it',
  no_readable_rows: 'none of its records could be read; the reasons are listed below',
  not_json: 'it is no JSON, or cut; deliver it again',
  not_yaml: 'it is no YAML, or cut; deliver it again',
  too_large: 'it is larger than such a file may be; deliver it in parts',
  missing_cluster:
    'it is of a cluster, and nothing says of which; name it by cluster (or scope) beside the path, or by {cluster} in it',
  missing_repository:
    'it is of a repository, and nothing says of which; name it by repository (or scope) beside the path, or by {repository} in it',
  unknown_format: 'nothing here knows such a document; move it away, or name its kind if it is one that is read',
  belongs_to_supply_chain: 'it is of packages; name it under supply_chain.files',
  belongs_to_policy: 'it is of code or infrastructure; name it under policy.files',
  junit_xml:
    'it is JUnit XML: of Conftest it names no rule and tells warnings as failures, of Checkov it leaves out what could not be parsed (checkov -o junitxml -o json --output-file-path DIR writes both); have the tool write JSON or SARIF',
  nothing_found_by_whom:
    'it says that nothing was found, and not by which program; name its kind in an entry of its own',
  missing_scope: 'nothing says what it is a report of; name the repository, cluster or scope beside the path',
  unknown_export:
    'it is no export of a tracker by its header; which columns it lacks to be one is listed below, and columns and kind can name them',
  other_export: 'it is an export of another kind than those read before; give it a source of its own',
  no_time_zone: 'its times name no zone; say time_zone where the source is configured',
  no_date_in_name: 'moment is name, and its name holds no date',
  older_export:
    'it speaks of a time before what was known when it came; what was told of the past stays as it was told',
  unreadable: 'it could not be read to its end; the reader’s words are listed below',
};

/** `reason: sentence`, or the reason alone where it has none. */
export function explainFile(reason: string): string {
  const remedy = remedies[reason];
  return remedy === undefined ? reason : `${reason}: ${remedy}`;
}
