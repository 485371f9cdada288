/**
 * Makes the notification that a message waits, inside the WSP push in which it goes to the handset, and reads it again as a handset does.
 *
 *   node examples/codec/notify.mjs
 */
import { decodePdu, encodePdu, plmn, toText } from 'angarium/codec/mms';
import { decodePush, encodePush, MMS_APPLICATION_ID, MMS_MESSAGE } from 'angarium/codec/wsp';

const DAY_SECONDS = 86_400;

const notification = encodePdu({
  kind: 'm-notification-ind',
  transactionId: 'k7Qz',
  version: '1.2',
  from: { kind: 'address', address: plmn('46700000001') },
  subject: 'Över fjällen',
  messageClass: 'personal',
  messageSize: 12_345,
  expiry: { kind: 'relative', seconds: 3 * DAY_SECONDS },
  contentLocation: 'http://mmsc.example/m/k7Qz',
});
const octets = encodePush({
  transactionId: 1,
  contentType: MMS_MESSAGE,
  applicationId: MMS_APPLICATION_ID,
  body: notification,
});
console.log(`${octets.length} octets of push, ${notification.length} of PDU`);
console.log(Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(''));

const push = decodePush(octets);
if (!push.ok) throw new Error(push.error.text);
const pdu = decodePdu(push.value.body);
if (!pdu.ok) throw new Error(pdu.error.text);
console.log(toText(pdu.value));
