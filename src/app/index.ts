/** The program as a function: for journeys, benches and examples, which run it in their own process. */
export type { Config, ConfigInput } from './config.js';
export { configOf } from './config-file.js';
export { startHousekeeping } from './housekeeping.js';
export { type Addresses, type RunningMmsc, type Surroundings, startMmsc } from './mmsc.js';
export { StartFailure } from './start-failure.js';
export { startWorkPump, type WorkPump } from './work-pump.js';
