/** Why a recipient goes where he goes: the question to the router as an operator asks it, and its answer. */
import { z } from 'zod';
import type { Address, Origin, RouteQuery } from '#messaging';
import { decisionText, type ExplainedDecision, type ExplainingRouter, routeTraceText } from '#messaging/routing';
import { Problem } from './http-api.js';
import { toAddress } from './views.js';

/** Characters of an address. Source: RFC 5321 4.5.3.1.3, 256 octets of a path. */
const ADDRESS_MAX = 256;
const FROM = /^(?:handset|mail|(?:peer|vasp):[^\p{Cc}]{1,64})$/u;

export const routeQuestion = z.strictObject({
  recipient: z.string().min(1).max(ADDRESS_MAX).describe('A number in international form, a mailbox or a short code.'),
  sender: z.string().min(1).max(ADDRESS_MAX).optional().describe('Absent: nobody in particular.'),
  from: z
    .string()
    .regex(FROM, 'handset, mail, peer:NAME or vasp:NAME')
    .default('handset')
    .describe('handset, mail, peer:NAME or vasp:NAME.'),
});
export type RouteQuestion = z.input<typeof routeQuestion>;

export const routeExplanation = z.object({
  decision: z.enum(['road', 'nowhere', 'undecided']),
  /** By which road, or why by none. */
  says: z.string(),
  /** Revision of the objects that decided. */
  revision: z.number(),
  /** The steps in their order, as data. */
  steps: z.array(z.record(z.string(), z.unknown())),
  /** All of it in words. */
  text: z.string(),
});
export type RouteExplanation = z.output<typeof routeExplanation>;

const NOBODY: Address = { kind: 'unknown', text: 'nobody in particular' };

/** What a message that came that way would say of where it came from, as far as routing looks at it. */
function originOf(from: string): Origin {
  const [, kind, name = ''] = /^(peer|vasp):(.*)$/u.exec(from) ?? [];
  if (kind === 'peer') return { interface: 'mm4', peer: name, version: '', messageId: '', transactionId: '', ackRequest: false };
  if (kind === 'vasp') return { interface: 'mm7', vasp: name, transactionId: '' };
  return from === 'mail' ? { interface: 'mm3', envelopeSender: '' } : { interface: 'mm1', version: '1.3' };
}

/** Asks as a message would, and leaves nothing behind but what lookups keep. */
export async function explainRoute(router: ExplainingRouter, question: RouteQuestion): Promise<RouteExplanation> {
  const query: RouteQuery = {
    recipient: toAddress(question.recipient),
    sender: question.sender === undefined ? NOBODY : toAddress(question.sender),
    origin: originOf(question.from ?? 'handset'),
    size: 0,
  };
  return explanationOf(query, await router.route(query));
}

const explanationOf = (query: RouteQuery, decision: ExplainedDecision): RouteExplanation => ({
  decision: decision.kind,
  says: decisionText(decision),
  revision: decision.trace.revision,
  steps: decision.trace.steps.map((step) => ({ ...step })),
  text: routeTraceText(query, decision),
});

/** The handler of the resource `explainRoute`. */
export const routeHandlers = (router: ExplainingRouter | undefined) => ({
  explainRoute: ({ body }: { readonly body: z.output<typeof routeQuestion> }): Promise<RouteExplanation> => {
    if (!router) throw new Problem(503, 'Unavailable', 'this program routes nothing');
    return explainRoute(router, body);
  },
});
