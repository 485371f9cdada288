/** Everything that is fuzzed. */
import type { Target } from '../target.js';
import { addresses } from './addresses.js';
import { asp } from './asp.js';
import { ber } from './ber.js';
import { capture } from './capture.js';
import { ipa } from './ipa.js';
import { m3ua } from './m3ua.js';
import { map } from './map.js';
import { mime } from './mime.js';
import { mm4 } from './mm4.js';
import { mm7 } from './mm7.js';
import { mms } from './mms.js';
import { mmsInspection } from './mms-inspection.js';
import { mtp } from './mtp.js';
import { enumAnswer, enumQuery, numberLookup } from './numbering.js';
import { reassembly } from './reassembly.js';
import { sccp } from './sccp.js';
import { sms } from './sms.js';
import { smtpMailbox } from './smtp.js';
import { tcap } from './tcap.js';
import { wspCharsets, wspContentType, wspMultipart, wspPush, wspValues } from './wsp.js';

export const TARGETS: readonly Target[] = [
  mms,
  mm4,
  mmsInspection,
  mm7,
  wspMultipart,
  wspContentType,
  wspPush,
  wspCharsets,
  wspValues,
  addresses,
  mime,
  m3ua,
  sccp,
  reassembly,
  ber,
  tcap,
  map,
  sms,
  mtp,
  capture,
  ipa,
  asp,
  smtpMailbox,
  enumAnswer,
  enumQuery,
  numberLookup,
];
