/** How routes are written. The meaning of each key in the program stands at `Route`. */
import { z } from 'zod';
import { note } from './peer-schema.js';
import { programForm } from './program-form.js';
import type { Route, RouteResult } from './route.js';
import * as w from './words.js';

/** Values of one list of a route. Source: all number blocks of a large country. */
const VALUES_MAX = 10_000;

const RANGE = w.read(
  'a range "first-last" of equally long numbers in international form, for instance "46701000000-46701999999"',
  (written) => {
    const found = /^([0-9]{1,15})-([0-9]{1,15})$/.exec(written);
    const [first, last] = [found?.[1] ?? '', found?.[2] ?? ''];
    return first !== '' && first.length === last.length && first <= last ? { first, last } : undefined;
  },
);

export const ruleState = w.setting(
  w.oneOf('active', 'paused'),
  'active',
  'A paused one is passed over. Absent in a file that is applied: what it is now.',
);
export const priority = (what: string) => w.setting(w.count(0, 1_000_000), 100, `The smallest is asked first. ${what}`);

export const routeSchema = z.strictObject({
  name: w.required(w.name, { description: 'Unique among routes.', example: 'operator-b' }),
  state: ruleState,
  note,
  priority: priority('Among equals the longest prefix decides, then the name.'),
  match: w.section(
    'What it is for. In a list any value fits; of the lists that are given every one must fit. None given: every recipient.',
    {
      prefixes: w.setting(w.list(w.prefix, 0, VALUES_MAX), [], "Beginnings of the recipient's number."),
      ranges: w.setting(w.list(RANGE, 0, VALUES_MAX), [], 'Ranges of numbers, both ends included.'),
      networks: w.setting(w.list(w.mobileNetwork, 0, VALUES_MAX), [], 'Networks that portability, ENUM or a lookup gives.'),
      operators: w.setting(
        w.list(w.token(64, 'an operator code'), 0, VALUES_MAX),
        [],
        'Operator codes or routing numbers that portability gives.',
      ),
      domains: w.setting(w.list(w.domainMatch, 0, VALUES_MAX), [], "Domains of the recipient's mailbox, or that ENUM gives."),
      'short-codes': w.setting(w.list(w.shortCode, 0, VALUES_MAX), [], 'Short codes.'),
      kinds: w.setting(w.list(w.oneOf('number', 'email', 'short-code'), 0, 3), [], 'Kinds of recipient address.'),
      senders: w.setting(w.list(w.sender, 0, VALUES_MAX), [], 'Senders.'),
      vasps: w.setting(w.list(w.name, 0, VALUES_MAX), [], 'VASPs that the message came from.'),
      peers: w.setting(w.list(w.name, 0, VALUES_MAX), [], 'Peers that the message came from.'),
    },
  ),
  result: w.requiredSection('By which road they leave.', {
    kind: w.required(w.oneOf('own', 'peer', 'email', 'vasp', 'refuse'), {
      description: 'own: a subscriber of ours. peer: by MM4. email: by MM3. vasp: by MM7. refuse: not at all.',
      example: 'peer',
    }),
    peer: w.choice(w.name, { description: 'For kind peer.', otherwise: 'a fault with kind peer', example: 'operator-b' }),
    domain: w.choice(w.domain, {
      description: 'For kind peer: what recipients are addressed at.',
      otherwise: "the peer's first domain",
      example: 'mms.opb.example',
    }),
    vasp: w.choice(w.name, { description: 'For kind vasp.', otherwise: 'a fault with kind vasp', example: 'acme' }),
    reason: w.choice(w.oneOf('unknown-recipient', 'not-allowed', 'content-refused'), {
      description: 'For kind refuse: in the words of each interface, why.',
      otherwise: 'not-allowed',
      example: 'unknown-recipient',
    }),
    text: w.choice(w.text(200), {
      description: 'For kind refuse: said to the sender.',
      otherwise: 'nothing',
      example: 'number not in use',
    }),
  }),
});

type ReadRoute = z.output<typeof routeSchema>;

/** Keys that a result may have beside its kind. */
const RESULT_KEYS: Readonly<Record<RouteResult['kind'], readonly string[]>> = {
  own: [],
  peer: ['peer', 'domain'],
  email: [],
  vasp: ['vasp'],
  refuse: ['reason', 'text'],
};

/** Faults of one route between its keys. */
export function routeFaults({ result }: ReadRoute): { readonly path: readonly string[]; readonly text: string }[] {
  const { kind } = result;
  const strange = Object.keys(result).filter((key) => key !== 'kind' && !RESULT_KEYS[kind].includes(key));
  const faults = strange.map((key) => ({ path: ['result', key], text: `does not belong to kind ${kind}` }));
  if ((kind === 'peer' || kind === 'vasp') && result[kind] === undefined)
    faults.push({ path: ['result', kind], text: `is missing, kind ${kind} needs it` });
  return faults;
}

/** A route without faults as the program has it. */
export function toRoute({ result, ...rest }: ReadRoute): Route {
  const { kind, peer, domain, vasp, reason = 'not-allowed', text } = result;
  const results: Readonly<Record<RouteResult['kind'], RouteResult>> = {
    own: { kind: 'own' },
    email: { kind: 'email' },
    peer: { kind: 'peer', peer: peer ?? '', ...(domain === undefined ? {} : { domain }) },
    vasp: { kind: 'vasp', vasp: vasp ?? '' },
    refuse: { kind: 'refuse', reason, ...(text === undefined ? {} : { text }) },
  };
  return Object.freeze({ ...programForm(rest), result: Object.freeze(results[kind]) });
}
