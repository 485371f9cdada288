/** Templates of the forwardSM: mobile-originated, in every version, carrier and form of number, and mobile-terminated. */
import {
  encodeError,
  encodeInvoke,
  encodeResult,
  glance,
  type MapInvoke,
  SHORT_MSG_MO_RELAY,
  SHORT_MSG_MT_RELAY,
} from '#codec/map';
import type { Component } from '#codec/tcap';
import { addressOf, NODES, type Node, SELECTED_TYPE, UNSELECTED_TYPE } from './laboratory.js';
import { numberOf, SENDERS, type SenderKind } from './numbers.js';
import type { Facts } from './oracle.js';
import { type Answers, type Carrier, contextFor, type Envelope, partOf, type Template, tcapOf } from './template.js';
import { DELIVERY, SUBMIT_REPORT, type Tpdu } from './texts.js';

export type Version = 1 | 2 | 3;
/** How the sender's number is written: whole, without country code, without area code as well. */
export type Form = 'international' | 'national' | 'subscriber';

/** The nature of each form in an AddressString, and how many digits are left out in front. Country code 46, area code 70. */
const FORMS: Readonly<Record<Form, { readonly nature: number; readonly without: number }>> = {
  international: { nature: 1, without: 0 },
  national: { nature: 2, without: 2 },
  subscriber: { nature: 4, without: 4 },
};

const E164 = 1;
const INTERNATIONAL = 1;
/** Another than 1, so that an answer which guesses the invoke id is found out. */
const INVOKE_ID = 5;

/** A mobile-originated short message. */
export interface MoRecipe {
  readonly sender: SenderKind;
  readonly version: Version;
  readonly carrier: Carrier;
  readonly form: Form;
  readonly centre: 'home' | 'foreign';
  readonly tpdu: Tpdu;
  /** The dialogue is opened first and brings the message in a Continue. Versions 2 and 3. */
  readonly dialogueFirst?: boolean;
  /** It comes from an IN platform. */
  readonly fromPlatform?: boolean;
  /** With a translation type that no selector takes. */
  readonly unselected?: boolean;
  readonly hopCounter?: number;
}

/** Picks one of a few nodes by what a recipe is, so that all are used and every run uses them alike. */
const oneOf = <T>(nodes: readonly T[], by: number): T => nodes[by % nodes.length]!;

const address = (digits: string, nature = INTERNATIONAL) => ({ nature, plan: E164, digits });

/** What a message begins with, so that the places of digits can be found in it. */
function senderDigits(tcap: Uint8Array): { at: number; digits: number } {
  const found = glance(tcap);
  if (found?.argument !== 'read' || found.oaTag !== 0x82) throw new Error('a forwardSM of ours is not plain');
  const octets = found.oaTo - found.oaFrom - 1;
  return { at: found.oaFrom + 1, digits: tcap[found.oaTo - 1]! >> 4 === 0x0f ? octets * 2 - 1 : octets * 2 };
}

const moInvoke = ({ sender, version, form, tpdu }: MoRecipe, centre: Node): MapInvoke => ({
  operation: 'mo-ForwardSM',
  argument: {
    smRpDa: { kind: 'serviceCentreAddressDA', value: address(centre.digits) },
    smRpOa: {
      kind: 'msisdn',
      value: address(numberOf(sender, 0).slice(FORMS[form].without), FORMS[form].nature),
    },
    smRpUi: tpdu.octets,
    ...(version === 3 ? { imsi: '240079876543210' } : {}),
  },
});

/** What a service centre answers; `first`: it is the first answer of the dialogue. */
function answersOf(context: string | undefined, version: Version, dialogueFirst: boolean): Answers {
  const inEnd = dialogueFirst ? undefined : context;
  const result: Component = encodeResult(
    INVOKE_ID,
    version === 3 ? { operation: 'mo-ForwardSM', result: { smRpUi: SUBMIT_REPORT } } : undefined,
  );
  const error = encodeError(INVOKE_ID, { error: 'systemFailure' });
  return {
    ...(dialogueFirst ? { accept: tcapOf.accept(context!) } : {}),
    result: tcapOf.end(inEnd, [result]),
    error: tcapOf.end(inEnd, [error]),
  };
}

const factsOf = ({ sender, centre, fromPlatform = false, unselected = false, tpdu }: MoRecipe): Facts => ({
  selected: !unselected,
  moForwardSm: true,
  fromPlatform,
  senderType: SENDERS[sender].portabilityType,
  senderEntity: SENDERS[sender].entity,
  homeCentre: centre === 'home',
  ...(tpdu.isForPrepaid ? { recipientPrepaid: true } : {}),
});

const nameOf = (recipe: MoRecipe): string =>
  [
    `mo-forwardSM v${recipe.version} ${recipe.carrier}`,
    `${recipe.sender} ${recipe.form}`,
    `${recipe.centre} centre`,
    ...(recipe.tpdu.isForPrepaid ? ['prepaid recipient'] : []),
    ...(recipe.dialogueFirst ? ['dialogue first'] : []),
    ...(recipe.fromPlatform ? ['from a platform'] : []),
    ...(recipe.unselected ? ['not selected'] : []),
    ...(recipe.hopCounter === undefined ? [] : [`hop counter ${recipe.hopCounter}`]),
  ].join(', ');

export function moTemplate(recipe: MoRecipe): Template {
  const { version, carrier, dialogueFirst = false, fromPlatform = false, hopCounter } = recipe;
  const by = recipe.tpdu.octets.length;
  const centre: Node = oneOf<Node>(recipe.centre === 'home' ? NODES.homeCentres : NODES.foreignCentres, by);
  const from: Node = oneOf<Node>(fromPlatform ? NODES.platforms : NODES.exchanges, by + version);
  const envelope: Envelope = {
    called: addressOf(centre, recipe.unselected ? UNSELECTED_TYPE : SELECTED_TYPE),
    calling: addressOf(from),
    carrier,
    protocolClass: by % 2,
    ...(hopCounter === undefined ? {} : { hopCounter }),
  };
  const context = contextFor(SHORT_MSG_MO_RELAY, version);
  if (dialogueFirst && context === undefined) throw new RangeError('version 1 opens no dialogue without its operation');
  const invoke = encodeInvoke(INVOKE_ID, moInvoke(recipe, centre));
  const operation = dialogueFirst ? tcapOf.goOn([invoke]) : tcapOf.begin(context, [invoke]);
  const part = partOf(operation, envelope, senderDigits(operation));
  const opening = partOf(tcapOf.begin(context, undefined), { ...envelope, carrier: carrier === 'UDT' ? 'UDT' : 'XUDT' });
  return {
    name: nameOf(recipe),
    from: from.place,
    to: 'centre',
    carrier,
    facts: factsOf(recipe),
    sender: recipe.sender,
    version,
    ...(context === undefined ? {} : { applicationContext: context }),
    invokeId: INVOKE_ID,
    ...(dialogueFirst ? { first: opening, second: part } : { first: part }),
    answers: answersOf(context, version, dialogueFirst),
  };
}

/** A message to a phone. Versions 1 and 2 have the operation code of the other direction. */
export function mtTemplate(version: Version, carrier: 'UDT' | 'XUDT', centre: 'home' | 'foreign'): Template {
  const from: Node = oneOf<Node>(centre === 'home' ? NODES.homeCentres : NODES.foreignCentres, version);
  const to: Node = oneOf<Node>(NODES.exchanges, version);
  const context = version === 1 ? undefined : contextFor(SHORT_MSG_MT_RELAY, version);
  const argument = {
    smRpDa: { kind: 'imsi', value: '240071234567890' },
    smRpOa: { kind: 'serviceCentreAddressOA', value: address(from.digits) },
    smRpUi: DELIVERY,
  } as const;
  const invoke = encodeInvoke(INVOKE_ID, { operation: version === 3 ? 'mt-ForwardSM' : 'mo-ForwardSM', argument });
  const end = (component: Component): Uint8Array => tcapOf.end(context, [component]);
  return {
    name: `mt-forwardSM v${version} ${carrier}, ${centre} centre`,
    from: 'centre',
    to: 'access',
    carrier,
    facts: { selected: true, moForwardSm: false, fromPlatform: false, senderType: undefined, homeCentre: false },
    version,
    ...(context === undefined ? {} : { applicationContext: context }),
    invokeId: INVOKE_ID,
    first: partOf(tcapOf.begin(context, [invoke]), { called: addressOf(to), calling: addressOf(from), carrier }),
    answers: {
      result: end(encodeResult(INVOKE_ID, undefined)),
      error: end(encodeError(INVOKE_ID, { error: 'absentSubscriber' })),
    },
  };
}
