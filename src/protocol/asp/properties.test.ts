/** What holds whatever comes, in whatever order. A failing sequence is printed with its seed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DataReader, encodeM3ua, type M3uaMessage } from '#codec/m3ua';
import type { AspInput, AspSettings } from './asp-face.js';
import { AspSession } from './asp-session.js';
import { IpspDouble } from './ipsp-double.js';
import { Sgp } from './sgp.js';
import type { SgpInput } from './sgp-face.js';

const protocolData = { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 1, userData: Uint8Array.of(9) };
const context = fc.constantFrom(11, 12, 99);
const some = fc.option(fc.uniqueArray(context, { minLength: 1, maxLength: 3 }), { nil: undefined });
const trafficMode = fc.constantFrom('override', 'loadshare', 'broadcast', undefined);
const identifier = fc.constantFrom(7, 8, undefined);
const affectedPointCodes = fc.constant([{ mask: 2, pointCode: 4114 }]);

const present = (values: object): object => Object.fromEntries(Object.entries(values).filter(([, it]) => it !== undefined));
const message = fc
  .oneof(
    fc.record({ kind: fc.constantFrom('ASPUP', 'ASPUP_ACK'), aspIdentifier: identifier }),
    fc.record({ kind: fc.constantFrom('ASPDN', 'ASPDN_ACK', 'BEAT', 'BEAT_ACK') }),
    fc.record({ kind: fc.constantFrom('ASPAC', 'ASPAC_ACK'), trafficMode, routingContext: some }),
    fc.record({ kind: fc.constantFrom('ASPIA', 'ASPIA_ACK'), routingContext: some }),
    fc.record({ kind: fc.constantFrom('DUNA', 'DAVA', 'DAUD', 'DRST', 'SCON'), affectedPointCodes, routingContext: some }),
    fc.record({ kind: fc.constant('ERR'), errorCode: fc.nat(0x1f) }),
    fc.record({
      kind: fc.constant('NTFY'),
      status: fc.record({ type: fc.constantFrom(1, 2), information: fc.nat(5) }),
      routingContext: some,
    }),
    fc.record({ kind: fc.constant('DATA'), routingContext: some, protocolData: fc.constant(protocolData) }),
    fc.record({
      kind: fc.constant('REG_REQ'),
      routingKeys: fc.constant([{ localRkIdentifier: 1, destinationPointCode: 2 }]),
    }),
    fc.record({
      kind: fc.constant('REG_RSP'),
      registrationResults: context.map((it) => [{ localRkIdentifier: 1, registrationStatus: 0, routingContext: [it] }]),
    }),
    fc.record({ kind: fc.constant('DEREG_REQ'), routingContext: fc.constant([11]) }),
  )
  .map((it) => present(it) as unknown as M3uaMessage);

const octets = fc.oneof(
  { weight: 9, arbitrary: message.map((it) => encodeM3ua(it)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
);
const stream = fc.constantFrom(0, 1, 2);
const state = fc.constantFrom('down', 'inactive', 'active');

const aspInput = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'up', streams: 3 }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lost' }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('message'), octets, stream }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'timer' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('want'), state }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'transfer', data: protocolData, routingContext: 11 }) },
) as unknown as fc.Arbitrary<AspInput>;

const asp = fc.constantFrom('a', 'b', 'c');
const sgpInput = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('up'),
      asp,
      streams: fc.constantFrom(1, 3),
      terms: fc.record({ serves: fc.constant([11, 12]) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost'), asp }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('message'), asp, octets, stream }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'timer' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('transfer'), routingContext: context, data: fc.constant(protocolData) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('destination'),
      pointCode: fc.constantFrom(4114, 4115),
      status: fc.record({ reachability: fc.constantFrom('available', 'restricted', 'unavailable'), congestionLevel: fc.nat(3) }),
    }),
  },
) as unknown as fc.Arbitrary<SgpInput>;

/** Inputs with the time that passes before each. */
const timed = <T>(input: fc.Arbitrary<T>) => fc.array(fc.tuple(input, fc.nat(3_000)), { maxLength: 40 });

const ASP_SETTINGS: readonly AspSettings[] = [
  { routingContexts: [11, 12], beatMs: 5_000, auditMs: 2_000 },
  { routingContexts: [] },
  { routingContexts: [11], role: 'ipsp-single' },
  { routingContexts: [11], role: 'ipsp-single', begins: false },
  { routingContexts: [], routingKeys: [{ localRkIdentifier: 1, destinationPointCode: 2 }] },
];

describe('an ASP session, whatever comes', () => {
  it('sends DATA only while active, nothing without an association, and nothing but what can be written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ASP_SETTINGS), timed(aspInput), (settings, inputs) => {
        const session = new AspSession(settings);
        let now = 0;
        let isThere = false;
        for (const [input, ms] of inputs) {
          now += ms;
          if (input.kind === 'up') isThere = true;
          if (input.kind === 'lost') isThere = false;
          const before = session.state;
          for (const output of session.receive(input, now)) {
            if (output.kind === 'send') {
              encodeM3ua(output.message);
              assert.ok(isThere, 'a message without an association');
              if (output.message.kind === 'DATA') assert.equal(before, 'active');
            }
            if (output.kind === 'data') assert.equal(before, 'active');
          }
          if (!isThere) assert.equal(session.state, 'down');
          if (input.kind === 'timer') assert.ok(session.wakeAt === undefined || session.wakeAt > now, 'due again at once');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('comes to what is wanted when the peer answers as it should, whatever was before', () => {
    fc.assert(
      fc.property(timed(aspInput), fc.constantFrom('inactive', 'active'), (inputs, wanted) => {
        const session = new AspSession({ routingContexts: [11, 12] });
        let now = 0;
        for (const [input, ms] of inputs) session.receive(input, (now += ms));
        const hear = (it: M3uaMessage) => session.receive({ kind: 'message', octets: encodeM3ua(it) }, now);
        let outputs = [
          ...session.receive({ kind: 'lost' }, now),
          ...session.receive({ kind: 'want', state: wanted }, now),
          ...session.receive({ kind: 'up', streams: 3 }, now),
        ];
        for (let rounds = 0; rounds < 9; rounds++)
          outputs = outputs.flatMap((it) => {
            if (it.kind !== 'send' || !/^ASP(UP|AC|IA)$/.test(it.message.kind)) return [];
            return hear({ ...it.message, kind: `${it.message.kind}_ACK` } as M3uaMessage);
          });
        assert.equal(session.state, wanted);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the fast doors of DATA', () => {
  const reader = new DataReader();
  const saying = (kind: string, more: object = {}): Uint8Array => encodeM3ua({ kind, ...more } as unknown as M3uaMessage);
  const upAsp: readonly AspInput[] = [
    { kind: 'up', streams: 3 },
    { kind: 'message', octets: saying('ASPUP_ACK'), stream: 0 },
    { kind: 'message', octets: saying('ASPAC_ACK', { routingContext: [11] }), stream: 0 },
  ];
  const upSgp = (name: string): readonly SgpInput[] => [
    { kind: 'up', asp: name, streams: 3, terms: { serves: [11, 12] } },
    { kind: 'message', asp: name, octets: saying('ASPUP'), stream: 0 },
    { kind: 'message', asp: name, octets: saying('ASPAC'), stream: 0 },
  ];

  it('of an ASP are open exactly where the session hands the message over, or sends one', () => {
    let opened = 0;
    fc.assert(
      fc.property(fc.constantFrom(...ASP_SETTINGS), timed(aspInput), (settings, inputs) => {
        const session = new AspSession(settings);
        let now = 0;
        for (const [input, ms] of [...upAsp.map((it) => [it, 0] as const), ...inputs]) {
          now += ms;
          const isPlain = input.kind === 'message' && reader.read(input.octets, 0, input.octets.length);
          const takes = isPlain && session.takes(reader.routingContext, reader.networkAppearance, input.stream, now);
          const sends = input.kind === 'transfer' ? session.sendsWith(input.routingContext) : undefined;
          const outputs = session.receive(input, now);
          if (takes === true || sends !== undefined) opened++;
          if (isPlain) assert.equal(takes, outputs.length === 1 && outputs[0]!.kind === 'data');
          if (input.kind === 'transfer') assert.equal(sends !== undefined, outputs[0]?.kind === 'send');
        }
      }),
      { numRuns: 1_000 },
    );
    assert.ok(opened > 100, `open ${opened} times`);
  });

  it('of a gateway are open only where it hands the message over for that server, or sends one to that ASP', () => {
    let opened = 0;
    fc.assert(
      fc.property(timed(sgpInput), (inputs) => {
        const sgp = new Sgp({
          applicationServers: [
            { routingContext: 11, trafficMode: 'override' },
            { routingContext: 12, trafficMode: 'loadshare' },
          ],
        });
        let now = 0;
        for (const [input, ms] of [...['a', 'b'].flatMap(upSgp).map((it) => [it, 0] as const), ...inputs]) {
          now += ms;
          const isPlain = input.kind === 'message' && reader.read(input.octets, 0, input.octets.length);
          const takes = isPlain ? sgp.takes(input.asp, reader.routingContext, reader.networkAppearance, input.stream, now) : -1;
          const contexts = reader.routingContext < 0 ? undefined : [reader.routingContext];
          const served = isPlain ? sgp.servedBy(input.asp, contexts) : -1;
          const receiver = input.kind === 'transfer' ? sgp.receiver(input.routingContext, input.data.sls) : undefined;
          const outputs = sgp.receive(input, now);
          if (takes >= 0) {
            opened++;
            assert.deepEqual(
              outputs.map((it) => it.kind),
              ['data'],
            );
            assert.equal(takes, served);
          }
          if (receiver !== undefined) {
            opened++;
            assert.ok(outputs.length === 1 && outputs[0]!.kind === 'send' && outputs[0]!.asp === receiver);
          }
        }
      }),
      { numRuns: 2_000 },
    );
    assert.ok(opened > 100, `open ${opened} times`);
  });
});

describe('a gateway, whatever comes', () => {
  it('never has two active ASPs in override, nor an AS whose state its ASPs contradict; writes what can be written', () => {
    fc.assert(
      fc.property(fc.boolean(), timed(sgpInput), (registers, inputs) => {
        const sgp = new Sgp({
          registers,
          beatMs: 20_000,
          applicationServers: [
            { routingContext: 11, trafficMode: 'override', routingKey: { destinationPointCode: 2 } },
            { routingContext: 12, trafficMode: 'loadshare', activeMin: 2 },
          ],
        });
        let now = 0;
        for (const [input, ms] of inputs) {
          now += ms;
          for (const output of sgp.receive(input, now)) if (output.kind === 'send') encodeM3ua(output.message);
          if (input.kind === 'timer') assert.ok(sgp.wakeAt === undefined || sgp.wakeAt > now, 'due again at once');
          const states = (routingContext: number) => ['a', 'b', 'c'].map((it) => sgp.aspState(it, routingContext));
          const active = (routingContext: number) => states(routingContext).filter((it) => it === 'active').length;
          assert.ok(active(11) <= 1);
          for (const routingContext of [11, 12]) {
            const as = sgp.asState(routingContext);
            if (as === 'active') assert.ok(active(routingContext) > 0);
            else assert.ok(active(routingContext) < (routingContext === 11 ? 1 : 2), as);
            if (as === 'pending') assert.ok(sgp.wakeAt !== undefined);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets no pending AS keep messages for longer than T(r)', () => {
    fc.assert(
      fc.property(timed(sgpInput), (inputs) => {
        const sgp = new Sgp({ applicationServers: [{ routingContext: 11, trafficMode: 'override' }] });
        let now = 0;
        for (const [input, ms] of inputs) sgp.receive(input, (now += ms));
        sgp.receive({ kind: 'timer' }, now + 2_000);
        assert.notEqual(sgp.asState(11), 'pending');
      }),
      { numRuns: 500 },
    );
  });
});

describe('two IPSPs, whatever comes', () => {
  it('return', () => {
    fc.assert(
      fc.property(timed(aspInput), (inputs) => {
        const ipsp = new IpspDouble({ own: { routingContexts: [11] }, peer: [{ routingContext: 12, trafficMode: 'loadshare' }] });
        let now = 0;
        for (const [input, ms] of inputs)
          for (const output of input.kind === 'audit'
            ? []
            : ipsp.receive(input.kind === 'transfer' ? { ...input, routingContext: 12 } : input, (now += ms)))
            if (output.kind === 'send') encodeM3ua(output.message);
      }),
      { numRuns: 500 },
    );
  });
});
