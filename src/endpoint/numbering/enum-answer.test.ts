import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, decode, encode, type Packet, type Question } from 'dns-packet';
import fc from 'fast-check';
import type { EnumConfig } from './config.js';
import { answerQuery, type EnumReply, type EnumTransport, failedAnswer, truncatedAnswer } from './enum-answer.js';
import { ENUM, FewNumbers, NOW, nameOf } from './samples.contract.js';
import { Zone } from './zone.js';

const PORTED = '393490000001';

interface Asked {
  readonly type?: string;
  readonly class?: string;
  readonly transport?: EnumTransport;
  readonly config?: Partial<EnumConfig>;
  readonly packet?: Partial<Packet>;
  readonly numbers?: FewNumbers;
  readonly udpSize?: number;
}
const opt = (udpPayloadSize: number, ednsVersion = 0): Answer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize,
  extendedRcode: 0,
  ednsVersion,
  flags: 0,
  flag_do: false,
  options: [],
});
function queryOf(name: string, { type = 'NAPTR', class: cls = 'IN', packet = {}, udpSize }: Asked = {}): Uint8Array {
  const questions = [{ name, type, class: cls } as Question];
  return encode({
    type: 'query',
    id: 4711,
    flags: 0x100,
    questions,
    additionals: udpSize === undefined ? [] : [opt(udpSize)],
    ...packet,
  });
}
const answered = (octets: Uint8Array, { transport = 'udp', config = {}, numbers = new FewNumbers() }: Asked = {}): EnumReply =>
  answerQuery(octets, transport, new Zone({ ...ENUM, ...config }), numbers, NOW);

/** What a client sees: code, counts and data. */
function seen(reply: EnumReply) {
  assert.ok(reply.octets !== undefined);
  const packet = decode(Buffer.from(reply.octets)) as ReturnType<typeof decode> & { rcode: string };
  const {
    id,
    rcode,
    flag_qr,
    flag_aa,
    flag_tc,
    flag_rd,
    flag_ra,
    questions = [],
    answers = [],
    authorities = [],
    additionals = [],
  } = packet;
  return {
    result: reply.result,
    id,
    rcode,
    flags: { qr: flag_qr, aa: flag_aa, tc: flag_tc, rd: flag_rd, ra: flag_ra },
    questions,
    answers,
    authorities,
    additionals,
  };
}
const ask = (name: string, more: Asked = {}) => seen(answered(queryOf(name, more), more));
const rdata = (name: string, more: Asked = {}): string[] =>
  ask(name, more).answers.map((it) => {
    assert.ok(it.type === 'NAPTR');
    const { order, preference, flags, services, regexp, replacement } = it.data;
    return `${order} ${preference} ${flags} ${services} ${regexp} ${replacement}`;
  });

describe('ENUM: what is known of a number', () => {
  it('a ported number is answered with its routing number and that the portability dip is done', () => {
    assert.deepEqual(rdata(nameOf(PORTED)), ['10 10 u E2U+pstn:tel !^.*$!tel:+393490000001;npdi;rn=D105;rn-context=+39! .']);
    assert.deepEqual(rdata(nameOf(PORTED), { config: { routingNumbers: { kind: 'global' } } }), [
      '10 10 u E2U+pstn:tel !^.*$!tel:+393490000001;npdi;rn=+D105! .',
    ]);
  });

  it('a number of our own is answered with the dip alone', () => {
    assert.deepEqual(rdata(nameOf('393490000002')), ['10 10 u E2U+pstn:tel !^.*$!tel:+393490000002;npdi! .']);
  });

  it('each configured service gives a record, the first preferred', () => {
    const config: Partial<EnumConfig> = { services: ['sip', 'pstn:sip', 'pstn:tel'], sipHost: 'sbc.example.net' };
    assert.deepEqual(rdata(nameOf('393490000002'), { config }), [
      '10 10 u E2U+sip !^.*$!sip:+393490000002;npdi@sbc.example.net;user=phone! .',
      '10 20 u E2U+pstn:sip !^.*$!sip:+393490000002;npdi@sbc.example.net;user=phone! .',
      '10 30 u E2U+pstn:tel !^.*$!tel:+393490000002;npdi! .',
    ]);
  });

  it('the answer is authoritative, takes over the wish for recursion and offers none, and has the question as it came', () => {
    const mixed = nameOf(PORTED, 'e164.arpa').replace('arpa', 'ArPa');
    const { id, rcode, flags, questions, answers, result } = ask(mixed);
    assert.deepEqual([id, rcode, result], [4711, 'NOERROR', 'found']);
    assert.deepEqual(flags, { qr: true, aa: true, tc: false, rd: true, ra: false });
    assert.deepEqual(questions, [{ name: mixed, type: 'NAPTR', class: 'IN' }]);
    assert.deepEqual(
      answers.map((it) => it.name),
      [mixed],
    );
  });

  it('is kept as long as configured, and no longer than the record holds', () => {
    const ttl = (digits: string): number[] => ask(nameOf(digits)).answers.map((it) => ('ttl' in it ? (it.ttl ?? -1) : -1));
    assert.deepEqual([ttl(PORTED), ttl('393490000005')], [[300], [10]]);
  });

  it('a number that is not stored, or of which nobody knows whose it is, does not exist: with the SOA, for as long as configured', () => {
    for (const digits of ['393490009999', '393490000003']) {
      const { rcode, answers, authorities, result, flags } = ask(nameOf(digits));
      assert.deepEqual([rcode, result, answers.length, flags.aa], ['NXDOMAIN', 'nxdomain', 0, true]);
      const [soa] = authorities;
      assert.ok(soa?.type === 'SOA' && authorities.length === 1);
      assert.deepEqual(
        [soa.name, soa.ttl, soa.data.minimum, soa.data.mname, soa.data.rname],
        ['e164.arpa', 60, 60, 'ns1.example.net', 'hostmaster.example.net'],
      );
      assert.equal(soa.data.serial, Date.UTC(2026, 4, 31) / 1000);
    }
  });

  it('the beginning of a number exists without data, so that resolvers go on to its digits', () => {
    for (const digits of ['3', '39', '393490']) {
      const { rcode, result, answers, authorities } = ask(nameOf(digits));
      assert.deepEqual([rcode, result, answers.length, authorities.length], ['NOERROR', 'no-data', 0, 1]);
    }
  });

  it('names that are no numbers do not exist', () => {
    for (const name of [
      'www.e164.arpa',
      `a.${nameOf('3934900')}`,
      `12.${nameOf('3934900')}`,
      nameOf(`0${PORTED}`),
      nameOf('3934900000011111'),
    ])
      assert.equal(ask(name).rcode, 'NXDOMAIN', name);
  });

  it('other types of a number have no data; every type at once is the records that there are', () => {
    for (const type of ['A', 'SOA', 'UNKNOWN_4711']) {
      const { rcode, answers, authorities, questions } = ask(nameOf(PORTED), { type });
      assert.deepEqual([rcode, answers.length, authorities.length], ['NOERROR', 0, 1]);
      assert.equal(questions[0]!.type, type);
    }
    assert.equal(ask(nameOf(PORTED), { type: 'ANY' }).answers.length, 1);
  });

  it('a routing number that no URI can hold is a server failure, not a wrong answer', () => {
    assert.deepEqual([ask(nameOf('393490000004')).rcode, ask(nameOf('393490000004')).result], ['SERVFAIL', 'unspeakable']);
  });

  it('a store that is not ready is a server failure for every name of the zone', () => {
    const numbers = new FewNumbers();
    for (const state of ['loading', 'missing', 'damaged'] as const) {
      numbers.state = state;
      for (const name of [nameOf(PORTED), 'e164.arpa', 'www.e164.arpa'])
        assert.deepEqual([ask(name, { numbers }).rcode, ask(name, { numbers }).result], ['SERVFAIL', 'unready']);
      assert.equal(ask('example.net', { numbers }).rcode, 'REFUSED');
    }
  });
});

describe('ENUM: the zone', () => {
  it('has its SOA and its name servers at the top, and nothing else', () => {
    const types = (type: string): string[] => ask('E164.arpa', { type }).answers.map((it) => it.type);
    assert.deepEqual([types('SOA'), types('NS'), types('ANY'), types('NAPTR')], [['SOA'], ['NS', 'NS'], ['SOA', 'NS', 'NS'], []]);
    assert.equal(ask('e164.arpa', { type: 'NAPTR' }).result, 'no-data');
  });

  it('of one country begins below its code', () => {
    const config = { countryCode: '39' };
    assert.equal(ask(nameOf(PORTED), { config }).result, 'found');
    assert.deepEqual([ask('9.3.e164.arpa', { config, type: 'SOA' }).answers[0]?.name], ['9.3.e164.arpa']);
    for (const name of [nameOf('493490000001'), 'e164.arpa', '3.e164.arpa'])
      assert.equal(ask(name, { config }).rcode, 'REFUSED', name);
  });

  it('other zones, other classes and transfers are refused', () => {
    for (const name of ['example.net', 'arpa', 'xe164.arpa', '.'])
      assert.deepEqual([ask(name).rcode, ask(name).flags.aa], ['REFUSED', false], name);
    assert.equal(ask(nameOf(PORTED), { class: 'CH' }).rcode, 'REFUSED');
    for (const type of ['AXFR', 'IXFR']) assert.equal(ask('e164.arpa', { type, transport: 'tcp' }).rcode, 'REFUSED');
  });

  it('that cannot be is refused with what is wrong', () => {
    const faults: readonly [Partial<EnumConfig>, RegExp][] = [
      [{ root: 'e164 arpa' }, /"e164 arpa" is no domain name/],
      [{ contact: 'me@example.net' }, /"me@example.net" is no domain name/],
      [{ countryCode: '039' }, /no country code/],
      [{ nameServers: [] }, /needs a name server/],
      [{ services: [] }, /no service/],
      [{ services: ['sip'] }, /need a host/],
      [{ routingNumbers: { kind: 'local', context: '39!' } }, /no context/],
      [{ digitsMin: 0 }, /no number has 0 digits/],
      [{ ttlSeconds: -1 }, /no time to live/],
      [{ services: ['sip'], sipHost: `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}` }, /do not fit/],
    ];
    for (const [config, text] of faults) assert.throws(() => new Zone({ ...ENUM, ...config }), text);
  });

  it('has no record that does not fit its string, whatever fits the configuration', () => {
    const sipHost = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(40)}`;
    const config: Partial<EnumConfig> = { services: ['sip'], sipHost, routingNumbers: { kind: 'local', context: '+39' } };
    assert.match(rdata(nameOf(PORTED), { config })[0]!, /user=phone! \.$/);
  });
});

describe('ENUM: sizes and EDNS', () => {
  const config: Partial<EnumConfig> = {
    services: ['sip', 'pstn:sip', 'pstn:tel'],
    sipHost: `${'a'.repeat(60)}.${'b'.repeat(40)}.net`,
  };

  it('an answer longer than 512 octets is cut for who has no EDNS, and told by the TC bit', () => {
    const { flags, answers, authorities, result, questions } = ask(nameOf(PORTED), { config });
    assert.deepEqual([flags.tc, answers.length, authorities.length, questions.length, result], [true, 0, 0, 1, 'truncated']);
  });

  it('it is whole for who has room for it, and by TCP', () => {
    for (const it of [ask(nameOf(PORTED), { config, udpSize: 1232 }), ask(nameOf(PORTED), { config, transport: 'tcp' })])
      assert.deepEqual([it.flags.tc, it.answers.length], [false, 3]);
  });

  it('a UDP answer never exceeds what was asked for, nor 1232 octets', () => {
    for (const udpSize of [1, 100, 512, 600, 700, 800, 4096, 65_535]) {
      const { octets } = answered(queryOf(nameOf(PORTED), { udpSize }), { config });
      assert.ok(octets!.length <= Math.min(Math.max(udpSize, 512), 1232), `${octets!.length} for ${udpSize}`);
    }
  });

  it('what is longer than 1232 octets comes by TCP, however much room the client has', () => {
    const nameServers = Array.from({ length: 60 }, (_, i) => `ns${i}.example.net`);
    const top = (transport: EnumTransport) => ask('e164.arpa', { type: 'NS', config: { nameServers }, udpSize: 4096, transport });
    assert.deepEqual([top('udp').flags.tc, top('udp').answers.length, top('tcp').answers.length], [true, 0, 60]);
  });

  it('EDNS is answered with EDNS, and only then; a version that is not known with BADVERS', () => {
    assert.deepEqual(ask(nameOf(PORTED)).additionals, []);
    const [own] = ask(nameOf(PORTED), { udpSize: 4096 }).additionals;
    assert.ok(own?.type === 'OPT' && own.udpPayloadSize === 1232 && own.ednsVersion === 0 && own.extendedRcode === 0);
    const reply = seen(answered(queryOf(nameOf(PORTED), { packet: { additionals: [opt(4096, 1)] } })));
    const [refusal] = reply.additionals;
    assert.ok(refusal?.type === 'OPT' && refusal.extendedRcode === 1 && reply.rcode === 'NOERROR');
    assert.equal(reply.result, 'bad-version');
  });

  it('who asks too often is sent to TCP by an answer no longer than his question', () => {
    const query = queryOf(nameOf(PORTED));
    const octets = truncatedAnswer(query)!;
    assert.equal(octets.length, query.length);
    assert.ok(seen({ result: 'truncated', octets }).flags.tc);
    for (const it of [new Uint8Array(3), octets, new Uint8Array(12)]) assert.equal(truncatedAnswer(it), undefined);
  });
});

describe('ENUM: bad queries', () => {
  const rcode = (octets: Uint8Array): string => seen(answered(octets)).rcode;
  const spoiled = (at: number, value: number): Uint8Array => {
    const octets = new Uint8Array(queryOf(nameOf(PORTED)));
    octets[at] = value;
    return octets;
  };

  it('answers are not answered, nor what has no header', () => {
    assert.equal(answered(spoiled(2, 0x80)).octets, undefined);
    for (let length = 0; length < 12; length++) assert.equal(answered(new Uint8Array(length)).octets, undefined);
    assert.equal(failedAnswer(new Uint8Array(11)), undefined);
  });

  it('other operations are not implemented', () => {
    for (const opcode of [1, 2, 4, 5, 15]) assert.equal(rcode(spoiled(2, opcode << 3)), 'NOTIMP');
  });

  it('not just one question, records where none belong, and more than one EDNS are format errors', () => {
    for (const [at, value] of [
      [5, 0],
      [5, 2],
      [4, 255],
      [7, 1],
      [9, 1],
      [11, 5],
      [10, 255],
    ] as const)
      assert.equal(rcode(spoiled(at, value)), 'FORMERR', `${at}`);
    assert.equal(rcode(queryOf(nameOf(PORTED), { packet: { additionals: [opt(512), opt(512)] } })), 'FORMERR');
  });

  it('names that do not end, that point somewhere, and octets behind the message are format errors', () => {
    const query = queryOf(nameOf(PORTED));
    assert.equal(rcode(query.subarray(0, 20)), 'FORMERR');
    assert.equal(rcode(spoiled(12, 0xc0)), 'FORMERR');
    assert.equal(rcode(spoiled(12, 64)), 'FORMERR');
    assert.equal(rcode(queryOf(`${'a.'.repeat(130)}e164.arpa`)), 'FORMERR');
    assert.equal(rcode(Uint8Array.from([...query, 0])), 'FORMERR');
    assert.equal(rcode(query.subarray(0, query.length - 1)), 'FORMERR');
  });

  it('any octets give an answer that can be read, or none, and never more than 1232 octets', () => {
    const query = queryOf(nameOf(PORTED), { udpSize: 4096 });
    const mutated = fc.array(fc.tuple(fc.nat(query.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => {
      const octets = new Uint8Array(query);
      for (const [at, value] of changes) octets[at] = value;
      return octets;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 600 })), (octets) => {
        const reply = answered(octets);
        if (reply.octets === undefined) return;
        assert.ok(reply.octets.length <= 1232);
        assert.ok(seen(reply).flags.qr);
      }),
      { numRuns: 3000 },
    );
  });
});
