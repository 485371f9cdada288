/** All roads of the world. A new road is a file and a line here. */
import { abortUpload } from './abort-upload.js';
import { answerOddly } from './answer-oddly.js';
import { confirmUnseen } from './confirm-unseen.js';
import { fetchAndFallSilent } from './fetch-and-fall-silent.js';
import { loseTheDownload } from './lose-the-download.js';
import { reject } from './reject.js';
import { retrieveAtOnce } from './retrieve-at-once.js';
import { retrieveDeferred } from './retrieve-deferred.js';
import { retrieveTwice } from './retrieve-twice.js';
import type { ReceiveRoad, SendRoad } from './road.js';
import { sayNothing } from './say-nothing.js';
import { sendAgainLate } from './send-again-late.js';
import { sendAgainSoon } from './send-again-soon.js';
import { sendUnnamed } from './send-unnamed.js';
import { sendUntilAnswered } from './send-until-answered.js';
import { useWrongKeys } from './use-wrong-keys.js';

export const SEND_ROADS: readonly SendRoad[] = [sendUntilAnswered, sendAgainSoon, sendAgainLate, abortUpload, sendUnnamed];

export const RECEIVE_ROADS: readonly ReceiveRoad[] = [
  retrieveAtOnce,
  retrieveDeferred,
  reject,
  sayNothing,
  fetchAndFallSilent,
  retrieveTwice,
  loseTheDownload,
  confirmUnseen,
  answerOddly,
  useWrongKeys,
];
