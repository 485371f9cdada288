/** What people are shown of an MMS PDU: its inspection, its departures from the standard, its octets in words. */
import { LIMITS } from '#base';
import { decodeParts, decodePdu, departures, inspectPdu, octetsText } from '#codec/mms';
import { difference, expect, type Target } from '../target.js';
import { mms } from './mms.js';

/** An inspection says of the PDU what the decoder says, and refuses nothing that the decoder takes. */
function agrees(octets: Uint8Array): void {
  const inspection = inspectPdu(octets);
  const decoded = decodePdu(octets);
  expect(difference(inspection.pdu, decoded) === undefined, 'mms: an inspection gives what decoding gives', () =>
    String(difference(inspection.pdu, decoded)),
  );
  const content = decoded.ok && 'content' in decoded.value ? decoded.value.content : undefined;
  const accepted = decoded.ok && (content === undefined || decodeParts(content).ok);
  expect(accepted === (inspection.refused.length === 0), 'mms: an inspection refuses if and only if decoding does', () =>
    JSON.stringify(inspection.refused),
  );
  let end = 0;
  for (const item of inspection.items) {
    expect(item.offset <= item.end && item.end <= octets.length, 'mms: an item is octets of the input', () => item.name);
    // The parts of a part stand in what was told as its data.
    expect(
      item.offset === end || (item.depth > 1 && item.offset < end),
      'mms: items follow one another without a gap',
      () => `${item.name} at ${item.offset}, not ${end}`,
    );
    end = Math.max(end, item.end);
  }
  expect(end === octets.length, 'mms: items hold every octet', () => `${end} of ${octets.length}`);
}

function departsInOrder(octets: Uint8Array): void {
  let before = 0;
  for (const { name, offset, detail } of departures(octets)) {
    expect(
      offset >= before && offset <= octets.length,
      'mms: departures are in the order of octets',
      () => `${name} at ${offset}`,
    );
    expect(!detail.includes('\n'), 'mms: a departure is one line', () => detail);
    before = offset;
  }
}

function printsItsOctets(octets: Uint8Array): void {
  const text = octetsText(octets);
  expect(
    !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text),
    'mms: a print of octets holds no control characters',
    () => JSON.stringify(text),
  );
  // One more line may say that there was more.
  expect(text.split('\n').length <= LIMITS.octetsTextLinesMax + 1, 'mms: a print of octets has its limit', () =>
    String(text.split('\n').length),
  );
}

/** A thousand fields, each with a line of words and a remark, are written down three times. Unit: octets. */
const GROWTH_OCTETS_MAX = 33_554_432;
/** A thousand refusals, each noted three times. Unit: ms. */
const SLOW_MS = 400;

export const mmsInspection: Target = {
  ...mms,
  name: 'mms-inspection',
  about: 'MMS PDUs as they are shown',
  growthOctetsMax: GROWTH_OCTETS_MAX,
  slowMs: SLOW_MS,
  run(octets) {
    agrees(octets);
    departsInOrder(octets);
    printsItsOctets(octets);
  },
};
