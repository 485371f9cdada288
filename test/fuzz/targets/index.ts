/** Everything that is fuzzed. */
import type { Target } from '../target.js';
import { addresses } from './addresses.js';
import { mms } from './mms.js';
import { mmsInspection } from './mms-inspection.js';
import { wspCharsets, wspContentType, wspMultipart, wspPush, wspValues } from './wsp.js';

export const TARGETS: readonly Target[] = [
  mms,
  mmsInspection,
  wspMultipart,
  wspContentType,
  wspPush,
  wspCharsets,
  wspValues,
  addresses,
];
