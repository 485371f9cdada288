/** Operators' objects kept in a folder, durable before a change is answered. */
export { Damage } from './lines.js';
export { type ObjectStoreSettings, openObjectStore } from './open.js';
