/**
 * Subsystems of other nodes: what they say of themselves (SSA, SSP, SSC), the test by which we learn that a silent one is back (SST), and our
 * answers to the tests of others. ITU-T Q.714 5.3. Sans I/O: `now` is milliseconds, the caller's clock.
 */
import { LIMITS } from '#base';
import type { SccpManagement } from '#codec/sccp';
import type { SubsystemState } from './answers.js';
import type { NetworkSpec } from './config.js';

/** SCCP's own management; as an affected subsystem it stands for the whole SCCP of a node. */
export const SSN_MANAGEMENT = 1;

export type SubsystemOutput =
  /** To be sent as the data of a UDT of class 0, from SSN 1 to SSN 1. */
  | { readonly kind: 'send'; readonly ni: number; readonly pointCode: number; readonly message: SccpManagement }
  | {
      readonly kind: 'changed';
      readonly ni: number;
      readonly pointCode: number;
      readonly ssn: number;
      readonly state: SubsystemState;
      readonly before: SubsystemState;
    }
  /** There was no room; to be counted and alarmed. */
  | { readonly kind: 'ignored'; readonly ni: number; readonly pointCode: number; readonly ssn: number };

interface Known {
  readonly ni: number;
  readonly pointCode: number;
  readonly ssn: number;
  readonly state: Exclude<SubsystemState, 'allowed'>;
  /** 1..8 while congested, else 0. */
  readonly level: number;
  testAt: number;
  testAfterMs: number;
}

const POINT_CODE_SPAN = 2 ** 24;
const SSN_SPAN = 256;
const keyOf = (ni: number, pointCode: number, ssn: number): number => (ni * POINT_CODE_SPAN + pointCode) * SSN_SPAN + ssn;

/** Cause of a DUPU. RFC 4666 3.4.5. */
export type UserPartCause = 'unknown' | 'unequipped' | 'inaccessible';

export class Subsystems {
  private readonly known = new Map<number, Known>();
  private readonly networks: readonly NetworkSpec[];

  constructor(networks: readonly NetworkSpec[]) {
    this.networks = networks;
  }

  get isAllClear(): boolean {
    return this.known.size === 0;
  }

  /** The state of a subsystem; that of its node's SCCP counts for all of it. */
  stateOf(ni: number, pointCode: number, ssn: number): SubsystemState {
    return this.find(ni, pointCode, ssn)?.state ?? 'allowed';
  }

  /** 1..8 while the subsystem is congested, else 0. */
  congestionOf(ni: number, pointCode: number, ssn: number): number {
    return this.find(ni, pointCode, ssn)?.level ?? 0;
  }

  /** Every subsystem that is not simply allowed. */
  states(): { readonly ni: number; readonly pointCode: number; readonly ssn: number; readonly state: SubsystemState }[] {
    return [...this.known.values()].map(({ ni, pointCode, ssn, state }) => ({ ni, pointCode, ssn, state }));
  }

  /** A management message from point code `opc`. */
  receive(ni: number, opc: number, message: SccpManagement, now: number): SubsystemOutput[] {
    const { kind, affectedPointCode: pointCode, affectedSsn: ssn } = message;
    switch (kind) {
      case 'SSP':
        return this.put(ni, pointCode, ssn, 'prohibited', 0, now);
      case 'SSA':
        return ssn === SSN_MANAGEMENT ? this.resumed(ni, pointCode) : this.allow(ni, pointCode, ssn);
      case 'SSC': {
        const level = message.congestionLevel ?? 0;
        return level === 0 ? this.allow(ni, pointCode, ssn) : this.put(ni, pointCode, ssn, 'congested', level, now);
      }
      case 'SST':
        return this.answer(ni, opc, message);
      case 'SOR':
      case 'SOG':
        // Coordinated change of state is between the two nodes of a duplicated subsystem; we have none.
        return [];
    }
  }

  /** The network says that a node's SCCP does not answer (DUPU, MTP-STATUS): all its subsystems are out, and SCCP itself is tested. */
  userPartUnavailable(ni: number, pointCode: number, cause: UserPartCause, now: number): SubsystemOutput[] {
    return this.put(ni, pointCode, SSN_MANAGEMENT, cause === 'unequipped' ? 'unequipped' : 'prohibited', 0, now);
  }

  /** A node can be reached again (MTP-RESUME): its subsystems count as allowed until they say otherwise. Q.714 5.2.2. */
  resumed(ni: number, pointCode: number): SubsystemOutput[] {
    const outputs: SubsystemOutput[] = [];
    for (const known of [...this.known.values()])
      if (known.ni === ni && known.pointCode === pointCode) outputs.push(...this.allow(ni, pointCode, known.ssn));
    return outputs;
  }

  /** Tests that are due, to be asked for about every second. The time between two tests of one subsystem doubles. Q.714 5.3.4. */
  wake(now: number): SubsystemOutput[] {
    const outputs: SubsystemOutput[] = [];
    for (const known of this.known.values()) {
      // One that is much farther off than it was ever put belongs to a time before the clock was set back.
      if (known.testAt > now && known.testAt - now <= known.testAfterMs * 2) continue;
      const { ni, pointCode, ssn } = known;
      if (known.state === 'congested') {
        outputs.push(...this.allow(ni, pointCode, ssn));
        continue;
      }
      outputs.push({ kind: 'send', ni, pointCode, message: statusTest(pointCode, ssn) });
      known.testAfterMs = Math.min(known.testAfterMs * 2, LIMITS.sccpStatusTestMaxMs);
      known.testAt = now + known.testAfterMs;
    }
    return outputs;
  }

  /** Takes over what another configuration's node knows. */
  adopt(former: Subsystems): void {
    for (const [key, known] of former.known) this.known.set(key, known);
  }

  private find(ni: number, pointCode: number, ssn: number): Known | undefined {
    if (this.known.size === 0) return undefined;
    return this.known.get(keyOf(ni, pointCode, SSN_MANAGEMENT)) ?? this.known.get(keyOf(ni, pointCode, ssn));
  }

  /** Congestion ends by itself when nothing more is heard of it, everything else by a test that is answered. */
  private put(ni: number, pointCode: number, ssn: number, state: Known['state'], level: number, now: number): SubsystemOutput[] {
    const key = keyOf(ni, pointCode, ssn);
    const before = this.known.get(key);
    if (before === undefined && this.known.size >= LIMITS.sccpSubsystemsMax) return [{ kind: 'ignored', ni, pointCode, ssn }];
    const isRepeated = before?.state === state;
    // A repeated word does not put the next test off.
    const firstMs = state === 'congested' ? LIMITS.sccpCongestionMs : LIMITS.sccpStatusTestMs;
    const keepsTest = isRepeated && state !== 'congested';
    const testAt = keepsTest ? before.testAt : now + firstMs;
    this.known.set(key, { ni, pointCode, ssn, state, level, testAt, testAfterMs: keepsTest ? before.testAfterMs : firstMs });
    return isRepeated ? [] : [{ kind: 'changed', ni, pointCode, ssn, state, before: before?.state ?? 'allowed' }];
  }

  private allow(ni: number, pointCode: number, ssn: number): SubsystemOutput[] {
    const key = keyOf(ni, pointCode, ssn);
    const before = this.known.get(key);
    if (before === undefined) return [];
    this.known.delete(key);
    return [{ kind: 'changed', ni, pointCode, ssn, state: 'allowed', before: before.state }];
  }

  /** SSA for what we serve; nothing for what we do not, as Q.714 5.3.4.3 wants it. */
  private answer(ni: number, opc: number, { affectedSsn, affectedPointCode }: SccpManagement): SubsystemOutput[] {
    const network = this.networks.find((it) => it.ni === ni);
    if (network === undefined || !network.own.includes(affectedPointCode)) return [];
    if (affectedSsn !== SSN_MANAGEMENT && network.subsystems?.includes(affectedSsn) !== true) return [];
    const message: SccpManagement = { kind: 'SSA', affectedSsn, affectedPointCode, multiplicity: 0 };
    return [{ kind: 'send', ni, pointCode: opc, message }];
  }
}

const statusTest = (affectedPointCode: number, affectedSsn: number): SccpManagement => ({
  kind: 'SST',
  affectedSsn,
  affectedPointCode,
  multiplicity: 0,
});
