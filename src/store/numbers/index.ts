/** Numbers kept in a folder: full loads, a log of changes, former versions, and followers. */
export { type CopyState, keepCopy, NumberCopy, type NumberCopyOptions } from './copy.js';
export { instantOf } from './csv.js';
export { Damage } from './damage.js';
export { exportNumbers } from './export.js';
export { NumberReader, type NumbersAttachment } from './feed.js';
export { readCurrent } from './folder.js';
export { type FollowerFault, type FollowerLag, type FollowerOptions, followNumbers, NumberFollower } from './follower.js';
export type { ImportReport, ImportSettings, LineRemark } from './import.js';
export { dryRunImport, JobFailed } from './jobs.js';
export type { FolderInUse } from './lock.js';
export {
  type MirroredFile,
  type MirrorList,
  type MirrorProgress,
  type MirrorSource,
  type MirrorTrouble,
  mirrorOnce,
  mirrorSource,
  SourceAway,
} from './mirror.js';
export { type NumberStoreOptions, openNumberStore } from './open.js';
export {
  DEFAULT_SETTINGS,
  type Loaded,
  type LoadOptions,
  type LoadRefusal,
  NumberStore,
  type NumberStoreSettings,
  type StoreStats,
} from './store.js';
export { verifyNumbers } from './verify.js';
export { type LoadVersion, loadVersions } from './versions.js';
