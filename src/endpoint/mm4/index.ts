/** Other carriers speak to us here, and we to them: MM4 over SMTP. */
export type { Mm4Config, Mm4Ports } from './config.js';
export { type Mm4, type Mm4Listening, openMm4 } from './mm4.js';
