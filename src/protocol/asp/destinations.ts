/**
 * What is known of destinations beyond a signalling gateway, from its SSNM messages. RFC 4666 3.4 and 4.5. Ranges (masks) are kept as they
 * were announced; of all that touch a point code the latest counts.
 */
import { LIMITS } from '#base';
import type { AffectedPointCode, Daud, Dava, Drst, Duna, Dupu, Scon } from '#codec/m3ua';

export type SsnmMessage = Duna | Dava | Drst | Scon | Dupu | Daud;

export interface DestinationStatus {
  /** `restricted`: usable, another way is better. */
  readonly reachability: 'available' | 'restricted' | 'unavailable';
  /** 0..3; 0 is none. */
  readonly congestionLevel: number;
}

/** A destination of which nothing has been said. */
export const UNSAID: DestinationStatus = { reachability: 'available', congestionLevel: 0 };

interface Known {
  readonly affected: AffectedPointCode;
  readonly status: DestinationStatus;
  readonly order: number;
}

/** Bits of the field; a wider mask means all point codes. */
const POINT_CODE_BITS = 24;

export class Destinations {
  /** By mask, then by the point code without the bits that do not count. */
  private readonly byMask = new Map<number, Map<number, Known>>();
  private order = 0;
  private size = 0;

  /** Ranges and point codes of which something is known. */
  get count(): number {
    return this.size;
  }

  statusOf(pointCode: number): DestinationStatus {
    let latest: Known | undefined;
    for (const [mask, entries] of this.byMask) {
      const known = entries.get(significant(pointCode, mask));
      if (known !== undefined && (latest === undefined || known.order > latest.order)) latest = known;
    }
    return latest?.status ?? UNSAID;
  }

  /** Takes a message in; false when it changes nothing that is kept (DUPU, DAUD), or nothing more can be kept. */
  take(message: SsnmMessage): boolean {
    if (message.kind === 'DUPU' || message.kind === 'DAUD') return false;
    let kept = true;
    for (const affected of message.affectedPointCodes)
      kept = this.keep(affected, statusBy(message, this.known(affected))) && kept;
    return kept;
  }

  /** What cannot be reached, for the audit. */
  unavailable(): AffectedPointCode[] {
    const found: AffectedPointCode[] = [];
    for (const entries of this.byMask.values())
      for (const { affected, status } of entries.values())
        if (status.reachability === 'unavailable' && this.statusOf(affected.pointCode).reachability === 'unavailable')
          found.push(affected);
    return found;
  }

  clear(): void {
    this.byMask.clear();
    this.size = 0;
  }

  private known(affected: AffectedPointCode): DestinationStatus {
    return this.statusOf(affected.pointCode);
  }

  private keep(affected: AffectedPointCode, status: DestinationStatus): boolean {
    const mask = Math.min(affected.mask, POINT_CODE_BITS);
    const key = significant(affected.pointCode, mask);
    let entries = this.byMask.get(mask);
    if (entries === undefined) this.byMask.set(mask, (entries = new Map()));
    if (!entries.has(key)) {
      if (this.size >= LIMITS.aspDestinationsMax) return false;
      this.size++;
    }
    entries.set(key, { affected, status, order: ++this.order });
    return true;
  }
}

const significant = (pointCode: number, mask: number): number => Math.floor(pointCode / 2 ** mask);

/** What a message makes of a destination. DAVA and DUNA end a congestion; SCON leaves the reachability. */
function statusBy(message: Duna | Dava | Drst | Scon, before: DestinationStatus): DestinationStatus {
  switch (message.kind) {
    case 'DUNA':
      return { reachability: 'unavailable', congestionLevel: 0 };
    case 'DAVA':
      return { reachability: 'available', congestionLevel: 0 };
    case 'DRST':
      return { reachability: 'restricted', congestionLevel: before.congestionLevel };
    case 'SCON':
      // Without a level the network has none but "congested": the lowest. RFC 4666 3.4.4.
      return { reachability: before.reachability, congestionLevel: message.congestionLevel ?? 1 };
  }
}
