/** The mails of the benchmark: an MM in base64, as MM4 has it. */
export const SENDER = '+15551230001/TYPE=PLMN@mms.opa.example';
export const RECIPIENT = '+15559870002/TYPE=PLMN@mms.opb.example';

const HEAD = [
  'From: +15551230001/TYPE=PLMN',
  'To: +15559870002/TYPE=PLMN',
  'MIME-Version: 1.0',
  'Content-Type: image/jpeg',
  'Content-Transfer-Encoding: base64',
  'X-Mms-Message-Type: MM4_forward.REQ',
  '',
  '',
].join('\r\n');
const LINE = `${'QUJD'.repeat(19)}\r\n`;

/** Content of about so many octets. */
export const contentOf = (octets: number): Buffer =>
  Buffer.from(HEAD + LINE.repeat(Math.max(1, Math.round((octets - HEAD.length) / LINE.length))));
