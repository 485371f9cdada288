import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RESPONSE_STATUS, RETRIEVE_STATUS, STORE_STATUS, statusMeaning, statusName } from './statuses.js';

const TABLES = { 'Response-Status': RESPONSE_STATUS, 'Retrieve-Status': RETRIEVE_STATUS, 'Store-Status': STORE_STATUS };

for (const [name, table] of Object.entries(TABLES))
  describe(`X-Mms-${name}`, () => {
    it('means itself where it is assigned, 0xc0 in the rest of 0xc0..0xdf, 0xe0 everywhere else', () => {
      for (let octet = 0; octet < 256; octet++) {
        const expected = table[octet] ? octet : octet >= 0xc0 && octet <= 0xdf ? 0xc0 : 0xe0;
        assert.equal(statusMeaning(table, octet), expected, String(octet));
        assert.ok(table[statusMeaning(table, octet)]);
      }
    });

    it('has a name of its own for each assigned octet, and its range and number for any other', () => {
      const names = Object.keys(table).map((octet) => statusName(table)(Number(octet)));
      assert.equal(new Set(names).size, names.length);
      assert.equal(statusName(table)(0xdf), 'transient 0xdf');
      assert.equal(statusName(table)(0xff), 'permanent 0xff');
      assert.equal(statusName(table)(0x90), 'permanent 0x90');
    });
  });
