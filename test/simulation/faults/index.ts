/** All faults of the world. */
import { CRASHES } from './crashes.js';
import type { Fault } from './fault.js';
import { STORAGE } from './storage.js';
import { SURROUNDINGS } from './surroundings.js';

export const FAULTS: readonly Fault[] = [...CRASHES, ...STORAGE, ...SURROUNDINGS];
