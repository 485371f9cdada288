/** Mailboxes of SMTP envelopes, which are texts and end up in commands. */
import { readMailbox } from '#smtp';
import { expect, octetsOf, type Target } from '../target.js';
import { group, leaf } from '../tree.js';

const EXAMPLES = [
  '+15551230001/TYPE=PLMN@mms.opa.example',
  '"a b\\"c"@b.example',
  'a@[192.0.2.1]',
  'a@[IPv6:2001:db8::1]',
  'PostMaster',
  'jörg@bücher.example',
];

export const smtpMailbox: Target = {
  name: 'smtp-mailbox',
  about: 'mailboxes of MAIL and RCPT',
  seeds: () => EXAMPLES.map(octetsOf),
  dictionary: ['@', '.', '"', '\\', '<', '>', '[', ']', ':', ' ', '\r\n', '\0', '/TYPE=PLMN', '+', 'ä', '\u2028'].map(octetsOf),
  structure(octets) {
    const text = Buffer.from(octets).toString('latin1');
    return group(
      'mailbox',
      (text.match(/[A-Za-z0-9]+|[^A-Za-z0-9]/g) ?? []).map((piece) => leaf('piece', Buffer.from(piece, 'latin1'))),
    );
  },
  run(octets) {
    const text = Buffer.from(octets).toString('utf8');
    for (const allowsUtf8 of [false, true]) {
      const read = readMailbox(text, allowsUtf8);
      if (!read.ok) continue;
      expect(read.value.text === text, 'smtp: a mailbox is kept as it was written', () => text);
      expect(!/[\0-\x1f\x7f]/.test(text), 'smtp: a mailbox holds nothing that ends a command', () => JSON.stringify(text));
      expect(allowsUtf8 || /^[ -~]*$/.test(text), 'smtp: a mailbox is ASCII unless UTF-8 is allowed', () => JSON.stringify(text));
      expect(!text.includes(' ') || text.startsWith('"'), 'smtp: a blank stands in quotes only', () => JSON.stringify(text));
      expect(!/[<>]/.test(text) || text.startsWith('"'), 'smtp: a bracket stands in quotes only', () => JSON.stringify(text));
    }
  },
};
