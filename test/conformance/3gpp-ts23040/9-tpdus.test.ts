/** 3GPP TS 23.040, clause 9, and TS 23.038: TPDUs and what is in them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addressText,
  COMMAND_TYPES,
  concatenationElement,
  concatenationOf,
  decodeSms,
  decodeUserData,
  encodeSms,
  epochMs,
  FAILURE_CAUSES,
  INFORMATION_ELEMENTS,
  isSingleShot,
  LANGUAGES,
  makeUserData,
  portsElement,
  portsOf,
  protocolText,
  readDataCoding,
  relativeSeconds,
  type SmsContext,
  type SmsDeliverReport,
  type SmsKind,
  type SmsSubmit,
  type SmsSubmitReport,
  type SmsTpdu,
  STATUSES,
  semiOctets,
  septetsOfText,
  smsToText,
  TPDUS,
  TYPES_OF_NUMBER,
  textOfSeptets,
  timeText,
  type UserData,
  type ValidityPeriod,
  validitySeconds,
} from '#codec/sms';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const MO: SmsContext = { direction: 'mo' };
const MT: SmsContext = { direction: 'mt' };

const decoded = (octets: Uint8Array, context: SmsContext): SmsTpdu => {
  const tpdu = decodeSms(octets, context);
  assert.ok(tpdu.ok, tpdu.ok ? '' : tpdu.error.text);
  return tpdu.value;
};
/** Both ways. */
const stands = (tpdu: SmsTpdu, text: string, context: SmsContext): void => {
  assert.equal(hexOf(encodeSms(tpdu)), text.replace(/\s/g, ''));
  assert.deepEqual(decoded(hex(text), context), tpdu);
};

const address = { typeOfNumber: 1, numberingPlan: 1, value: '393497654321' };
const time = { kind: 'time', year: 26, month: 11, day: 12, hour: 12, minute: 34, second: 0, zoneQuarters: 4 } as const;
const submit: SmsSubmit = {
  kind: 'SMS-SUBMIT',
  messageReference: 1,
  destinationAddress: address,
  protocolIdentifier: 0,
  dataCodingScheme: 0,
  userData: { length: 11, octets: hex('c8329bfd06dddf723619') },
};
const SUBMIT = '010c9193437956341200000bc8329bfd06dddf723619';

describe('TS 23.040, 9.2.2: the TPDUs', () => {
  it('9.2.2.2: SMS-SUBMIT', () => {
    stands(submit, `01${SUBMIT}`, MO);
    const flags = { rejectDuplicates: true, statusReportRequest: true, userDataHeader: true, replyPath: true } as const;
    stands({ ...submit, ...flags }, `e5${SUBMIT}`, MO);
  });

  it('9.2.2.1: SMS-DELIVER', () => {
    const deliver: SmsTpdu = {
      kind: 'SMS-DELIVER',
      originatingAddress: address,
      protocolIdentifier: 0,
      dataCodingScheme: 4,
      serviceCentreTimeStamp: time,
      userData: { length: 2, octets: hex('aabb') },
    };
    stands(deliver, '00 0c91934379563412 00 04 62112121430040 02 aabb', MT);
    const flags = {
      noMoreMessages: true,
      loopPrevention: true,
      statusReportIndication: true,
      userDataHeader: true,
      replyPath: true,
    } as const;
    stands({ ...deliver, ...flags }, 'ec 0c91934379563412 00 04 62112121430040 02 aabb', MT);
  });

  it('9.2.2.4: SMS-COMMAND; every command type', () => {
    for (const commandType of Object.keys(COMMAND_TYPES).map(Number))
      stands(
        {
          kind: 'SMS-COMMAND',
          statusReportRequest: true,
          messageReference: 2,
          protocolIdentifier: 0,
          commandType,
          messageNumber: 9,
          destinationAddress: address,
          commandData: hex('7f'),
        },
        `22 02 00 0${commandType} 09 0c91934379563412 01 7f`,
        MO,
      );
  });

  it('9.2.2.3: SMS-STATUS-REPORT, without and with what the parameter indicator announces; every status', () => {
    for (const status of Object.keys(STATUSES).map(Number)) {
      const report: SmsTpdu = {
        kind: 'SMS-STATUS-REPORT',
        noMoreMessages: true,
        messageReference: 7,
        recipientAddress: address,
        serviceCentreTimeStamp: time,
        dischargeTime: { ...time, zoneQuarters: -4 },
        status,
      };
      const octets = `06 07 0c91934379563412 62112121430040 62112121430048 ${status.toString(16).padStart(2, '0')}`;
      stands(report, octets, MT);
      const more = {
        parameterIndicator: 7,
        protocolIdentifier: 1,
        dataCodingScheme: 8,
        userData: { length: 2, octets: hex('0041') },
      };
      stands({ ...report, ...more }, `${octets} 07 01 08 02 0041`, MT);
      assert.ok(smsToText(report).includes(STATUSES[status]!));
    }
  });

  it('9.2.2.1a, 9.2.2.2a: the reports of an acknowledgement and of an error; every failure cause', () => {
    const submitReport: SmsSubmitReport = { kind: 'SMS-SUBMIT-REPORT', parameterIndicator: 0, serviceCentreTimeStamp: time };
    stands(submitReport, '01 00 62112121430040', MT);
    const deliverReport: SmsDeliverReport = { kind: 'SMS-DELIVER-REPORT', parameterIndicator: 0 };
    stands(deliverReport, '00 00', MO);
    stands({ ...deliverReport, parameterIndicator: 1, protocolIdentifier: 0x7f }, '00 01 7f', MO);
    for (const failureCause of Object.keys(FAILURE_CAUSES).map(Number)) {
      const octet = failureCause.toString(16);
      stands({ ...submitReport, failureCause }, `01 ${octet} 00 62112121430040`, { direction: 'mt', error: true });
      stands({ ...deliverReport, failureCause }, `00 ${octet} 00`, { direction: 'mo', error: true });
      assert.ok(smsToText({ ...deliverReport, failureCause }).includes(FAILURE_CAUSES[failureCause]!));
    }
  });

  it('9.2.3.1: type and direction say which PDU it is; type 3 is reserved', () => {
    for (const [kind, row] of Object.entries(TPDUS)) {
      const long = hex(`0${row.type}${'00'.repeat(40)}`);
      const tpdu = decodeSms(long, { direction: row.direction });
      assert.ok(tpdu.ok && tpdu.value.kind === (kind as SmsKind));
    }
    for (const context of [MO, MT]) {
      const tpdu = decodeSms(hex('03 00'), context);
      assert.ok(!tpdu.ok && tpdu.error.kind === 'unknown-type');
    }
  });

  it('keeps bits and octets that this version does not know', () => {
    stands({ ...submit, extra: hex('ff') }, `01${SUBMIT}ff`, MO);
    stands({ kind: 'SMS-DELIVER-REPORT', spareBits: 0xbc, parameterIndicator: 0 }, 'bc 00', MO);
  });

  it('says no to values that do not fit', () => {
    const wrong: Partial<SmsSubmit>[] = [
      { messageReference: 256 },
      { destinationAddress: { ...address, value: '1'.repeat(21) } },
      { destinationAddress: { ...address, value: '12x' } },
      { destinationAddress: { ...address, typeOfNumber: 8 } },
      { userData: { length: 12, octets: hex('00') } },
      { validityPeriod: { kind: 'relative', value: 256 } },
      { validityPeriod: { kind: 'enhanced', octets: hex('00') } },
      { validityPeriod: { kind: 'absolute', time: { ...time, month: 100 } } },
    ];
    for (const one of wrong) assert.throws(() => encodeSms({ ...submit, ...one } as SmsSubmit), RangeError);
    const announced = { kind: 'SMS-DELIVER-REPORT', parameterIndicator: 1 } as const;
    assert.throws(() => encodeSms(announced), /TP-PID of SMS-DELIVER-REPORT is missing/);
    assert.throws(() => encodeSms({ ...announced, parameterIndicator: 0, protocolIdentifier: 1 }), /not announced/);
  });
});

describe('TS 23.040, 9.1.2.5: addresses', () => {
  const to = (octets: string): SmsSubmit['destinationAddress'] => {
    const tpdu = decoded(hex(`01 00 ${octets} 00 04 00`), MO);
    assert.ok(tpdu.kind === 'SMS-SUBMIT');
    assert.equal(hexOf(encodeSms(tpdu)), `0100${octets.replace(/\s/g, '')}000400`);
    return tpdu.destinationAddress;
  };

  it('the length counts digits; an odd number is filled; every type and plan is kept', () => {
    assert.deepEqual(to('05 81 1a 32 fb'), { typeOfNumber: 0, numberingPlan: 1, value: '*123#' });
    assert.equal(to('00 81').value, '');
    for (const typeOfNumber of Object.keys(TYPES_OF_NUMBER).map(Number)) {
      if (typeOfNumber === 5) continue;
      for (let plan = 0; plan < 16; plan++) {
        const type = (0x80 | (typeOfNumber << 4) | plan).toString(16);
        assert.deepEqual(to(`04 ${type} 21 43`), { typeOfNumber, numberingPlan: plan, value: '1234' });
      }
    }
  });

  it('an alphanumeric address is text in septets, up to eleven signs', () => {
    assert.deepEqual(to('09 d0 55f3db5d06'), { typeOfNumber: 5, numberingPlan: 0, value: 'Ufone' });
    for (let length = 0; length <= 11; length++) {
      const value = 'ABCDEFGHIJK'.slice(0, length);
      const tpdu = decoded(encodeSms({ ...submit, destinationAddress: { typeOfNumber: 5, numberingPlan: 0, value } }), MO);
      assert.ok(tpdu.kind === 'SMS-SUBMIT' && tpdu.destinationAddress.value === value);
    }
    assert.throws(
      () => encodeSms({ ...submit, destinationAddress: { typeOfNumber: 5, numberingPlan: 0, value: 'Ы' } }),
      RangeError,
    );
  });

  it('has at most twenty half octets', () => {
    assert.equal(to(`14 91 ${'21'.repeat(10)}`).value.length, 20);
    assert.equal(decodeSms(hex(`01 00 15 91 ${'21'.repeat(11)} 00 00 00`), MO).ok, false);
    assert.equal(addressText(address), '393497654321 (international, E.164)');
    assert.equal(addressText(address, true), '********4321 (international, E.164)');
  });

  it('9.1.2.3: digits are half octets, the low one first', () => {
    assert.equal(hexOf(semiOctets('123*#abc')), '21a3cbed');
    assert.equal(hexOf(semiOctets('12345')), '2143f5');
  });
});

describe('TS 23.040, 9.2.3: times and validity', () => {
  it('9.2.3.11: a time stamp is decimal digits, swapped, and a zone in quarters of an hour', () => {
    const at = (octets: string) => {
      const tpdu = decoded(hex(`01 00 ${octets}`), MT);
      assert.ok(tpdu.kind === 'SMS-SUBMIT-REPORT');
      assert.equal(hexOf(encodeSms(tpdu)), `0100${octets}`);
      return tpdu.serviceCentreTimeStamp;
    };
    assert.deepEqual(at('62112121430040'), time);
    assert.equal(epochMs(at('62112121430040')), Date.UTC(2026, 10, 12, 11, 34));
    assert.equal(timeText(at('62112121430048')), '2026-11-12 12:34:00 -01:00');
    for (const odd of ['fa112121430040', '621121214300fa', '62112121430008', 'ffffffffffffff']) {
      assert.equal(at(odd).kind, 'unreadable');
      assert.equal(epochMs(at(odd)), undefined);
    }
    assert.equal(epochMs(at('62312121430040')), undefined, 'there is no month 13');
    for (let zone = -79; zone <= 79; zone++) {
      const tpdu = encodeSms({
        kind: 'SMS-SUBMIT-REPORT',
        parameterIndicator: 0,
        serviceCentreTimeStamp: { ...time, zoneQuarters: zone },
      });
      const again = decoded(tpdu, MT);
      assert.ok(again.kind === 'SMS-SUBMIT-REPORT' && again.serviceCentreTimeStamp.kind === 'time');
      assert.equal(again.serviceCentreTimeStamp.zoneQuarters, zone);
    }
  });

  it('9.2.3.12.1: a relative period: five minutes to 63 weeks; all 256 octets', () => {
    assert.deepEqual(
      [0, 143, 144, 167, 168, 196, 197, 255].map(relativeSeconds),
      [300, 43_200, 45_000, 86_400, 172_800, 2_592_000, 3_024_000, 38_102_400],
    );
    for (let octet = 0; octet < 256; octet++) {
      stands(
        { ...submit, validityPeriod: { kind: 'relative', value: octet } },
        `11 01 0c91934379563412 00 00 ${octet.toString(16).padStart(2, '0')} 0b c8329bfd06dddf723619`,
        MO,
      );
      if (octet > 0) assert.ok(relativeSeconds(octet) > relativeSeconds(octet - 1));
    }
  });

  it('9.2.3.12.2, .3: an absolute period is a time stamp, an enhanced one has seven octets', () => {
    stands(
      { ...submit, validityPeriod: { kind: 'absolute', time } },
      '19 01 0c91934379563412 00 00 62112121430040 0b c8329bfd06dddf723619',
      MO,
    );
    const enhanced = (octets: string): ValidityPeriod => ({ kind: 'enhanced', octets: hex(octets) });
    stands(
      { ...submit, validityPeriod: enhanced('01a70000000000') },
      '09 01 0c91934379563412 00 00 01a70000000000 0b c8329bfd06dddf723619',
      MO,
    );
    assert.equal(validitySeconds(enhanced('01a70000000000')), 86_400);
    assert.equal(validitySeconds(enhanced('02ff0000000000')), 255);
    assert.equal(validitySeconds(enhanced('03214365000000')), 12 * 3_600 + 34 * 60 + 56);
    for (const none of ['00000000000000', '04000000000000', '03fa4365000000', '81a70000000000'])
      assert.equal(validitySeconds(enhanced(none)), undefined);
    assert.equal(validitySeconds({ kind: 'absolute', time }), undefined);
    assert.ok(isSingleShot(enhanced('41a70000000000')) && !isSingleShot({ kind: 'relative', value: 0x40 }));
  });
});

describe('TS 23.040, 9.2.3.24: user data', () => {
  const both = (data: UserData, scheme: number, octets: string, length: number): void => {
    const raw = makeUserData(data, scheme);
    assert.deepEqual([hexOf(raw.octets), raw.length], [octets.replace(/\s/g, ''), length]);
    assert.deepEqual(decodeUserData(raw, scheme, data.header !== undefined), { ok: true, value: data });
  };

  it('text of the default alphabet is septets; behind a header it begins at a septet', () => {
    both({ text: 'Hello world' }, 0, 'c8329bfd06dddf723619', 11);
    both(
      { header: [concatenationElement({ reference: 0xeb, total: 2, sequence: 1, wide: false })], text: 'Hello, world !!!' },
      0,
      '050003eb0201906536fbcd02dddf723619140a8500',
      23,
    );
    for (let length = 0; length < 20; length++) {
      const header = [{ identifier: 0x0a, octets: new Uint8Array(length) }];
      const raw = makeUserData({ header, text: 'abcdefg' }, 0);
      assert.deepEqual(decodeUserData(raw, 0, true), { ok: true, value: { header, text: 'abcdefg' } });
    }
  });

  it('UCS2 and octets stand behind the header as they are', () => {
    both({ text: 'Привет, 😀' }, 8, '041f04400438043204350442002c0020d83dde00', 20);
    both(
      { header: [portsElement({ destination: 2948, originator: 9200, wide: true })], data: hex('0601') },
      4,
      '0605040b8423f0 0601',
      9,
    );
    both({ data: hex('aabb') }, 0x20, 'aabb', 2);
    assert.throws(() => makeUserData({ text: 'Ы' }, 0), RangeError);
  });

  it('the elements that name a concatenation, ports and languages; others by name', () => {
    for (const wide of [true, false]) {
      const concatenation = { reference: wide ? 0x1234 : 0x34, total: 3, sequence: 2, wide };
      assert.deepEqual(concatenationOf([concatenationElement(concatenation)]), concatenation);
      const ports = { destination: wide ? 2948 : 240, originator: wide ? 9200 : 241, wide };
      assert.deepEqual(portsOf([portsElement(ports)]), ports);
    }
    for (const odd of ['340003', '340300', '340304'])
      assert.equal(concatenationOf([{ identifier: 0, octets: hex(odd) }]), undefined);
    assert.equal(concatenationOf([{ identifier: 0, octets: hex('3403') }]), undefined);
    assert.equal(concatenationOf([]), undefined);
    assert.equal(portsOf([{ identifier: 5, octets: hex('0b84') }]), undefined);
    for (const [identifier, name] of Object.entries(INFORMATION_ELEMENTS)) {
      const userData = makeUserData({ header: [{ identifier: Number(identifier), octets: hex('00') }], data: hex('') }, 4);
      const text = smsToText({ ...submit, userDataHeader: true, dataCodingScheme: 4, userData });
      assert.ok(text.includes(`(${name}): 00`), text);
    }
  });

  it('a header or text longer than the user data is an error, not a guess', () => {
    for (const [octets, length] of [
      ['', 0],
      ['05', 1],
      ['0500030102', 5],
      ['03000501', 4],
      ['0400030102', 5],
    ] as const) {
      const data = decodeUserData({ length, octets: hex(octets) }, 4, true);
      assert.ok(!data.ok && data.error.kind === 'malformed', octets);
    }
    assert.equal(decodeUserData({ length: 2, octets: hex('03000101') }, 0, true).ok, false);
    assert.equal(decodeUserData({ length: 160, octets: hex('00') }, 0, false).ok, false);
  });
});

describe('TS 23.038: alphabets and coding schemes', () => {
  it('6.2.1: every septet of every table stands for one sign, and back', () => {
    for (const [language, { locking, single, name }] of Object.entries(LANGUAGES)) {
      const shifts = { locking: Number(language), single: Number(language) };
      if (locking !== undefined) {
        assert.equal([...locking].length, 128, name);
        assert.equal(new Set(locking).size, 128, name);
        for (let septet = 0; septet < 128; septet++) {
          if (septet === 0x1b) continue;
          const text = textOfSeptets(Uint8Array.of(septet), shifts);
          assert.equal(text, locking[septet]);
          assert.deepEqual(septetsOfText(text, shifts), Uint8Array.of(septet));
        }
      }
      for (const [septet, sign] of Object.entries(single ?? {}))
        assert.equal(textOfSeptets(Uint8Array.of(0x1b, Number(septet)), shifts), sign);
    }
  });

  it('6.2.1.1: an escape that leads nowhere shows the sign of the main table, a second escape a space', () => {
    assert.equal(textOfSeptets(Uint8Array.of(0x1b, 0x41, 0x1b, 0x1b, 0x1b)), 'A  ');
    assert.deepEqual(septetsOfText('{€}'), Uint8Array.of(0x1b, 0x28, 0x1b, 0x65, 0x1b, 0x29));
    assert.equal(septetsOfText('\u0000'), undefined);
  });

  it('6.2.1.2: a header element changes the tables; an unknown language means the default one', () => {
    const turkish = makeUserData(
      {
        header: [
          { identifier: 0x25, octets: hex('01') },
          { identifier: 0x24, octets: hex('01') },
        ],
        text: 'Işık ğüş €{',
      },
      0,
    );
    const read = decodeUserData(turkish, 0, true);
    assert.ok(read.ok && read.value.text === 'Işık ğüş €{');
    const spanish = makeUserData({ header: [{ identifier: 0x24, octets: hex('02') }], text: 'Ásí es' }, 0);
    const again = decodeUserData(spanish, 0, true);
    assert.ok(again.ok && again.value.text === 'Ásí es');
    assert.equal(textOfSeptets(Uint8Array.of(0x41, 0x1b, 0x28), { locking: 13, single: 13 }), 'A{');
  });

  it('4: all 256 coding schemes have an alphabet', () => {
    const counts = { gsm7: 0, '8bit': 0, ucs2: 0 };
    for (let octet = 0; octet < 256; octet++) counts[readDataCoding(octet).alphabet]++;
    assert.deepEqual(counts, { gsm7: 168, '8bit': 40, ucs2: 48 });
    assert.deepEqual(readDataCoding(0x00), { alphabet: 'gsm7', compressed: false });
    assert.deepEqual(readDataCoding(0x18), { alphabet: 'ucs2', compressed: false, messageClass: 0 });
    assert.deepEqual(readDataCoding(0x75), { alphabet: '8bit', compressed: true, messageClass: 1, automaticDeletion: true });
    assert.deepEqual(readDataCoding(0xc8), {
      alphabet: 'gsm7',
      compressed: false,
      waiting: { discard: true, active: true, type: 0 },
    });
    assert.deepEqual(readDataCoding(0xe3), {
      alphabet: 'ucs2',
      compressed: false,
      waiting: { discard: false, active: false, type: 3 },
    });
    assert.deepEqual(readDataCoding(0xf6), { alphabet: '8bit', compressed: false, messageClass: 2 });
    assert.deepEqual(readDataCoding(0x0c), { alphabet: 'gsm7', compressed: false, reserved: true });
  });

  it('TS 23.040 9.2.3.9: all 256 protocol identifiers have a text', () => {
    for (let octet = 0; octet < 256; octet++) assert.match(protocolText(octet), /^0x[0-9a-f]{2} \(.+\)$/);
    assert.equal(protocolText(0x41), '0x41 (replace short message type 1)');
    assert.equal(protocolText(0x32), '0x32 (Internet mail)');
  });
});

describe('the text of a short message', () => {
  it('shows neither digits nor words when masked, and lets no text rewrite the terminal', () => {
    const userData = makeUserData({ text: 'a\u001b[2Jb' }, 8);
    const tpdu: SmsTpdu = { ...submit, dataCodingScheme: 8, userData };
    assert.match(smsToText(tpdu), /text: a\\u\{1b\}\[2Jb/);
    const masked = smsToText(tpdu, { masked: true });
    assert.match(masked, /TP-DA: \*{8}4321/);
    assert.match(masked, /text: \(6 characters\)/);
    assert.doesNotMatch(masked, /0061001b/);
  });

  it('says what is wrong with user data that cannot be opened', () => {
    assert.match(smsToText({ ...submit, userDataHeader: true }), /\(sms: octet 0: a header longer than the user data/);
  });
});
