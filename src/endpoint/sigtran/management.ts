/** SCCP management as far as a gate without users of its own needs it: whoever tests a subsystem gets an answer. ITU-T Q.714 5. */
import { type AddressVariant, encodeManagement, encodeSccp, type SccpManagement, type SccpMessage } from '#codec/sccp';
import type { Passage } from './passage.js';

/** Subsystem number of SCCP management. Q.713 3.4.2.2. */
export const SSN_MANAGEMENT = 1;

/** The user data of a message that says that the tested subsystem is allowed. */
export const allowedAnswer = (test: SccpManagement): Uint8Array => encodeManagement({ ...test, kind: 'SSA' });

/** SCCP management between two nodes: a UDT of class 0, each side by its point code and subsystem 1. Q.714 5.3. */
export function managementMessage({ data: { opc, dpc } }: Passage, data: Uint8Array, variant: AddressVariant): Uint8Array {
  const message: SccpMessage = {
    kind: 'UDT',
    protocolClass: 0,
    returnOnError: false,
    called: { routeOn: 'ssn', pointCode: opc, ssn: SSN_MANAGEMENT },
    calling: { routeOn: 'ssn', pointCode: dpc, ssn: SSN_MANAGEMENT },
    data,
  };
  const octets = encodeSccp(message, variant);
  if (!octets.ok) throw new Error('a management message fits a UDT');
  return octets.value;
}
