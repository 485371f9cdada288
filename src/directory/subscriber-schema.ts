/** How subscribers and mail rules are written. The meaning of each key in the program stands at `Subscriber` and `MailRule`. */
import { z } from 'zod';
import { LIMITS } from '#base';
import { note } from './peer-schema.js';
import { programForm } from './program-form.js';
import { priority, ruleState } from './route-schema.js';
import type { MailRule, Subscriber } from './subscriber.js';
import * as w from './words.js';

const ALIASES_MAX = 16;
const ROAD = w.oneOf('handset', 'peer', 'email', 'vasp');
const ROADS = ['handset', 'peer', 'email', 'vasp'] as const;

export const subscriberSchema = z.strictObject({
  msisdn: w.required(w.msisdn, { description: 'His number. Unique among subscribers.', example: '46700000001' }),
  state: w.setting(
    w.oneOf('active', 'receive-only', 'barred'),
    'active',
    'receive-only: he does not send. barred: neither sends nor gets. Absent in a file that is applied: what it is now.',
  ),
  note,
  'roads-out': w.setting(w.list(ROAD, 0, 4), [...ROADS], 'Roads that his messages may leave by.'),
  'roads-in': w.setting(w.list(ROAD, 0, 4), [...ROADS], 'Roads that messages to him may come by.'),
  'size-max': w.choice(w.size('1KB', '100MB'), {
    description: 'Largest content that he sends.',
    otherwise: "the program's limit",
    example: '300KB',
  }),
  handset: w.section('What is known of his handset beside what its own requests say.', {
    version: w.choice(w.oneOf('1.0', '1.1', '1.2', '1.3'), {
      description: 'Highest MMS version, until the handset has shown one.',
      otherwise: 'what it shows',
      example: '1.2',
    }),
  }),
  'mail-aliases': w.setting(
    w.list(w.localPart, 0, ALIASES_MAX),
    [],
    'Local parts of his mailboxes beside his number. An alias belongs to one subscriber.',
  ),
});

export const mailRuleSchema = z.strictObject({
  name: w.required(w.name, { description: 'Unique among mail rules.', example: 'no-newsletters' }),
  state: ruleState,
  note,
  priority: priority('The first that fits counts.'),
  senders: w.setting(w.list(w.mailSender, 0, 10_000), [], 'Whom it is about. Empty: everybody.'),
  'recipient-prefixes': w.setting(w.list(w.prefix, 0, 10_000), [], 'Beginnings of the recipients that it is about. Empty: all.'),
  require: w.setting(
    w.list(w.oneOf('spf', 'dkim', 'dmarc'), 0, 3),
    [],
    "What the border server's Authentication-Results must say; without it the mail is refused.",
  ),
  action: w.setting(w.oneOf('accept', 'refuse', 'hold-back'), 'accept', 'hold-back: refuse for now (4xx).'),
  'size-max': w.choice(w.size('1KB', '100MB'), {
    description: 'Largest mail.',
    otherwise: "the program's limit",
    example: '1MB',
  }),
  'hourly-max': w.choice(w.count(1, 1_000_000), {
    description: 'Mails an hour of one sender.',
    otherwise: "the program's limit",
    example: 60,
  }),
  'recipients-max': w.choice(w.count(1, LIMITS.recipientsMax), {
    description: 'Recipients of one mail.',
    otherwise: "the program's limit",
    example: 20,
  }),
});

export const toSubscriber = (read: z.output<typeof subscriberSchema>): Subscriber => programForm(read);
export const toMailRule = (read: z.output<typeof mailRuleSchema>): MailRule => programForm(read);
