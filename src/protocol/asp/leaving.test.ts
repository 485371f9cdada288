import assert from 'node:assert/strict';
import { it } from 'node:test';
import { encodeM3ua } from '#codec/m3ua';
import type { AspOutput } from './asp-face.js';
import { AspSession } from './asp-session.js';

it('IPSPs of the single exchange that both leave at the same time both come down, whichever requests cross', () => {
  const a = new AspSession({ role: 'ipsp-single', routingContexts: [7] });
  const b = new AspSession({ role: 'ipsp-single', begins: false, routingContexts: [7] });
  const other = (it: AspSession): AspSession => (it === a ? b : a);
  const closed = new Set<AspSession>();
  let under: { to: AspSession; octets: Uint8Array }[] = [];
  const carry = (from: AspSession, outputs: readonly AspOutput[]): void => {
    for (const output of outputs)
      if (output.kind === 'send') under.push({ to: other(from), octets: encodeM3ua(output.message) });
      else if (output.kind === 'close' && output.reason === 'done') closed.add(from);
  };
  const settle = (): void => {
    for (let round = 0; round < 20 && under.length > 0; round++) {
      const now = under;
      under = [];
      for (const { to, octets } of now) carry(to, to.receive({ kind: 'message', octets }, 0));
    }
  };
  for (const one of [a, b]) carry(one, one.receive({ kind: 'up', streams: 1 }, 0));
  settle();
  assert.deepEqual([a.state, b.state], ['active', 'active']);
  for (const one of [a, b]) carry(one, one.receive({ kind: 'want', state: 'down' }, 0));
  settle();
  assert.deepEqual([a.state, b.state, closed.size], ['down', 'down', 2]);
});
