/**
 * Links of SCCP over TCP without M3UA (IPA, also called SCCPlite). The one who listens asks for the other's unit name and acknowledges it; then
 * SCCP messages go both ways, with PING and PONG between. There is no routing label: the link's point codes stand for it. Facts: a capture of
 * osmo-stp 1.6; there is no standard.
 */

import { type CcmMessage, decodeIpa, encodeCcm, ID_TAGS, IPA_PROTOCOL } from '#codec/ipa';
import type { ProtocolData } from '#codec/m3ua';
import { BaseLink, type LinkPorts } from './base-link.js';
import { BEAT_MS } from './bounds.js';
import type { TransferOutcome } from './link.js';
import type { Association, AssociationUser, LostReason } from './port.js';
import type { IpaLinkSettings } from './settings.js';
import { Wake } from './wake.js';

const HEADER_OCTETS = 3;
const USER_DATA_OCTETS_MAX = 0xffff;
/** Service indicator of SCCP, ITU-T Q.704 14.2.1. */
const SI_SCCP = 3;
const NI_NATIONAL = 2;
/** Signalling link selections that unordered messages are spread over, so that links further on share them. Q.704 2.2.4 has four bits. */
const SLS_COUNT = 16;
/** SCCP message types whose second octet is the protocol class. ITU-T Q.713 4. */
const HAS_CLASS: readonly number[] = [0x09, 0x11, 0x13];
const IN_SEQUENCE = 1;

export class IpaLink extends BaseLink implements AssociationUser {
  association: Association | undefined;
  /** Called when the association has gone; the program connects again. */
  onLost: (() => void) | undefined;
  private readonly settings: IpaLinkSettings;
  private readonly pingMs: number;
  private readonly wake = new Wake(() => this.ping());
  private heardAt = 0;
  private sls = 0;

  constructor(settings: IpaLinkSettings, ports: LinkPorts) {
    super(settings.name, 'ipa', ports);
    this.settings = settings;
    this.pingMs = settings.pingMs ?? BEAT_MS;
  }

  get queuedOctets(): number {
    return this.association?.queuedOctets ?? 0;
  }

  /** An association has come up. `isRecognised`: we listen, and the peer has said its name. */
  up(association: Association, isRecognised: boolean): AssociationUser {
    this.association?.abort('replaced');
    this.association = association;
    this.tellUp(association);
    this.heardAt = performance.now();
    if (this.pingMs > 0) this.wake.set(this.heardAt + this.pingMs);
    this.show('inactive');
    if (isRecognised) {
      this.send({ kind: 'ID_ACK' });
      this.show('active');
    }
    return this;
  }

  leave(): void {
    this.association?.close();
  }

  transfer(data: ProtocolData): TransferOutcome {
    const { association } = this;
    if (association === undefined || this.state !== 'active') return this.refused('not-active');
    const { userData } = data;
    if (userData.length > USER_DATA_OCTETS_MAX) return this.refused('too-long');
    const room = association.claim(HEADER_OCTETS + userData.length, 0);
    if (room === undefined) return this.refused('full');
    const at = association.claimedAt;
    room[at] = userData.length >>> 8;
    room[at + 1] = userData.length;
    room[at + 2] = IPA_PROTOCOL.sccp;
    room.set(userData, at + HEADER_OCTETS);
    return this.sent(userData.length);
  }

  message(bytes: Uint8Array, at: number, end: number): void {
    this.heardAt = performance.now();
    if (bytes[at + 2] === IPA_PROTOCOL.sccp) {
      if (this.state === 'active') this.receive(this.labelled(bytes.subarray(at + HEADER_OCTETS, end)), undefined);
      else this.discard('not-active');
      return;
    }
    this.counters.controlIn++;
    const decoded = decodeIpa(bytes.subarray(at, end));
    if (!decoded.ok) this.discard('malformed', { what: decoded.error.text });
    else if (decoded.value.kind === 'ccm') this.control(decoded.value.message);
    else if (decoded.value.kind === 'other') this.discard('unexpected', { protocol: decoded.value.protocol });
  }

  private labelled(userData: Uint8Array): ProtocolData {
    const { ownPointCode, peerPointCode, networkIndicator = NI_NATIONAL } = this.settings;
    const isInSequence = HAS_CLASS.includes(userData[0]!) && (userData[1]! & 0x0f) === IN_SEQUENCE;
    if (!isInSequence) this.sls = (this.sls + 1) % SLS_COUNT;
    const sls = isInSequence ? 0 : this.sls;
    return { opc: peerPointCode, dpc: ownPointCode, si: SI_SCCP, ni: networkIndicator, mp: 0, sls, userData };
  }

  private control(message: CcmMessage): void {
    switch (message.kind) {
      case 'PING':
        this.send({ kind: 'PONG' });
        break;
      case 'ID_GET':
        if ('unitName' in this.settings)
          this.send({ kind: 'ID_RESP', values: [{ tag: ID_TAGS.unitName, text: this.settings.unitName }] });
        else this.discard('unexpected', { what: message.kind });
        break;
      case 'ID_ACK':
        // The listener's counts; ours to its acknowledgement changes nothing.
        if ('unitName' in this.settings && this.state !== 'active') {
          this.send({ kind: 'ID_ACK' });
          this.show('active');
        }
        break;
      case 'PONG':
      case 'ID_RESP':
        break;
    }
  }

  private send(message: CcmMessage): void {
    this.counters.controlOut++;
    this.association?.sendControl(encodeCcm(message), 0);
  }

  private ping(): void {
    if (this.association === undefined) return;
    const now = performance.now();
    if (now - this.heardAt >= 2 * this.pingMs) {
      this.association.abort('silent');
      return;
    }
    this.send({ kind: 'PING' });
    this.wake.set(now + this.pingMs);
  }

  drained(): void {
    this.tellDrained();
  }

  lost(reason: LostReason, detail: string): void {
    const { association } = this;
    if (association === undefined) return;
    this.association = undefined;
    this.wake.set(undefined);
    this.tellLost(association, reason, detail);
    this.show('down');
    this.onLost?.();
  }
}
