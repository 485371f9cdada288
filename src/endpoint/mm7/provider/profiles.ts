/** How a content provider in the laboratory behaves when it is called: well, or in one of the ways in which providers fail. */

/** What a provider does with a call. */
export type Conduct =
  | { readonly kind: 'answer'; readonly code: number; readonly text: string; readonly transactionId?: 'other' | 'none' }
  | { readonly kind: 'fault'; readonly code: number; readonly http: number }
  | { readonly kind: 'http'; readonly http: number; readonly retryAfterSeconds?: number }
  /** Octets that are no answer. */
  | { readonly kind: 'garbage' }
  /** Reads the call and says nothing. */
  | { readonly kind: 'silence' }
  /** Takes the connection and does not read. */
  | { readonly kind: 'stall' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'drop' };

const GOOD: Conduct = { kind: 'answer', code: 1000, text: 'Success' };
const FLAKY_FAILURES = 2;

export interface Profile {
  readonly about: string;
  /** `call`: how many calls came before this one. */
  readonly conduct: (call: number) => Conduct;
}

const always =
  (conduct: Conduct): Profile['conduct'] =>
  () =>
    conduct;

/** By name, as the command line has them. */
export const PROFILES = {
  good: { about: 'takes everything', conduct: always(GOOD) },
  stall: { about: 'takes connections and reads nothing', conduct: always({ kind: 'stall' }) },
  silent: { about: 'reads calls and never answers', conduct: always({ kind: 'silence' }) },
  drop: { about: 'closes the connection without an answer', conduct: always({ kind: 'drop' }) },
  'http-500': { about: 'answers 500 without a body', conduct: always({ kind: 'http', http: 500 }) },
  'http-503': { about: 'answers 503, try again in a second', conduct: always({ kind: 'http', http: 503, retryAfterSeconds: 1 }) },
  'http-404': { about: 'answers 404', conduct: always({ kind: 'http', http: 404 }) },
  empty: { about: 'answers 200 without a body', conduct: always({ kind: 'http', http: 200 }) },
  garbage: { about: 'answers 200 with what is no SOAP', conduct: always({ kind: 'garbage' }) },
  unavailable: { about: 'answers status 4006', conduct: always({ kind: 'answer', code: 4006, text: 'Service unavailable' }) },
  refuse: { about: 'answers status 2004', conduct: always({ kind: 'answer', code: 2004, text: 'Multimedia content refused' }) },
  fault: {
    about: 'answers a fault with VASPErrorRsp and status 4005',
    conduct: always({ kind: 'fault', code: 4005, http: 500 }),
  },
  'fault-200': {
    about: 'answers a fault with status 3000 and HTTP 200',
    conduct: always({ kind: 'fault', code: 3000, http: 200 }),
  },
  'other-transaction': {
    about: 'answers success to another TransactionID',
    conduct: always({ ...GOOD, transactionId: 'other' }),
  },
  'no-transaction': { about: 'answers success without TransactionID', conduct: always({ ...GOOD, transactionId: 'none' }) },
  flaky: {
    about: 'fails twice, then takes everything',
    conduct: (call: number) => (call < FLAKY_FAILURES ? { kind: 'http', http: 503 } : GOOD),
  },
} as const satisfies Readonly<Record<string, Profile>>;
export type ProfileName = keyof typeof PROFILES;
export const isProfile = (name: string): name is ProfileName => Object.hasOwn(PROFILES, name);
