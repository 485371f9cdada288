/** Everything that is fuzzed. */
import type { Target } from '../target.js';
import { addresses } from './addresses.js';
import { mms } from './mms.js';
import { wspCharsets, wspContentType, wspMultipart, wspPush, wspValues } from './wsp.js';

export const TARGETS: readonly Target[] = [mms, wspMultipart, wspContentType, wspPush, wspCharsets, wspValues, addresses];
