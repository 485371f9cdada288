/** What the gate counts of its own work; what is decided about short messages is counted by `#portability`. */

/** Every count with what it says, for whoever shows them. */
export const GATE_COUNTS = {
  received: 'messages from the network',
  transferred: 'messages for other point codes, handed on by MTP alone',
  'transfer-undeliverable': 'messages for other point codes to which no way leads',
  aside: 'messages of network management and tests',
  'no-user': 'messages to us for a user part that we do not have',
  'sccp-unreadable': 'SCCP messages to us that are malformed',
  'sccp-connection': 'connection-oriented SCCP messages to us, which the gate does not serve',
  relayed: 'SCCP messages handed on after translation',
  returned: 'SCCP messages taken back to their senders, with a cause',
  dropped: 'SCCP messages that ended here without an answer',
  local: 'SCCP messages for a subsystem of ours',
  selected: 'messages that a selector took up',
  'mo-forward-sm': 'mobile-originated short messages judged',
  'mt-forward-sm': 'forwardSM the other way, among selected messages',
  undecodable: 'selected messages that could not be read, handed on',
  'beyond-limits': 'selected messages beyond what is decoded of any, taken back',
  'decoded-in-full': 'messages that were not plain enough for a glance',
  'several-operations': 'messages with more than one invoke',
  rejected: 'short messages refused',
  'rejected-mid-dialogue': 'of these, inside a dialogue that was open',
  'reject-unanswerable': 'refused messages whose sender could not be answered',
  redirected: 'short messages sent to a prepaid platform',
  'redirect-mid-dialogue': 'short messages for a platform that came inside an open dialogue, and went on to the service centre',
  'redirect-returned': 'messages that came back from a platform without its address',
  'loops-stopped': 'messages stopped because they went in circles',
  'not-allowed': 'messages refused by the allow list',
  'shed-transit': 'messages for other point codes shed under overload',
  'shed-pass-through': 'messages of no selector shed under overload',
  'shed-screened': 'selected messages shed under overload',
  'shed-ongoing': 'messages of open dialogues shed under overload',
  'segments-held': 'segments that waited for others',
  reassembled: 'segmented messages put together',
  'reassembly-failed': 'segmented messages that never were whole',
  'reassembly-crowded-out': 'of these, the oldest of the greediest sender, taken back for want of room',
  'dialogues-opened': 'dialogues opened without their operation',
  'dialogues-evicted': 'such dialogues forgotten for want of room',
  'dialogues-expired': 'such dialogues forgotten for their age',
  'continue-segments-passed': 'short messages in a Continue handed on',
  'continue-segments-stopped': 'short messages in a Continue refused',
} as const;

export type GateCount = keyof typeof GATE_COUNTS;
export type GateCounts = { -readonly [K in GateCount]: number };

export const noCounts = (): GateCounts => Object.fromEntries(Object.keys(GATE_COUNTS).map((name) => [name, 0])) as GateCounts;
