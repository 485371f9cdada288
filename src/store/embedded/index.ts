/** Keeps what the domains' ports ask to keep, in a data folder of this machine: an SQL file and segment files. */
export { diskFiles, type FileLayer, type OpenFile } from './files/file-layer.js';
export { type DiskUse, type EmbeddedStore, type EmbeddedStoreOptions, openEmbeddedStore } from './open.js';
export { DEFAULT_SETTINGS, type EmbeddedSettings } from './settings.js';
export type { OpenSql, SqlDriver, SqlStatement, SqlThreadModule, SqlValue } from './sql/driver.js';
export { openSql } from './sql/libsql-driver.js';
export type { ThreadData } from './sql/protocol.js';
export { type ThreadRequest, threadWork } from './sql/serve-thread.js';
export { type SqlThreadPort, type StartSqlThread, ThreadDied } from './sql/thread.js';
