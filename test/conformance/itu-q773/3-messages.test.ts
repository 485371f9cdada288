/** ITU-T Q.773, clause 3: messages, dialogue portion and components. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import {
  type Aare,
  ASSOCIATE_RESULTS,
  type Component,
  DIAGNOSTICS,
  decodeTcap,
  encodeTcap,
  endOf,
  local,
  P_ABORT_CAUSES,
  PROBLEMS,
  PROTOCOL_VERSION_1,
  type ProblemType,
  providerAbort,
  rejectOf,
  type TcapMessage,
  tcapToText,
  userAbort,
} from '#codec/tcap';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const decoded = (text: string): TcapMessage => {
  const message = decodeTcap(hex(text));
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
};
const refused = (text: string) => {
  const message = decodeTcap(hex(text));
  assert.ok(!message.ok);
  return message.error;
};
/** Both ways. */
const stands = (message: TcapMessage, text: string): void => {
  assert.equal(hexOf(encodeTcap(message)), text.replace(/\s/g, ''));
  assert.deepEqual(decoded(text), message);
};
const [A, B] = [hex('30000001'), hex('0a0b')];
const invoke: Component = { kind: 'invoke', invokeId: 1, operation: local(46), parameter: hex('3000') };

describe('ITU-T Q.773, 3.3: the transaction portion', () => {
  it('table 8: a unidirectional has components and no transaction id', () => {
    stands({ kind: 'unidirectional', components: [invoke] }, '61 0c 6c0a a108 020101 02012e 3000');
    assert.equal(refused('61 00').kind, 'incorrect');
  });

  it('table 9: a begin has the id of its sender; components may come later', () => {
    stands({ kind: 'begin', otid: A }, '62 06 4804 30000001');
    stands({ kind: 'begin', otid: B, components: [invoke] }, '62 10 4802 0a0b 6c0a a108 020101 02012e 3000');
    assert.equal(refused('62 00').kind, 'incorrect');
  });

  it('table 10: an end has the id of its receiver', () => {
    stands({ kind: 'end', dtid: A }, '64 06 4904 30000001');
    assert.equal(refused('64 06 4804 30000001').kind, 'incorrect');
  });

  it('table 11: a continue has both ids', () => {
    stands({ kind: 'continue', otid: A, dtid: B }, '65 0a 4804 30000001 4902 0a0b');
    assert.equal(refused('65 06 4804 30000001').kind, 'incorrect');
    assert.equal(refused('65 04 4902 0a0b').kind, 'incorrect');
  });

  it('table 12: an abort has a cause of the provider, a dialogue portion of the user, or neither', () => {
    stands({ kind: 'abort', dtid: B }, '67 04 4902 0a0b');
    stands(userAbort(B), '67 18 4902 0a0b 6b12 2810 0607 00118605010101 a005 6403 800100');
    for (const [number, cause] of Object.entries(P_ABORT_CAUSES))
      stands(providerAbort(B, cause), `67 07 4902 0a0b 4a01 ${Number(number).toString(16).padStart(2, '0')}`);
    stands(providerAbort(B, 9), '67 07 4902 0a0b 4a01 09');
    assert.throws(() => encodeTcap(providerAbort(B, 256)), RangeError);
  });

  it('4.1.2: a transaction id has one to four octets', () => {
    for (const length of [1, 2, 3, 4])
      stands({ kind: 'begin', otid: new Uint8Array(length) }, `620${length + 2}480${length}${'00'.repeat(length)}`);
    assert.equal(refused('62 02 4800').kind, 'incorrect');
    assert.equal(refused('62 07 4805 0102030405').kind, 'incorrect');
    assert.throws(() => encodeTcap({ kind: 'begin', otid: new Uint8Array(5) }), RangeError);
  });

  it('table 7: other message types are refused, with what an abort to the sender needs (Q.774 3.3.4.1)', () => {
    for (let tag = 0; tag < 256; tag++) {
      if ([0x61, 0x62, 0x64, 0x65, 0x67].includes(tag) || (tag & 0x1f) === 0x1f || tag === 0) continue;
      const error = refused(`${tag.toString(16).padStart(2, '0')} 00`);
      assert.deepEqual([error.kind, error.pAbortCause], ['unrecognized-message-type', 'unrecognizedMessageType']);
    }
    const broken = refused('62 0a 4804 30000001 6b7f 00 00');
    assert.deepEqual([broken.kind, broken.pAbortCause, broken.otid], ['badly-formatted', 'badlyFormattedTransactionPortion', A]);
    const twice = refused('62 0c 4804 30000001 4804 30000001');
    assert.deepEqual([twice.kind, twice.pAbortCause, twice.otid], ['incorrect', 'incorrectTransactionPortion', A]);
    assert.equal(refused('62 06 4804 30000001 00').kind, 'badly-formatted');
    assert.equal(refused('').kind, 'incorrect');
  });

  it('keeps what no clause names, and writes it back', () => {
    stands({ kind: 'begin', otid: B, unknown: [hex('8a0101')] }, '62 07 4802 0a0b 8a0101');
    assert.match(tcapToText(decoded('62 07 4802 0a0b 8a0101')), /\(not understood\): 8a0101/);
  });
});

describe('ITU-T Q.773, 3.2: the dialogue portion', () => {
  const inBegin = (pdu: string): string => {
    const octets = (text: string): string => text.replace(/\s/g, '');
    const tlv = (tag: string, content: string): string => `${tag}${(content.length / 2).toString(16).padStart(2, '0')}${content}`;
    return tlv('62', `48020a0b${tlv('6b', tlv('28', `060700118605010101${tlv('a0', octets(pdu))}`))}`);
  };
  const context = '0.4.0.0.1.0.21.3';

  it('table 40: an AARQ names the application context', () => {
    stands(
      { kind: 'begin', otid: B, dialogue: { kind: 'AARQ', protocolVersion: PROTOCOL_VERSION_1, applicationContext: context } },
      inBegin('60 0f 80020780 a109 0607 04000001001503'),
    );
    stands(
      { kind: 'begin', otid: B, dialogue: { kind: 'AARQ', applicationContext: context } },
      inBegin('60 0b a109 0607 04000001001503'),
    );
  });

  it('table 41: an AARE has a result and a diagnostic of user or provider; every value of the tables', () => {
    for (const result of Object.keys(ASSOCIATE_RESULTS).map(Number))
      for (const source of Object.keys(DIAGNOSTICS) as Aare['diagnostic']['source'][])
        for (const value of Object.keys(DIAGNOSTICS[source]).map(Number)) {
          const dialogue: Aare = { kind: 'AARE', applicationContext: context, result, diagnostic: { source, value } };
          const tag = source === 'user' ? 'a1' : 'a2';
          stands(
            { kind: 'begin', otid: B, dialogue },
            inBegin(`6117 a109 0607 04000001001503 a203 02010${result} a305 ${tag}03 02010${value}`),
          );
        }
  });

  it('table 42: an ABRT has a source, user or provider, and may have user information', () => {
    for (const source of [0, 1])
      stands({ kind: 'begin', otid: B, dialogue: { kind: 'ABRT', source } }, inBegin(`6403 80010${source}`));
    const information = { directReference: '0.4.0.0.1.1.1.1', encoding: hex('a003a40180') };
    stands(
      { kind: 'begin', otid: B, dialogue: { kind: 'ABRT', source: 0, userInformation: [information] } },
      inBegin('6415 800100 be10 280e 0607 04000001010101 a003a40180'),
    );
  });

  it('a portion that breaks its rules spoils nothing else: it is kept, and says what is wrong', () => {
    for (const pdu of ['6100', '6302 0500', '6003 800100', '60 05 a103 020100', '64 02 0500', '60']) {
      const text = inBegin(pdu);
      const message = decoded(text);
      assert.equal(message.dialogue?.kind, 'unreadable', pdu);
      assert.equal(hexOf(encodeTcap(message)), text);
    }
    assert.equal(decoded('62 08 4802 0a0b 6b02 0500').dialogue?.kind, 'unreadable');
    assert.equal(
      decoded('62 10 4802 0a0b 6b0a 2808 0602 2a03 a002 0500').dialogue?.kind,
      'unreadable',
      'another abstract syntax',
    );
  });
});

describe('ITU-T Q.773, 3.1: the component portion', () => {
  const inEnd = (...components: Component[]): TcapMessage => ({ kind: 'end', dtid: B, components });
  const end = (content: string): string => {
    const octets = content.replace(/\s/g, '');
    const size = octets.length / 2;
    return `64${(size + 6).toString(16).padStart(2, '0')}49020a0b6c${size.toString(16).padStart(2, '0')}${octets}`;
  };

  it('table 20: an invoke has an id, maybe a linked id, a local or global code, maybe a parameter', () => {
    stands(inEnd(invoke), end('a108 020101 02012e 3000'));
    stands(inEnd({ kind: 'invoke', invokeId: -128, linkedId: 127, operation: local(-1) }), end('a109 020180 80017f 0201ff'));
    stands(inEnd({ kind: 'invoke', invokeId: 0, operation: { kind: 'global', value: '1.2.3' } }), end('a107 020100 0602 2a03'));
    stands(
      inEnd({ kind: 'invoke', invokeId: 0, operation: local(1), parameter: hex('0500'), unknown: [hex('8100')] }),
      end('a10a 020100 020101 0500 8100'),
    );
  });

  it('tables 21, 22: a result, last or not, has operation code and parameter together or neither', () => {
    for (const [kind, tag] of [
      ['returnResultLast', 'a2'],
      ['returnResultNotLast', 'a7'],
    ] as const) {
      stands(inEnd({ kind, invokeId: 1 }), end(`${tag}03 020101`));
      stands(
        inEnd({ kind, invokeId: 1, result: { operation: local(46), parameter: hex('3000') } }),
        end(`${tag}0a 020101 3005 02012e 3000`),
      );
      stands(inEnd({ kind, invokeId: 1, result: { operation: local(46) } }), end(`${tag}08 020101 3003 02012e`));
    }
  });

  it('table 23: an error has a code and maybe a parameter', () => {
    stands(
      inEnd({ kind: 'returnError', invokeId: 1, error: local(32), parameter: hex('30030a0106') }),
      end('a30b 020101 020120 30030a0106'),
    );
    stands(inEnd({ kind: 'returnError', invokeId: 1, error: local(21) }), end('a306 020101 020115'));
  });

  it('tables 24, 33 to 36: a reject has a problem of one of four types; every one of them', () => {
    const tags: Record<ProblemType, string> = { general: '80', invoke: '81', returnResult: '82', returnError: '83' };
    for (const type of Object.keys(PROBLEMS) as ProblemType[])
      for (const code of Object.keys(PROBLEMS[type]).map(Number)) {
        stands(inEnd(rejectOf(5, { type, code })), end(`a406 020105 ${tags[type]}010${code}`));
        const name = (PROBLEMS[type] as Readonly<Record<number, string>>)[code]!;
        assert.ok(tcapToText(inEnd(rejectOf(5, { type, code }))).includes(`${type} problem: ${name} (${code})`));
      }
    stands(inEnd(rejectOf(undefined, { type: 'general', code: 2 })), end('a405 0500 800102'));
  });

  it('a component that breaks its rules spoils no other (Q.774 3.2.2.2): it is kept with the problem to reject it with', () => {
    const cases: [string, number, number | undefined][] = [
      ['a500', 0, undefined],
      ['0500', 0, undefined],
      ['a100', 1, undefined],
      ['a103 020101', 1, 1],
      ['a104 0202 0101', 2, undefined],
      ['a105 020101 0200', 2, 1],
      ['a105 020101 0500', 1, 1],
      ['a306 020101 300100', 1, 1],
      ['a405 020101 0500', 1, 1],
      ['a203 0500 00', 1, undefined],
    ];
    for (const [octets, problem, invokeId] of cases) {
      const text = end(`a203 020109 ${octets} a203 020108`);
      const message = decoded(text);
      assert.ok(message.kind === 'end');
      const [first, broken, last] = message.components!;
      assert.deepEqual([first?.invokeId, last?.invokeId], [9, 8], octets);
      assert.ok(broken?.kind === 'unreadable', octets);
      assert.deepEqual([broken.problem, broken.invokeId], [problem, invokeId], octets);
      assert.equal(hexOf(encodeTcap(message)), text);
    }
    const torn = decoded(end('a203 020109 a27f 0201'));
    assert.ok(torn.kind === 'end' && torn.components?.[1]?.kind === 'unreadable' && torn.components.length === 2);
  });

  it('more components than the limit are refused', () => {
    const many = 'a203020101'.repeat(LIMITS.tcapComponentsMax + 1);
    const size = (n: number): string => `82${n.toString(16).padStart(4, '0')}`;
    const octets = many.length / 2;
    assert.equal(refused(`64 ${size(octets + 8)} 49020a0b 6c ${size(octets)} ${many}`).kind, 'limit');
    const junk = 'a400'.repeat(LIMITS.tcapUnreadableMax + 1);
    assert.equal(refused(end(junk)).kind, 'limit');
  });
});

describe('ITU-T Q.774, 3.2 and 3.3: answers in the name of another', () => {
  const begin = decoded('62 26 4804 30000001 6b1e 281c 0607 00118605010101 a011 600f 80020780 a109 0607 04000001001503');

  it('3.2.1.6: the end of a dialogue opened with a context accepts it; no context, no AARE', () => {
    assert.ok(begin.kind === 'begin');
    const error: Component = { kind: 'returnError', invokeId: 1, error: local(32), parameter: hex('30030a0106') };
    assert.equal(
      hexOf(encodeTcap(endOf(begin, [error]))),
      `6441490430000001
       6b2a2828060700118605010101a01d
       611b80020780a109060704000001001503a203020100a305a103020100
       6c0da30b02010102012030030a0106`.replace(/\s/g, ''),
    );
    assert.equal('dialogue' in endOf({ kind: 'begin', otid: A }, []), false);
    assert.deepEqual(endOf({ kind: 'continue', otid: A, dtid: B }, []), { kind: 'end', dtid: A, components: [] });
  });
});

describe('the text of a message', () => {
  it('has ids, dialogue and components, and no content when masked', () => {
    const text = '62 13 4802 0a0b 6c0d a10b 020101 02012e 3003 040155';
    assert.equal(
      tcapToText(decoded(text)),
      ['begin', '  otid: 0a0b', '  invoke 1', '    operation: local 46', '    parameter: 3003040155'].join('\n'),
    );
    assert.match(tcapToText(decoded(text), { masked: true }), /parameter: 5 octets/);
  });
});
