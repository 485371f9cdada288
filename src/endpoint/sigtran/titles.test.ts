import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeAddress, type SccpAddress } from '#codec/sccp';
import { hex, title } from './testbed.contract.js';
import { Titles, titleKeyOf } from './titles.js';

describe('addresses that are read once', () => {
  it('are what their octets say, however many there are, and however often they are asked for', () => {
    const titles = new Titles();
    const numbers = Array.from({ length: 10_000 }, (_, i) => String(393_490_000_000 + i));
    for (let round = 0; round < 2; round++)
      for (const digits of numbers) {
        const read = titles.read(encodeAddress(title(digits)));
        assert.deepEqual([read?.key.digits, read?.party, read?.address], [digits, digits, title(digits)]);
      }
  });

  it('are the same object the second time, and no view of the message', () => {
    const titles = new Titles();
    const octets = encodeAddress(title('393490000001'));
    const read = titles.read(octets);
    assert.equal(titles.read(octets.slice()), read);
    octets.fill(0);
    assert.deepEqual(read?.octets, encodeAddress(title('393490000001')));
  });

  it('are none where the octets are none', () => {
    assert.equal(new Titles().read(hex('')), undefined);
    assert.equal(new Titles().read(hex('12 08 00')), undefined);
  });

  it('are read by the variant of the network', () => {
    // ANSI: SSN before the point code, and indicator 2 for a title with translation type alone.
    const octets = hex('8b 08 010203 0a 2143');
    assert.deepEqual(new Titles('ansi').read(octets)?.key, {
      routeOn: 'gt',
      indicator: 2,
      translationType: 10,
      ssn: 8,
      digits: '1234',
    });
  });

  it('show selectors what their kind of title has, and nothing else', () => {
    const keys: readonly [SccpAddress, object][] = [
      [
        { routeOn: 'ssn', ssn: 6, pointCode: 4 },
        { routeOn: 'ssn', indicator: 0, ssn: 6, digits: '' },
      ],
      [
        { routeOn: 'gt', globalTitle: { indicator: 1, natureOfAddress: 4, digits: '123' } },
        { routeOn: 'gt', indicator: 1, natureOfAddress: 4, digits: '123' },
      ],
      [
        {
          routeOn: 'gt',
          globalTitle: { indicator: 3, translationType: 1, numberingPlan: 6, encodingScheme: 3, signals: hex('12') },
        },
        { routeOn: 'gt', indicator: 3, translationType: 1, numberingPlan: 6, digits: '' },
      ],
    ];
    for (const [address, key] of keys) assert.deepEqual(titleKeyOf(address), key);
  });
});
