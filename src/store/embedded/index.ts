/** Keeps what the domains' ports ask to keep, in a data folder of this machine: an SQL file and segment files. */
export { diskFiles, type FileLayer, type OpenFile } from './files/file-layer.js';
export { type DiskUse, type EmbeddedStore, type EmbeddedStoreOptions, openEmbeddedStore } from './open.js';
export { DEFAULT_SETTINGS, type EmbeddedSettings } from './settings.js';
export type { SqlThreadModule } from './sql/driver.js';
