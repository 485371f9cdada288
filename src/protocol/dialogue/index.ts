/** Dialogues of short messages that open without their operation: what is known of them when it comes. Sans I/O. */
export { type DialogueSettings, Dialogues, type OpenDialogue } from './dialogues.js';
export { partyOf } from './party.js';
export { NO_TRANSACTION, transactionOf } from './transaction.js';
