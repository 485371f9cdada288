/** A connectionless message whole: addresses and optional parameters read. A relay uses `viewSccp` and reads what it needs. */
import { ByteReader, type Result } from '#base';
import { type AddressVariant, readAddress } from './address.js';
import { doorOf, type SccpDecodeError } from './decode-error.js';
import { MESSAGES, type SccpMessage } from './messages.js';
import { readOptionalPart } from './optional-part.js';
import { viewSccp } from './view.js';

/** Reads one message, whatever the octets. Data and optional parameters are views into `octets`. */
export function decodeSccp(octets: Uint8Array, variant: AddressVariant = 'itu'): Result<SccpMessage, SccpDecodeError> {
  const view = viewSccp(octets);
  if (!view.ok) return view;
  const { kind, calledAt, callingAt, data, optionalAt } = view.value;
  return doorOf(() => {
    const row = MESSAGES[kind];
    const called = readAddress(new ByteReader(octets, calledAt.from, calledAt.to), variant);
    const calling = readAddress(new ByteReader(octets, callingAt.from, callingAt.to), variant);
    const optional = optionalAt === undefined ? [] : readOptionalPart(octets, optionalAt);
    return {
      kind,
      ...(row.isService
        ? { returnCause: view.value.returnCause }
        : { protocolClass: view.value.protocolClass, returnOnError: view.value.returnOnError }),
      ...(row.hasHopCounter ? { hopCounter: view.value.hopCounter } : {}),
      called,
      calling,
      data,
      ...(row.hasOptionalPart ? { optional } : {}),
    } as SccpMessage;
  });
}
