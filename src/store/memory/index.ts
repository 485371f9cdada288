/** Keeps what the domains' ports ask to keep, for as long as the process lives: for laboratories and for the tests of every room. */
export { type LoggedStore, logEvents } from './event-log.js';
export { type MemoryStore, type MemoryStoreOptions, openMemoryStore } from './memory-store.js';
