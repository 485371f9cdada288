/**
 * The road to VASPs: hands over messages and reports, one call each, no faster than the VASP's object allows and no more at once. What is tried
 * again and when is the domain's affair; here it is said what an attempt came to. TransactionIDs are the domain's, the same at every repeat.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '#base';
import { encodePacket, type Mm7Message } from '#codec/mm7';
import type { Vasp } from '#directory';
import type { Carrier, FarAnswer, Handover, HandoverOutcome, OuterRoad, OutgoingReport, ReportOutcome, Terms } from '#messaging';
import { type Call, createClient, type VaspClient } from './calls.js';
import type { Mm7CarrierPorts } from './config.js';
import { fromStored } from './content.js';
import { deliverReq, dialectOfVasp, reportReq } from './outgoing.js';
import { Rates } from './rates.js';
import { createTelemetry } from './telemetry.js';
import { jsonVerdict, type OutgoingKind, soapVerdict, type Verdict } from './verdicts.js';
import { jsonCall, messageEvent, reportEvent } from './webhooks.js';

export interface Mm7Carrier extends Carrier {
  /** Calls under way may end for `graceMs` (default 0); then they are cut off, and put off. */
  close(graceMs?: number): Promise<void>;
}

/** Of a VASP that is not known: what is for it is held, and held one by one. */
const NO_TERMS: Terms = { recipientsMax: 1, inFlightMax: 1 };

/** A VASP that can be called, or why not. */
type Callable =
  | { readonly kind: 'vasp'; readonly vasp: Vasp; readonly client: VaspClient }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'uncalled' };

interface Kept {
  /** The object that the client was made for. */
  readonly vasp: Vasp;
  readonly client: VaspClient;
}

/** `relayServerId`: how we name ourselves. */
export function createMm7Carrier(relayServerId: string, ports: Mm7CarrierPorts): Mm7Carrier {
  const { directory, now } = ports;
  const telemetry = createTelemetry(ports.log, ports.meter);
  const clients = new Map<string, Kept>();
  const rates = new Rates(() => performance.now());
  const forget = directory.onChange(({ vasps }) => {
    const names = new Set(vasps.map(({ name }) => name));
    rates.keep(names);
    for (const [name, { vasp, client }] of clients) {
      if (directory.snapshot.vasp(name) === vasp) continue;
      clients.delete(name);
      void client.close();
    }
  });

  function callable(road: OuterRoad): Callable {
    const name = road.kind === 'vasp' ? road.vasp : '';
    const vasp = directory.snapshot.vasp(name);
    if (vasp === undefined) return { kind: 'held', reason: `no VASP ${name}` };
    if (vasp.state === 'paused') return { kind: 'held', reason: `VASP ${name} is paused` };
    const { delivery } = vasp;
    if (delivery.url === undefined) return { kind: 'uncalled' };
    const kept = clients.get(name);
    if (kept !== undefined && kept.vasp === vasp) return { kind: 'vasp', vasp, client: kept.client };
    if (kept !== undefined) void kept.client.close();
    const client = createClient({ ...delivery, url: delivery.url });
    clients.set(name, { vasp, client });
    return { kind: 'vasp', vasp, client };
  }

  /** Waits for the VASP's rate; undefined: it is this call's turn. */
  async function turn(vasp: Vasp): Promise<Verdict | undefined> {
    const { rateMax } = vasp.delivery;
    for (let waited = 0; ; ) {
      const ms = rates.take(vasp.name, rateMax, Math.max(1, rateMax));
      if (ms === 0) return undefined;
      waited += ms;
      if (waited > LIMITS.mm7RateWaitMs)
        return {
          kind: 'deferred',
          scope: 'delivery',
          reason: 'the rate of the VASP is used up',
          retryAfterMs: LIMITS.mm7RateWaitMs,
        };
      await wait(ms);
    }
  }

  /** One call and its verdict. */
  async function exchange(
    { vasp, client }: Extract<Callable, { readonly kind: 'vasp' }>,
    kind: OutgoingKind,
    transactionId: string,
    write: () => Call,
  ): Promise<Verdict> {
    const late = await turn(vasp);
    if (late !== undefined) return late;
    const outcome = await client.call(write());
    const verdict =
      vasp.delivery.form === 'json' ? jsonVerdict(outcome, vasp.name) : soapVerdict(kind, transactionId, outcome, vasp.name);
    const reason = verdict.kind === 'taken' ? undefined : verdict.reason;
    telemetry.called(kind, verdict.kind, { vasp: vasp.name, transactionId, reason });
    return verdict;
  }

  function soapCall(vasp: Vasp, transactionId: string, message: Mm7Message, content?: Uint8Array): Call {
    const { plainText, soapAction } = vasp.dialect;
    const mime = content === undefined ? undefined : fromStored(content, plainText);
    const packet = encodePacket({ transactionId, message }, dialectOfVasp(vasp), mime);
    return { ...packet, headers: { soapaction: `"${soapAction}"` } };
  }

  async function deliver(handover: Handover): Promise<HandoverOutcome> {
    const to = callable(handover.road);
    if (to.kind === 'held') return to;
    if (to.kind === 'uncalled')
      return { kind: 'failed', outcome: 'unreachable', reason: 'the VASP has no address to be called at' };
    const { vasp } = to;
    const { transactionId, content } = handover;
    const verdict = await exchange(to, 'DeliverReq', transactionId, () =>
      vasp.delivery.form === 'json'
        ? jsonCall(messageEvent(handover), vasp, now())
        : soapCall(vasp, transactionId, deliverReq(handover, vasp, relayServerId), content),
    );
    if (verdict.kind === 'taken') return { kind: 'taken', awaits: 'nothing', outcome: 'retrieved', answer: verdict.answer };
    if (verdict.kind === 'refused')
      return { kind: 'failed', outcome: 'rejected', reason: verdict.reason, answer: verdict.answer };
    return deferral(verdict, vasp, handover.attempt);
  }

  async function report(outgoing: OutgoingReport): Promise<ReportOutcome> {
    const { origin, report: about } = outgoing;
    const { content } = about;
    if (content.kind === 'acknowledgement')
      return { kind: 'failed', reason: 'MM7 has no acknowledgement apart from the response' };
    const to = callable(about.road ?? { kind: 'vasp', vasp: origin.interface === 'mm7' ? origin.vasp : '' });
    if (to.kind === 'held') return to;
    if (to.kind === 'uncalled') return { kind: 'failed', reason: 'the VASP has no address to be called at' };
    const { vasp } = to;
    const kind = content.kind === 'read' ? 'ReadReplyReq' : 'DeliveryReportReq';
    if (!(kind === 'ReadReplyReq' ? vasp.delivery.readReplies : vasp.delivery.reports))
      return { kind: 'failed', reason: 'the VASP wants no such reports' };
    const verdict = await exchange(to, kind, outgoing.transactionId, () =>
      vasp.delivery.form === 'json'
        ? jsonCall(reportEvent(outgoing, content), vasp, now())
        : soapCall(vasp, outgoing.transactionId, reportReq(outgoing, content, vasp, relayServerId)),
    );
    if (verdict.kind === 'taken') return verdict;
    if (verdict.kind === 'refused') return { kind: 'failed', reason: verdict.reason, answer: verdict.answer };
    return deferral(verdict, vasp, outgoing.attempt);
  }

  return {
    terms(road) {
      const vasp = road.kind === 'vasp' ? directory.snapshot.vasp(road.vasp) : undefined;
      if (vasp === undefined) return NO_TERMS;
      return { recipientsMax: vasp.limits.recipientsMax, inFlightMax: vasp.delivery.connectionsMax };
    },
    async handOver(handover) {
      const outcome = await deliver(handover);
      return handover.deliveries.map(() => outcome);
    },
    report,
    async close(graceMs = 0) {
      forget();
      await Promise.all([...clients.values()].map(({ client }) => client.close(graceMs)));
      clients.clear();
    },
  };
}

/** Tried again by the VASP's own waits, unless it said when. */
function deferral(
  verdict: Extract<Verdict, { readonly kind: 'deferred' }>,
  { delivery }: Vasp,
  attempt: number,
): Extract<HandoverOutcome, { readonly kind: 'deferred' }> {
  const { scope, reason, answer } = verdict;
  const retryAfterMs = verdict.retryAfterMs ?? delivery.retryMs[Math.min(attempt, delivery.retryMs.length) - 1];
  return {
    kind: 'deferred',
    scope,
    reason,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(answer !== undefined && { answer: answer satisfies FarAnswer }),
  };
}
