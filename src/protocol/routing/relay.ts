/**
 * SCCP routing control for messages that go through us: the hop counter, the translated called party address, the way on, and the way back
 * for what cannot be delivered. ITU-T Q.714 2.3 and 2.7. Every octet that none of this changes stays as it came.
 */
import type { MtpVariant } from '#codec/mtp';
import { editSccp, nextHopCounter, RETURN_CAUSE, type RelayEdit, returnMessage, type SccpView, viewSccp } from '#codec/sccp';
import type { Translated, Translation } from './answers.js';
import type { NetworkSpec } from './config.js';
import type { Question, Translator } from './gtt.js';
import type { Dropped, Label, Local, RelayFault, RelayOptions, RelayOutcome, Transfer } from './relay-answers.js';
import type { PointCodeRoutes } from './routes.js';
import { SSN_MANAGEMENT } from './subsystems.js';
import { targetOf } from './tables.js';
import { ABSENT, AS_IT_CAME, emptyTitle, readTitle, rewrite } from './title.js';

const PLAIN: RelayOptions = {};

export class Relay {
  private readonly routes: PointCodeRoutes;
  private readonly translator: Translator;
  private readonly networks: (NetworkSpec | undefined)[] = [undefined, undefined, undefined, undefined];
  private readonly title = emptyTitle();

  constructor(networks: readonly NetworkSpec[], routes: PointCodeRoutes, translator: Translator) {
    this.routes = routes;
    this.translator = translator;
    for (const network of networks) this.networks[network.ni] = network;
  }

  /** MTP transfer: a message, of whatever user part, for a point code that is not ours. `octets`: the user part. */
  transfer(label: Label, octets: Uint8Array): Transfer | Local | Dropped {
    const way = this.routes.route(label.ni, label.dpc, label.sls);
    if (way.kind === 'here') return { kind: 'local', ssn: 0 };
    if (way.kind === 'none') return { kind: 'drop', fault: way.reason, cause: undefined, silent: 'mtp' };
    // MTP has no hop counter: what goes back the way it came goes on in circles.
    if (way.link === label.link) return { kind: 'drop', fault: 'goes-back', cause: undefined, silent: 'mtp' };
    const { ni, opc, dpc, sls } = label;
    const { link, congestionLevel } = way;
    return { kind: 'transfer', ni, opc, dpc, sls, link, octets, congestionLevel, by: 'mtp', cause: undefined, fault: undefined };
  }

  /** Relays one SCCP message. Throws RangeError on a set or group in `options` that stands nowhere; never for what the message holds. */
  relay(label: Label, view: SccpView, options: RelayOptions = PLAIN): RelayOutcome {
    const isAsked = isAskedFor(options);
    if (!isAsked && !this.routes.isOwn(label.ni, label.dpc)) return this.transfer(label, view.octets);
    const called = options.called ?? view.called;
    const network = this.networks[label.ni];
    if (network === undefined || !readTitle(called, network.variant, this.title))
      return this.giveUp(label, view, 'bad-address', RETURN_CAUSE.errorInTransport);
    const isDirect = options.group !== undefined || options.target !== undefined;
    if (this.title.routeOnSsn && !isDirect && options.set === undefined) return this.local(network, this.title.ssn, label, view);
    const hopCounter = nextHopCounter(view);
    if (hopCounter === 'violation') return this.giveUp(label, view, 'hop-counter', RETURN_CAUSE.hopCounterViolation);
    const question = { ni: label.ni, called, calling: view.calling, sls: label.sls };
    const translation = this.ask(question, options);
    if (translation.kind === 'discard') return { kind: 'drop', fault: translation.fault, cause: undefined, silent: 'configured' };
    if (translation.kind === 'failed') return this.giveUp(label, view, translation.fault, translation.cause);
    if (translation.hop.kind === 'here') return this.here(network, translation, label, view);
    return this.forward(label, view, network.variant, translation, hopCounter);
  }

  private ask(question: Question, { set, group, target, steps }: RelayOptions): Translation {
    if (group !== undefined) return this.translator.toGroup(question, group, steps);
    if (target !== undefined) return this.translator.toTarget(question, targetOf(target), steps);
    return this.translator.translate(question, set, steps);
  }

  private here(network: NetworkSpec, { called }: Translated, label: Label, view: SccpView): RelayOutcome {
    readTitle(called, network.variant, this.title);
    return this.local(network, this.title.ssn, label, view);
  }

  private local({ subsystems = [] }: NetworkSpec, ssn: number, label: Label, view: SccpView): RelayOutcome {
    const served = ssn === SSN_MANAGEMENT || subsystems.includes(ssn);
    return served ? { kind: 'local', ssn } : this.giveUp(label, view, 'unequipped-user', RETURN_CAUSE.unequippedUser);
  }

  private forward(
    label: Label,
    view: SccpView,
    variant: MtpVariant,
    translation: Translated,
    hopCounter: number | undefined,
  ): RelayOutcome {
    const { hop, ni, pointCode, called } = translation;
    if (hop.kind === 'here') throw new Error('a message for us is not forwarded');
    const calling = ni === label.ni ? this.answerable(view.calling, variant, label.opc) : view.calling;
    const octets = edited(view, called, calling, hopCounter);
    if (octets === undefined) return this.giveUp(label, view, 'does-not-fit', RETURN_CAUSE.errorInLocalProcessing);
    return {
      kind: 'transfer',
      ni,
      opc: this.networks[ni]!.own[0]!,
      dpc: pointCode ?? label.dpc,
      sls: label.sls,
      link: hop.link,
      octets,
      congestionLevel: hop.congestionLevel,
      by: 'translated',
      cause: undefined,
      fault: undefined,
    };
  }

  /**
   * A calling party that is routed on its SSN and relies on the OPC gets that as its point code, since the OPC becomes ours: else no answer
   * would find it. Q.714 2.7.
   */
  private answerable(calling: Uint8Array, variant: MtpVariant, opc: number): Uint8Array {
    const { title } = this;
    if (!readTitle(calling, variant, title) || !title.routeOnSsn || title.pointCode !== ABSENT || title.ssn === ABSENT)
      return calling;
    return rewrite(title, { ...AS_IT_CAME, pointCode: opc, pointCodeInAddress: 'add' }, undefined) ?? calling;
  }

  /** Ends a message: as a service message to its sender when he asked for that. */
  private giveUp(label: Label, view: SccpView, fault: RelayFault, cause: number): RelayOutcome {
    const drop = (silent: Dropped['silent']): Dropped => ({ kind: 'drop', fault, cause, silent });
    const returned = returnMessage(view, cause);
    if (!returned.ok) return drop(returned.error.kind);
    const network = this.networks[label.ni];
    if (network === undefined) return drop('no-way-back');
    const back = this.wayBack(label, view, returned.value, network);
    if (back === undefined) return drop('no-way-back');
    const opc = this.routes.isOwn(label.ni, label.dpc) ? label.dpc : network.own[0]!;
    return { kind: 'transfer', opc, sls: label.sls, by: 'returned', cause, fault, ...back };
  }

  /** By the title of the sender, when it has one that leads anywhere; else to where the message came from. */
  private wayBack(
    label: Label,
    view: SccpView,
    octets: Uint8Array,
    { variant }: NetworkSpec,
  ): Pick<Transfer, 'ni' | 'dpc' | 'link' | 'octets' | 'congestionLevel'> | undefined {
    const { ni, sls } = label;
    const isRead = readTitle(view.calling, variant, this.title);
    const pointCode = isRead && this.title.routeOnSsn && this.title.pointCode !== ABSENT ? this.title.pointCode : label.opc;
    if (isRead && !this.title.routeOnSsn) {
      const found = this.translator.translate({ ni, called: view.calling, calling: view.called, sls });
      if (found.kind === 'translated' && found.hop.kind === 'hop' && found.ni === ni) {
        const to = viewSccp(octets);
        const turned = to.ok ? edited(to.value, found.called, to.value.calling, undefined) : undefined;
        const { link, congestionLevel } = found.hop;
        if (turned !== undefined) return { ni, dpc: found.pointCode ?? label.opc, link, octets: turned, congestionLevel };
      }
    }
    const way = this.routes.route(ni, pointCode, sls);
    if (way.kind === 'hop') return { ni, dpc: pointCode, link: way.link, octets, congestionLevel: way.congestionLevel };
    // No route to the neighbour itself: then by the link that he used.
    if (way.kind === 'here' || label.link === undefined || !this.routes.isUp(label.link)) return undefined;
    return { ni, dpc: label.opc, link: label.link, octets, congestionLevel: 0 };
  }
}

const isAskedFor = ({ called, set, group, target }: RelayOptions): boolean =>
  called !== undefined || set !== undefined || group !== undefined || target !== undefined;

/** The message with these addresses and hop counter; its own octets when nothing differs; undefined when it no longer fits. */
function edited(view: SccpView, called: Uint8Array, calling: Uint8Array, hopCounter: number | undefined): Uint8Array | undefined {
  const edit: { -readonly [K in keyof RelayEdit]: RelayEdit[K] } = {};
  if (called !== view.called) edit.called = called;
  if (calling !== view.calling) edit.calling = calling;
  if (hopCounter !== undefined) edit.hopCounter = hopCounter;
  else if (edit.called === undefined && edit.calling === undefined) return view.octets;
  const result = editSccp(view, edit);
  return result.ok ? result.value : undefined;
}
