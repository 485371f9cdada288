/** Draws a message's history at one carrier: who spoke to whom, in the order in which it happened. */

const SENDERS = { mm4: 'peer', mm3: 'mailbox', mm7: 'provider' };
const FAR = { peer: 'peer', email: 'mailbox', vasp: 'provider' };

/** The far side of a road's name, as people call it: `peer:south` is south. */
const farOf = (road) =>
  road === undefined ? 'phone' : road.includes(':') ? road.slice(road.indexOf(':') + 1) : (FAR[road] ?? road);

const said = ({ answer }) => (answer === undefined ? '' : ` (${answer})`);

/** For each kind of event: from, to and words; undefined: nobody else took part. `us`: the carrier. */
const ARROWS = {
  'message-accepted': (e, us) => [e.system ?? SENDERS[e.interface] ?? 'phone', us, `message of ${e.size} octets`],
  'recipient-refused': (e, us) => [us, us, `${e.recipient} refused: ${e.reason}`],
  'delivery-routed': (e, us) => [us, us, `road for ${e.recipient}: ${e.road}`],
  'handed-over': (e, us) => [us, farOf(e.road), `message for ${e.recipient}${said(e)}`],
  'handover-put-off': (e, us) => [us, farOf(e.road), `put off: ${e.reason}`],
  'handover-failed': (e, us) => [us, farOf(e.road), `failed: ${e.reason}`],
  'handover-answered': (e, us) => [farOf(e.road), us, `${e.verdict}${said(e)}`],
  'delivery-reported': (e, us) => [farOf(e.road), us, `delivery report: ${e.status}`],
  'notification-pushed': (e, us) => [us, 'phone', `notification to ${e.recipient}`],
  'content-fetched': (e, us) => [us, 'phone', `content to ${e.recipient}`],
  'delivery-ended': (e, us) => [us, us, `${e.recipient}: ${e.outcome}`],
  'message-read': (e, us) => [us, us, `${e.recipient}: ${e.status}`],
  'report-pushed': (e, us) => [
    us,
    farOf(e.road),
    `${e.about}${e.about === 'acknowledgement' ? '' : ' report'} about ${e.recipient}`,
  ],
};

/** Lines of text. `history`: of `angarium message ID --json`. */
export function draw(title, us, { message, events }) {
  const rows = events.flatMap((event) => {
    const row = ARROWS[event.kind]?.(event, us);
    return row === undefined ? [] : [[event.at, ...row]];
  });
  rows.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const width = Math.max(...rows.map(([, from, to]) => `${from} -> ${to}`.length));
  const lines = rows.map(([at, from, to, words]) => {
    const arrow = from === to ? from : `${from} -> ${to}`;
    return `  ${at.slice(11, 23)}  ${arrow.padEnd(width)}  ${words}`;
  });
  return `\n${title} (${message.id})\n${lines.join('\n')}`;
}
