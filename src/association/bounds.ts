/** The bounds of this room that are no setting. */

/** Queue of one association where the settings say nothing. Unit: octets. Source: 5,000 MO-FSM in DATA, a quarter of a second at 20,000 a second. */
export const QUEUE_OCTETS_MAX = 1_048_576;
/** Room beyond it for control messages. Unit: octets. Source: a thousand answers to BEAT and DAUD; a peer that reads never leaves so many unread. */
export const CONTROL_OCTETS_MAX = 65_536;
/** Messages are gathered in pieces of this size for one write. Unit: octets. Source: what libuv reads at once at the other side. */
export const CHUNK_OCTETS = 65_536;
/** Pieces that an association keeps for the next ones. Unit: pieces. */
export const SPARE_CHUNKS_MAX = 2;
/** What is read of one association before others have their turn. Unit: octets. Source: 800 messages, 8 ms at 10 microseconds each. */
export const READ_OCTETS_PER_TURN = 131_072;
/** How long the making of an association may take, TLS included. Unit: milliseconds. */
export const CONNECT_MS = 10_000;
/** How long what was taken may need to go out after `close`. Unit: milliseconds. */
export const CLOSE_GRACE_MS = 2_000;
/** Connections of one listener, recognised or not. Unit: connections. Source: ten times the MSCs and SMSCs of a large carrier. */
export const LISTENER_CONNECTIONS_MAX = 1_024;
/** Silence after which the kernel asks whether the peer's machine is still there. Unit: milliseconds. Source: M3UA asks sooner; this is for BEAT switched off. */
export const TCP_KEEPALIVE_MS = 30_000;
/** Connections of one listener that have not said who they are. Unit: connections. */
export const UNRECOGNISED_MAX = 64;
/** How long they may take. Unit: milliseconds. Source: T(ack) twice, and a lost packet. */
export const RECOGNISE_MS = 5_000;
/** Least time between two log lines of the same trouble of one link. Unit: milliseconds. */
export const REPEAT_LOG_MS = 60_000;
/** BEAT and PING where the settings say nothing. Unit: milliseconds. Source: a dead peer is known within 20 s, before MAP's shortest timers of a minute. */
export const BEAT_MS = 10_000;
/** How long `stop` lets links leave in good order. Unit: milliseconds. Source: what `program.stop-within` leaves to the last step. */
export const STOP_GRACE_MS = 3_000;
/** Messages of one piece that waits for an SCTP socket. Unit: messages. Source: a piece of 64 KiB holds 400 MO-FSM. */
export const CHUNK_MESSAGES_MAX = 1_024;
/** Messages that are read of one SCTP association before others have their turn. Unit: messages. Source: 2.5 ms at 10 microseconds each. */
export const READ_MESSAGES_PER_TURN = 256;
/** Associations that the kernel may hold for `accept`. Unit: associations. */
export const LISTEN_BACKLOG = 128;
