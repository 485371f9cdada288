/** Charging records: what of a message's events is charged, and how a record is written. */
export { type ChargingSettings, type Extensions, FIELDS, type FieldName, type FieldValue, type RecordAddress } from './fields.js';
export { COLUMNS, CSV_HEAD, csvCells, type LineFormat, readLine, recordLine } from './lines.js';
export { type ChargingRecord, type RecordId, readRecordId, recordsOf } from './make.js';
export { RECORDS, type RecordName, type RecordRow } from './records.js';
