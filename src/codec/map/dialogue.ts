/** What MAP itself says in a dialogue portion: MAP-DialoguePDU, as user information. TS 29.002 17.4. */
import { err, type Result } from '#base';
import {
  type BerError,
  type BerType,
  berDoor,
  type Choice,
  choice,
  encodeBer,
  enumerated,
  explicit,
  mandatory,
  nil,
  objectIdentifier,
  onlyElement,
  optional,
  sequence,
  type WithUnknown,
} from '#codec/ber';
import type { External } from '#codec/tcap';
import { type AddressString, addressString } from './numbers.js';
import { type ExtensionOnly, extensionContainer, extensionOnly } from './short-message.js';

/** map-DialogueAS. */
export const MAP_DIALOGUE_AS = '0.4.0.0.1.1.1.1';

export interface MapOpenInfo extends WithUnknown {
  readonly destinationReference?: AddressString;
  readonly originationReference?: AddressString;
  readonly extensionContainer?: Uint8Array;
}
const refuseReason = enumerated({ 0: 'noReasonGiven', 1: 'invalidDestinationReference', 2: 'invalidOriginatingReference' });
export interface MapRefuseInfo extends WithUnknown {
  readonly reason: ReturnType<typeof refuseReason.read>;
  readonly extensionContainer?: Uint8Array;
  readonly alternativeApplicationContext?: string;
}
const resourceUnavailable = enumerated({ 0: 'shortTermResourceLimitation', 1: 'longTermResourceLimitation' });
const procedureCancellation = enumerated({
  0: 'handoverCancellation',
  1: 'radioChannelRelease',
  2: 'networkPathRelease',
  3: 'callRelease',
  4: 'associatedProcedureFailure',
  5: 'tandemDialogueRelease',
  6: 'remoteOperationsFailure',
});
interface UserAbortAlternatives {
  userSpecificReason: true;
  userResourceLimitation: true;
  resourceUnavailable: ReturnType<typeof resourceUnavailable.read>;
  applicationProcedureCancellation: ReturnType<typeof procedureCancellation.read>;
}
export interface MapUserAbortInfo extends WithUnknown {
  readonly choice: Choice<UserAbortAlternatives>;
  readonly extensionContainer?: Uint8Array;
}
const providerAbortReason = enumerated({ 0: 'abnormalDialogue', 1: 'invalidPDU' });
export interface MapProviderAbortInfo extends WithUnknown {
  readonly reason: ReturnType<typeof providerAbortReason.read>;
  readonly extensionContainer?: Uint8Array;
}

const extension = optional('extensionContainer', extensionContainer);

interface DialogueAlternatives {
  'map-open': MapOpenInfo;
  'map-accept': ExtensionOnly;
  'map-close': ExtensionOnly;
  'map-refuse': MapRefuseInfo;
  'map-userAbort': MapUserAbortInfo;
  'map-providerAbort': MapProviderAbortInfo;
}
export type MapDialoguePdu = Choice<DialogueAlternatives>;

export const mapDialoguePdu = choice<DialogueAlternatives>({
  'map-open': sequence<MapOpenInfo>(
    'MAP-OpenInfo',
    {
      destinationReference: optional('destinationReference', addressString.as(0x80)),
      originationReference: optional('originationReference', addressString.as(0x81)),
      extensionContainer: extension,
    },
    0xa0,
  ),
  'map-accept': extensionOnly.as(0xa1),
  'map-close': extensionOnly.as(0xa2),
  'map-refuse': sequence<MapRefuseInfo>(
    'MAP-RefuseInfo',
    {
      reason: mandatory('reason', refuseReason),
      extensionContainer: extension,
      alternativeApplicationContext: optional('alternativeApplicationContext', objectIdentifier),
    },
    0xa3,
  ),
  'map-userAbort': sequence<MapUserAbortInfo>(
    'MAP-UserAbortInfo',
    {
      choice: mandatory(
        'map-UserAbortChoice',
        choice<UserAbortAlternatives>({
          userSpecificReason: nil.as(0x80),
          userResourceLimitation: nil.as(0x81),
          resourceUnavailable: resourceUnavailable.as(0x82),
          applicationProcedureCancellation: procedureCancellation.as(0x83),
        }),
      ),
      extensionContainer: extension,
    },
    0xa4,
  ),
  'map-providerAbort': sequence<MapProviderAbortInfo>(
    'MAP-ProviderAbortInfo',
    { reason: mandatory('map-ProviderAbortReason', providerAbortReason), extensionContainer: extension },
    0xa5,
  ),
});

/** An EXTERNAL holds one whole element under [0]. */
const wrapped: BerType<MapDialoguePdu> = explicit(0xa0, mapDialoguePdu);

/** The PDU in a user information of MAP's abstract syntax; an error for any other. */
export function decodeMapDialogue(external: External): Result<MapDialoguePdu, BerError> {
  if (external.directReference !== MAP_DIALOGUE_AS) {
    const detail = `abstract syntax ${external.directReference ?? 'missing'}, expected ${MAP_DIALOGUE_AS}`;
    return err({ kind: 'malformed', offset: 0, detail, text: `map: ${detail}` });
  }
  return berDoor('map', () => wrapped.read(onlyElement(external.encoding, 'the MAP dialogue PDU')));
}

/** The user information for a PDU. */
export const mapUserInformation = (pdu: MapDialoguePdu): External => ({
  directReference: MAP_DIALOGUE_AS,
  encoding: encodeBer(wrapped.write(pdu)),
});
