/**
 * The tables and how they came to be: a list of forward steps; `user_version` of the file counts how many have been taken.
 *
 * Ids and keys are ordered by time, so nearly every tree grows at its right edge. The exceptions: `delivery_awaits` and `report_awaits` are ordered by address, but hold only what was tried and put off; `handset` is as large as the subscribers are many and
 * is written only when a handset says something new. `named` is in the order of other systems' ids, and holds only what came by other
 * interfaces than MM1.
 */
import type { SqlDriver } from './driver.js';

const FIRST = `
  CREATE TABLE state (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;

  -- record: JSON [message, keys of its deliveries in the order of its recipients]; events: JSON array, those of acceptance.
  CREATE TABLE message (id TEXT PRIMARY KEY NOT NULL, record TEXT NOT NULL, events TEXT NOT NULL) WITHOUT ROWID;

  -- Small content, apart from its message so that removing it does not write the message again.
  CREATE TABLE inline_content (id TEXT PRIMARY KEY NOT NULL, crc INTEGER NOT NULL, octets BLOB NOT NULL) WITHOUT ROWID;

  -- Where large content stands. damage: why it was given up, and then segment is null.
  CREATE TABLE frame (
    id TEXT PRIMARY KEY NOT NULL, segment INTEGER, position INTEGER NOT NULL, length INTEGER NOT NULL, crc INTEGER NOT NULL, damage TEXT
  ) WITHOUT ROWID;
  CREATE INDEX frame_segment ON frame (segment, length) WHERE segment IS NOT NULL;

  -- record: JSON of what the columns do not say of the delivery. awaits: whom it waits for, once it was tried and put off.
  CREATE TABLE delivery (
    key TEXT PRIMARY KEY NOT NULL, message_id TEXT NOT NULL, revision INTEGER NOT NULL, open INTEGER NOT NULL,
    due_at INTEGER, awaits TEXT, record TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX delivery_awaits ON delivery (awaits) WHERE awaits IS NOT NULL;

  -- record, awaits: likewise.
  CREATE TABLE report (
    key TEXT PRIMARY KEY NOT NULL, message_id TEXT NOT NULL, revision INTEGER NOT NULL, due_at INTEGER NOT NULL, awaits TEXT,
    record TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX report_due ON report (due_at);
  CREATE INDEX report_awaits ON report (awaits) WHERE awaits IS NOT NULL;
  CREATE INDEX report_message ON report (message_id);

  -- Events of later changes: JSON array of those that one change kept for one message.
  CREATE TABLE event (message_id TEXT NOT NULL, seq INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (message_id, seq)) WITHOUT ROWID;

  CREATE TABLE handset (msisdn TEXT PRIMARY KEY NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
`;

/**
 * Outer roads. road, hand_over_at: where and from when something waits to go out, both null for all else, so that messages between handsets pay
 * nothing for it; due_at is then its expiry. A delivery whose far side has yet to answer has that road's name in awaits. Reports say by which
 * interface they go. named: by which system's name a message came, for each recipient.
 */
const ROADS = `
  ALTER TABLE delivery ADD COLUMN road TEXT;
  ALTER TABLE delivery ADD COLUMN hand_over_at INTEGER;
  CREATE INDEX delivery_road ON delivery (road, hand_over_at) WHERE road IS NOT NULL;

  ALTER TABLE report ADD COLUMN road TEXT;
  ALTER TABLE report ADD COLUMN hand_over_at INTEGER;
  CREATE INDEX report_road ON report (road, hand_over_at) WHERE road IS NOT NULL;
  UPDATE report SET record=json_set(
    json_remove(record, '$.version'),
    '$.to', json_object('kind', 'number', 'msisdn', record->>'$.to'),
    '$.origin', json_object('interface', 'mm1', 'version', record->>'$.version')
  );

  CREATE TABLE named (
    system TEXT NOT NULL, message_id TEXT NOT NULL, recipient TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (system, message_id, recipient)
  ) WITHOUT ROWID;
`;

/** Step n brings a file from version n to n+1. Never changed once released, only added to. */
export const MIGRATIONS: readonly string[] = [FIRST, ROADS];

/** The folder was written by a program with a later schema than this one knows. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/**
 * Brings the open file to the newest version of `steps`, each step with its version in one transaction. Returns the version found.
 * Throws NewerSchema when the file is ahead; nothing is changed then.
 */
export function migrate(sql: SqlDriver, file: string, steps: readonly string[] = MIGRATIONS): number {
  const found = Number(sql.prepare('PRAGMA user_version').get([])?.[0] ?? 0);
  if (found > steps.length)
    throw new NewerSchema(
      `${file} has schema version ${found}, this program knows versions up to ${steps.length}: ` +
        'start the newer program, or restore a copy made before the upgrade',
    );
  for (let version = found; version < steps.length; version++) {
    sql.begin();
    try {
      sql.exec(steps[version]!);
      sql.exec(`PRAGMA user_version=${version + 1}`);
      sql.commit();
    } catch (error) {
      sql.rollback();
      throw error;
    }
  }
  return found;
}
