/** MM3 inwards with a domain that says yes: listener, reader, translation, and what would go to the store is counted and forgotten. */
import { silentLog } from '#base';
import { createMm3Carrier, type Mm3Settings, startMm3 } from '#endpoint/mm3';
import type { MessageId } from '#messaging';
import { openSmtpPool } from '#smtp';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId;
const settings: Mm3Settings = {
  domains: ['mms.example'],
  hostName: 'mmsc.example',
  numbering: {},
  incoming: {
    otherwise: 'accept',
    listener: { name: 'mm3', address: '127.0.0.1', port: 0, hostName: 'mmsc.example', limits: { connectsPerMinuteMax: 1_000 } },
  },
};
const pool = openSmtpPool({ heloName: 'mmsc.example' }, { log: silentLog });
const ports = { pool, now: Date.now, log: silentLog };
const mm3 = await startMm3(
  settings,
  {
    ...ports,
    messaging: {
      submit: () => Promise.resolve({ ok: true, value: { messageId: ID, refused: [], resubmission: false } }),
      deliveryReported: () => Promise.resolve({ ok: true, value: { kind: 'settled', messageId: ID } }),
      readReported: () => Promise.resolve({ ok: true, value: undefined }),
    },
  },
  createMm3Carrier(settings, ports),
);
console.log(`listening ${mm3.listener!.port}`);
