/** The process that reads inputs of the planted targets. */
import { serve } from '../serve.js';
import { PLANTED } from './targets.js';

await serve(async () => PLANTED);
