/** The basic encoding rules of ASN.1, and types as tables for the codecs above. */
export { asBerError, type BerError, BerFault, type BerFaultKind, berDoor } from './fault.js';
export { asItCame, type BerNode, constructed, encodeBer, primitive } from './node.js';
export { BerReader, isConstructed, onlyElement } from './reader.js';
export {
  type BerType,
  boolean,
  type Choice,
  type ContentCoder,
  choice,
  enumerated,
  explicit,
  type Field,
  type FieldsOf,
  integer,
  mandatory,
  nil,
  objectIdentifier,
  octetString,
  opaque,
  optional,
  orBare,
  type Printed,
  printedLines,
  sequence,
  type TaggedType,
  type TextOptions,
  tagged,
  type UnknownElement,
  type WithUnknown,
} from './types.js';
export { integerOctets, oidOctets, readBoolean, readInteger, readNull, readOctets, readOid } from './values.js';
