/** MMS encapsulation: the octets of MM1 and of WAP push. */
export type * from './pdus.js';
