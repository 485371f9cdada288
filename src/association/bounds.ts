/** The bounds of this room that are no setting. */

/** Queue of one association where the settings say nothing. Unit: octets. Source: 5,000 MO-FSM in DATA, a quarter of a second at 20,000 a second. */
export const QUEUE_OCTETS_MAX = 1_048_576;
/** Room beyond it for control messages. Unit: octets. Source: a thousand answers to BEAT and DAUD; a peer that reads never leaves so many unread. */
export const CONTROL_OCTETS_MAX = 65_536;
