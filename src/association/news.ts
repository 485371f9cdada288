/** SSNM messages as news of destinations. RFC 4666 3.4. */
import type { SsnmMessage } from '#protocol/asp';
import type { DestinationNews } from './link.js';

const KINDS = {
  DUNA: 'unavailable',
  DAVA: 'available',
  DRST: 'restricted',
  SCON: 'congested',
  DUPU: 'user-unavailable',
} as const;

/** Without a level a network has none but "congested": the lowest. RFC 4666 3.4.4. */
const LEVEL_WITHOUT_LEVELS = 1;

/** One for each point code or range; none for an audit, which asks. */
export function newsOf(message: SsnmMessage): DestinationNews[] {
  if (message.kind === 'DAUD') return [];
  const kind = KINDS[message.kind];
  return message.affectedPointCodes.map(({ pointCode, mask }) => ({
    kind,
    pointCode,
    mask,
    ...(message.kind === 'SCON' ? { congestionLevel: message.congestionLevel ?? LEVEL_WITHOUT_LEVELS } : {}),
    ...(message.kind === 'DUPU' ? { user: message.userCause.user, cause: message.userCause.cause } : {}),
  }));
}
