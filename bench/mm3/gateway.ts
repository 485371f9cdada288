/**
 * MM3 inwards in a process of its own. `whole`: with the domain and the embedded store, as the program has them. `alone`: listener, reader and
 * translation; what would go to the store is answered and forgotten.
 */
import { silentLog } from '#base';
import { createMm3Carrier, type Mm3Settings, startMm3 } from '#endpoint/mm3';
import type { MessageId, Messaging } from '#messaging';
import { openSmtpPool } from '#smtp';
import { openCore } from '../roads/core.js';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId;
type Taken = Pick<Messaging, 'submit' | 'deliveryReported' | 'readReported'>;

const ALONE: Taken = {
  submit: () => Promise.resolve({ ok: true, value: { messageId: ID, refused: [], resubmission: false } }),
  deliveryReported: () => Promise.resolve({ ok: true, value: { kind: 'settled', messageId: ID } }),
  readReported: () => Promise.resolve({ ok: true, value: undefined }),
};

const settings: Mm3Settings = {
  domains: ['mms.example'],
  hostName: 'mmsc.example',
  numbering: {},
  incoming: {
    otherwise: 'accept',
    listener: { name: 'mm3', address: '127.0.0.1', port: 0, hostName: 'mmsc.example', limits: { connectsPerMinuteMax: 1_000 } },
  },
};
const core = process.argv[2] === 'whole' ? await openCore('mm3', {}) : undefined;
const pool = openSmtpPool({ heloName: 'mmsc.example' }, { log: silentLog });
const ports = { pool, now: Date.now, log: silentLog };
const mm3 = await startMm3(settings, { ...ports, messaging: core?.messaging ?? ALONE }, createMm3Carrier(settings, ports));
console.log(`listening ${mm3.listener!.port}`);
process.once('SIGTERM', async () => {
  await mm3.close();
  await core?.close();
  process.exit(0);
});
