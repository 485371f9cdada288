/** The process that reads inputs of all targets. The targets are loaded when the coverage has begun, so that their blocks are counted. */
import { serve } from './serve.js';

await serve(async () => (await import('./targets/index.js')).TARGETS);
