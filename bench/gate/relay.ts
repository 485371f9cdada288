/**
 * The baseline of bench/gate.ts: a relay with the same three application servers that looks at the called party's first digits and at nothing else.
 * Run as a program; prints its port.
 */
import { createAssociations } from '#association';
import { silentLog } from '#base';
import { decodeAddress, digitsOfAddress, viewSccp } from '#codec/sccp';
import { ASP_IDENTIFIERS, NETWORK, PLACES, TITLE_PREFIXES } from '#endpoint/exchange';

const created = createAssociations(
  {
    listeners: [{ name: 'all', transport: 'tcp', protocol: 'm3ua', localAddresses: ['127.0.0.1'], port: 0 }],
    gateway: {
      peers: PLACES.map((place) => ({ name: place, listener: 'all', match: { aspIdentifier: ASP_IDENTIFIERS[place] } })),
    },
    links: PLACES.map((place) => ({
      role: 'gateway',
      name: place,
      routingContext: NETWORK.routingContexts[place],
      trafficMode: 'loadshare',
      peers: [place],
    })),
  },
  {
    log: silentLog,
    user: {
      onTransfer(_, data) {
        const view = viewSccp(data.userData);
        if (!view.ok) return;
        const called = decodeAddress(view.value.called);
        const digits = called.ok ? (digitsOfAddress(called.value) ?? '') : '';
        const place = PLACES.find((it) => TITLE_PREFIXES[it].some((prefix) => digits.startsWith(prefix)));
        if (place === undefined) return;
        associations.link(place)!.transfer({ ...data, opc: NETWORK.gatePointCode, dpc: NETWORK.pointCodes[place] });
      },
      onState: () => {},
      onDestination: () => {},
      onUndeliverable: () => {},
    },
  },
);
if (!created.ok) throw new Error(created.error.text);
const associations = created.value;
const started = await associations.start();
if (!started.ok) throw new Error(started.error.text);
console.log(`ready ${associations.listening.get('all')!.port}`);
process.once('SIGTERM', () => void associations.stop(0).then(() => process.exit(0)));
