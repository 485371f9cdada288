import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeAddress, encodeAddress, type GlobalTitle, type SccpAddress } from '#codec/sccp';
import { ansiAddress, ituAddress } from '../../codec/sccp/samples.contract.js';
import type { AddressChange } from './config.js';
import { ABSENT, AS_IT_CAME, digitsText, emptyTitle, type Rewriting, readTitle, rewrite } from './title.js';

const hex = (octets: Uint8Array | undefined): string | undefined =>
  octets === undefined ? undefined : Buffer.from(octets).toString('hex');

type Variant = 'itu' | 'ansi';
const anyAddress: fc.Arbitrary<[Variant, SccpAddress]> = fc.oneof(
  ituAddress.map((it): [Variant, SccpAddress] => ['itu', it]),
  ansiAddress.map((it): [Variant, SccpAddress] => ['ansi', it]),
);

const digitsText20 = fc.stringMatching(/^[0-9a-f]{0,6}$/);
const partly = fc.record(
  { deleteDigits: fc.nat(25), prefix: digitsText20, suffix: digitsText20, tt: fc.nat(255), np: fc.nat(15), nai: fc.nat(127) },
  { requiredKeys: [], noNullPrototype: true },
);
const whole = fc.record(
  { replaceDigits: digitsText20, tt: fc.nat(255), np: fc.nat(15), nai: fc.nat(127) },
  { requiredKeys: [], noNullPrototype: true },
);
const anyChange = fc.oneof(partly, whole) as fc.Arbitrary<AddressChange>;

const anyRewriting: fc.Arbitrary<Rewriting> = fc.record(
  {
    routeOn: fc.constantFrom('gt', 'ssn', 'as-it-came'),
    ssn: fc.oneof(fc.constant(ABSENT), fc.nat(255)),
    pointCode: fc.oneof(fc.constant(ABSENT), fc.nat(0x3fff)),
    pointCodeInAddress: fc.constantFrom('update', 'add', 'remove'),
  },
  { noNullPrototype: true },
);

/** The same by way of the codec's values. Undefined when there are digits to change that are none. */
function modelled(address: SccpAddress, to: Rewriting, change: AddressChange, variant: Variant): string | undefined {
  const { globalTitle: title, ...rest } = address;
  const changed = title === undefined ? undefined : modelledTitle(title, change);
  if (title === undefined || changed === undefined || 'octets' in title) return undefined;
  const result: { -readonly [K in keyof SccpAddress]: SccpAddress[K] } = { ...rest, globalTitle: changed };
  if (to.routeOn !== 'as-it-came') result.routeOn = to.routeOn;
  if (to.ssn !== ABSENT) result.ssn = to.ssn;
  const stays = to.pointCodeInAddress === 'add' || (to.pointCodeInAddress === 'update' && address.pointCode !== undefined);
  if (!stays) delete result.pointCode;
  else if (to.pointCode !== ABSENT) result.pointCode = to.pointCode;
  return hex(encodeAddress(result, variant));
}

function modelledTitle(title: GlobalTitle, change: AddressChange): GlobalTitle | undefined {
  const made = { ...title } as Record<string, unknown>;
  const { deleteDigits = 0, prefix = '', suffix = '', replaceDigits, tt, np, nai } = change;
  const asks = ['deleteDigits', 'prefix', 'suffix', 'replaceDigits'].some((it) => it in change);
  if (asks && !('digits' in title)) {
    if (replaceDigits === undefined) return undefined;
    delete made['signals'];
    delete made['encodingScheme'];
  }
  if (asks) made['digits'] = replaceDigits ?? prefix + (title as { digits: string }).digits.slice(deleteDigits) + suffix;
  // Nothing tells an odd count there: the filler is written as a digit.
  if (asks && title.indicator === 2 && (made['digits'] as string).length % 2 === 1) made['digits'] += '0';
  if (tt !== undefined && 'translationType' in title) made['translationType'] = tt;
  if (np !== undefined && 'numberingPlan' in title) made['numberingPlan'] = np;
  if (nai !== undefined && 'natureOfAddress' in title) made['natureOfAddress'] = nai;
  return made as unknown as GlobalTitle;
}

describe('reading a called party address', () => {
  it('finds the parts that the codec finds, in both variants', () => {
    fc.assert(
      fc.property(anyAddress, ([variant, address]) => {
        const title = emptyTitle();
        assert.ok(readTitle(encodeAddress(address, variant), variant, title));
        const gt = (address.globalTitle ?? { indicator: 0 }) as Record<string, unknown> & { indicator: number };
        assert.equal(title.routeOnSsn, address.routeOn === 'ssn');
        assert.equal(title.pointCode, address.pointCode ?? ABSENT);
        assert.equal(title.ssn, address.ssn ?? ABSENT);
        assert.equal(title.gti, gt.indicator);
        assert.equal(title.tt, gt['translationType'] ?? ABSENT);
        assert.equal(title.np, gt['numberingPlan'] ?? ABSENT);
        assert.equal(title.nai, gt['natureOfAddress'] ?? ABSENT);
        assert.equal(digitsText(title), gt['digits']);
      }),
    );
  });

  it('takes what the codec takes and refuses what it refuses, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.constantFrom<Variant>('itu', 'ansi'), (octets, variant) => {
        const read = readTitle(octets, variant, emptyTitle());
        const decoded = decodeAddress(octets, variant);
        // Octets behind an address without title are of no use to a translator, and no reason not to relay.
        if (decoded.ok || !/without global title/.test(decoded.error.text)) assert.equal(read, decoded.ok);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writing the address of a translated message', () => {
  it('gives what the codec gives for the same change', () => {
    fc.assert(
      fc.property(anyAddress, anyRewriting, anyChange, ([variant, address], to, change) => {
        const title = emptyTitle();
        assert.ok(readTitle(encodeAddress(address, variant), variant, title));
        assert.equal(hex(rewrite(title, to, change)), modelled(address, to, change, variant));
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing that it is not told to, filler and encoding scheme included', () => {
    // An odd count with 9 as its filler, in the national encoding scheme: nobody but its owner can read it.
    for (const octets of ['12080011042143f5', '1208001304214395', '0b3f120800130421']) {
      const bytes = new Uint8Array(Buffer.from(octets, 'hex'));
      const title = emptyTitle();
      assert.ok(readTitle(bytes, 'itu', title));
      assert.equal(rewrite(title, AS_IT_CAME, undefined), bytes, 'the very octets');
      const moved = rewrite(title, { ...AS_IT_CAME, routeOn: 'ssn' }, undefined);
      assert.equal(hex(moved)!.slice(2), octets.slice(2));
      assert.equal(moved![0], bytes[0]! | 0x40);
    }
  });

  it('gives the very octets when a change changes nothing', () => {
    const bytes = new Uint8Array(Buffer.from('1208001204214365', 'hex'));
    const title = emptyTitle();
    assert.ok(readTitle(bytes, 'itu', title));
    assert.equal(rewrite(title, { ...AS_IT_CAME, routeOn: 'gt', ssn: 8 }, { tt: 0, prefix: '' }), bytes);
  });

  it('writes a title of another indicator, parts that neither came nor were given being 0', () => {
    const title = emptyTitle();
    // Indicator 4, TT 7, E.164, odd, national: 123.
    assert.ok(readTitle(new Uint8Array(Buffer.from('12080711032103', 'hex')), 'itu', title));
    assert.equal(hex(rewrite(title, AS_IT_CAME, { gti: 1 })), '060883' + '2103');
    assert.equal(hex(rewrite(title, AS_IT_CAME, { gti: 2 })), '0a0807' + '2103');
    assert.equal(hex(rewrite(title, AS_IT_CAME, { gti: 3, np: 6 })), '0e080761' + '2103');
    assert.ok(readTitle(new Uint8Array(Buffer.from('0a08072143', 'hex')), 'itu', title));
    assert.equal(hex(rewrite(title, AS_IT_CAME, { gti: 4, np: 1, nai: 4 })), '1208071204' + '2143');
  });

  it('takes the title away when told so', () => {
    const title = emptyTitle();
    assert.ok(readTitle(new Uint8Array(Buffer.from('12080711032103', 'hex')), 'itu', title));
    const to: Rewriting = { routeOn: 'ssn', ssn: 6, pointCode: 0x123, pointCodeInAddress: 'add' };
    assert.equal(hex(rewrite(title, to, { dropTitle: true })), '43230106');
  });

  it('writes no indicator that ANSI lacks, no digits over signals that are none, and nothing longer than a length octet says', () => {
    const title = emptyTitle();
    assert.ok(readTitle(new Uint8Array(Buffer.from('0908072143', 'hex')), 'ansi', title));
    assert.equal(rewrite(title, AS_IT_CAME, { gti: 4 }), undefined);
    assert.equal(hex(rewrite(title, AS_IT_CAME, { gti: 3, np: 1 })), '0508' + '0712' + '2143');
    assert.ok(readTitle(new Uint8Array(Buffer.from('12080013042143', 'hex')), 'itu', title));
    assert.equal(rewrite(title, AS_IT_CAME, { prefix: '1' }), undefined);
    const long = new Uint8Array(254);
    long.set([0x12, 8, 0, 0x12, 4]);
    assert.ok(readTitle(long, 'itu', title));
    assert.equal(rewrite(title, { ...AS_IT_CAME, pointCode: 1, pointCodeInAddress: 'add' }, undefined), undefined);
    assert.equal(rewrite(title, AS_IT_CAME, { prefix: '1111' }), undefined);
  });
});
