/** The values of TCAP, with the standard's names. ITU-T Q.773 (06/97). */

/** One to four octets that a side chose for its half of a dialogue; compared as octets. */
export type TransactionId = Uint8Array;

/** What was not understood at the end of a message or portion, kept as whole elements; absent when there is nothing. */
export interface Kept {
  readonly unknown?: readonly Uint8Array[];
}

interface Portions extends Kept {
  readonly dialogue?: DialoguePortion;
  /** Absent when there is no component portion. */
  readonly components?: readonly Component[];
}

export interface Unidirectional extends Portions {
  readonly kind: 'unidirectional';
}

export interface Begin extends Portions {
  readonly kind: 'begin';
  readonly otid: TransactionId;
}

export interface End extends Portions {
  readonly kind: 'end';
  readonly dtid: TransactionId;
}

export interface Continue extends Portions {
  readonly kind: 'continue';
  readonly otid: TransactionId;
  readonly dtid: TransactionId;
}

/** An abort by the provider has a cause, one by the user a dialogue portion or nothing. */
export interface Abort extends Kept {
  readonly kind: 'abort';
  readonly dtid: TransactionId;
  readonly pAbortCause?: PAbortCause;
  readonly dialogue?: DialoguePortion;
}

export type TcapMessage = Unidirectional | Begin | End | Continue | Abort;
export type MessageKind = TcapMessage['kind'];

/** P-AbortCause, Q.773 table 17. Other numbers are kept. */
export const P_ABORT_CAUSES = {
  0: 'unrecognizedMessageType',
  1: 'unrecognizedTransactionID',
  2: 'badlyFormattedTransactionPortion',
  3: 'incorrectTransactionPortion',
  4: 'resourceLimitation',
} as const;
export type PAbortCause = (typeof P_ABORT_CAUSES)[keyof typeof P_ABORT_CAUSES] | number;

/** An operation or error code: a number of the application's own, or an object identifier. */
export type Code = { readonly kind: 'local'; readonly value: number } | { readonly kind: 'global'; readonly value: string };

/** Makes a local code, as all of MAP has. */
export const local = (value: number): Code => ({ kind: 'local', value });

export interface Invoke extends Kept {
  readonly kind: 'invoke';
  /** -128..127. */
  readonly invokeId: number;
  readonly linkedId?: number;
  readonly operation: Code;
  /** The whole element: what it is belongs to the application. */
  readonly parameter?: Uint8Array;
}

export interface ReturnResult extends Kept {
  readonly kind: 'returnResultLast' | 'returnResultNotLast';
  readonly invokeId: number;
  /** Absent when the result has no parameter: operation code and parameter come together. */
  readonly result?: { readonly operation: Code; readonly parameter?: Uint8Array } & Kept;
}

export interface ReturnError extends Kept {
  readonly kind: 'returnError';
  readonly invokeId: number;
  readonly error: Code;
  readonly parameter?: Uint8Array;
}

/** Problems by type. Q.773 tables 33 to 36. */
export const PROBLEMS = {
  general: { 0: 'unrecognizedComponent', 1: 'mistypedComponent', 2: 'badlyStructuredComponent' },
  invoke: {
    0: 'duplicateInvokeID',
    1: 'unrecognizedOperation',
    2: 'mistypedParameter',
    3: 'resourceLimitation',
    4: 'initiatingRelease',
    5: 'unrecognizedLinkedID',
    6: 'linkedResponseUnexpected',
    7: 'unexpectedLinkedOperation',
  },
  returnResult: { 0: 'unrecognizedInvokeID', 1: 'returnResultUnexpected', 2: 'mistypedParameter' },
  returnError: {
    0: 'unrecognizedInvokeID',
    1: 'returnErrorUnexpected',
    2: 'unrecognizedError',
    3: 'unexpectedError',
    4: 'mistypedParameter',
  },
} as const;
export type ProblemType = keyof typeof PROBLEMS;

export interface Reject extends Kept {
  readonly kind: 'reject';
  /** Absent when it could not be read of what is rejected. */
  readonly invokeId?: number;
  /** `code`: a number of the row `type` of PROBLEMS, or another one. */
  readonly problem: { readonly type: ProblemType; readonly code: number };
}

/** A component that breaks the rules, kept so that the others can be read. Q.774 3.2.2.2: the answer is a reject with a general problem. */
export interface UnreadableComponent {
  readonly kind: 'unreadable';
  /** Its octets; up to the end of the portion when it does not say where it ends. */
  readonly octets: Uint8Array;
  /** Its invoke id, if it got that far. */
  readonly invokeId?: number;
  /** Number of the general problem. */
  readonly problem: keyof (typeof PROBLEMS)['general'];
  readonly detail: string;
}

export type Component = Invoke | ReturnResult | ReturnError | Reject | UnreadableComponent;

/** An EXTERNAL: octets and what says how to read them. X.690 8.18. */
export interface External {
  /** Abstract syntax; absent when the sender gave none. */
  readonly directReference?: string;
  /** What stands behind it: `a0` a whole element, `81` octets, `82` bits, each with its identifier. */
  readonly encoding: Uint8Array;
}

interface DialoguePdu extends Kept {
  /** Content octets of the BIT STRING; `07 80` is version 1. Absent means version 1. */
  readonly protocolVersion?: Uint8Array;
  /** Absent when there is none. */
  readonly userInformation?: readonly External[];
}

/** Opens a dialogue. Q.773 table 40. */
export interface Aarq extends DialoguePdu {
  readonly kind: 'AARQ';
  /** As an object identifier: `0.4.0.0.1.0.21.3`. */
  readonly applicationContext: string;
}

export const ASSOCIATE_RESULTS = { 0: 'accepted', 1: 'reject-permanent' } as const;
export const DIAGNOSTICS = {
  user: { 0: 'null', 1: 'no-reason-given', 2: 'application-context-name-not-supported' },
  provider: { 0: 'null', 1: 'no-reason-given', 2: 'no-common-dialogue-portion' },
} as const;

/** Answers an AARQ. Q.773 table 41. */
export interface Aare extends DialoguePdu {
  readonly kind: 'AARE';
  readonly applicationContext: string;
  /** A number of ASSOCIATE_RESULTS, or another one. */
  readonly result: number;
  /** `value`: a number of the row of DIAGNOSTICS, or another one. */
  readonly diagnostic: { readonly source: keyof typeof DIAGNOSTICS; readonly value: number };
}

/** Ends a dialogue early. Q.773 table 42. */
export interface Abrt extends Kept {
  readonly kind: 'ABRT';
  /** 0 user, 1 provider, or another number. */
  readonly source: number;
  readonly userInformation?: readonly External[];
}

/** The dialogue portion of a Unidirectional. Q.773 table 43. */
export interface Audt extends DialoguePdu {
  readonly kind: 'AUDT';
  readonly applicationContext: string;
}

/** A dialogue portion that breaks the rules or is of an unknown abstract syntax. The rest of the message is read all the same. */
export interface UnreadableDialogue {
  readonly kind: 'unreadable';
  /** The content of the dialogue portion. */
  readonly octets: Uint8Array;
  readonly detail: string;
}

export type DialoguePortion = Aarq | Aare | Abrt | Audt | UnreadableDialogue;
