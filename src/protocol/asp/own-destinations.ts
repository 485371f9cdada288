/** What a gateway knows of destinations behind it, and how it tells its ASPs. RFC 4666 4.5.1 and 4.5.3. */
import { LIMITS } from '#base';
import type { Daud, M3uaMessage } from '#codec/m3ua';
import type { DestinationStatus } from './destinations.js';

type About = Pick<Daud, 'routingContext' | 'networkAppearance'>;

/** A destination that nobody has told of is none that we lead to. */
const UNKNOWN: DestinationStatus = { reachability: 'unavailable', congestionLevel: 0 };

const KINDS = { available: 'DAVA', restricted: 'DRST', unavailable: 'DUNA' } as const;

export class OwnDestinations {
  private readonly statuses = new Map<number, DestinationStatus>();

  /** Keeps a status. The messages for active ASPs, without routing context; none when it is no news. */
  change(pointCode: number, status: DestinationStatus): SsnmAnswer[] {
    const before = this.statuses.get(pointCode);
    if (before === undefined && this.statuses.size >= LIMITS.aspDestinationsMax) return [];
    this.statuses.set(pointCode, status);
    if (before?.reachability === status.reachability && before.congestionLevel === status.congestionLevel) return [];
    if (before?.reachability !== status.reachability) return saying(pointCode, status, {});
    const { congestionLevel } = status;
    return [{ kind: 'SCON', affectedPointCodes: [{ mask: 0, pointCode }], congestionLevel }];
  }

  /** The answers to an audit: for a range, one for each destination in it that is known. */
  audited(message: Daud): SsnmAnswer[] {
    const { routingContext, networkAppearance } = message;
    const about = {
      ...(networkAppearance === undefined ? {} : { networkAppearance }),
      ...(routingContext === undefined ? {} : { routingContext }),
    };
    return message.affectedPointCodes
      .flatMap(({ mask, pointCode }) =>
        mask === 0 ? [pointCode] : [...this.statuses.keys()].filter((it) => inRange(it, pointCode, mask)),
      )
      .flatMap((pointCode) => saying(pointCode, this.statuses.get(pointCode) ?? UNKNOWN, about));
  }
}

type SsnmAnswer = Extract<M3uaMessage, { readonly kind: 'DAVA' | 'DRST' | 'DUNA' | 'SCON' }>;

/** Masks above 31 would shift by nothing: a mask of 24 covers all already. */
const inRange = (pointCode: number, of: number, mask: number): boolean =>
  Math.floor(pointCode / 2 ** mask) === Math.floor(of / 2 ** mask);

function saying(pointCode: number, { reachability, congestionLevel }: DestinationStatus, about: About): SsnmAnswer[] {
  const affectedPointCodes = [{ mask: 0, pointCode }];
  const first: SsnmAnswer = { kind: KINDS[reachability], ...about, affectedPointCodes };
  if (reachability === 'unavailable' || congestionLevel === 0) return [first];
  return [first, { kind: 'SCON', ...about, affectedPointCodes, congestionLevel }];
}
