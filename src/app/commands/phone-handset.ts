/** What the three phone commands share: their handset, and how they tell what it brought. */
import { decodeParts, RETRIEVE_STATUS, type RetrieveConf, type StatusTable } from '#codec/mms';
import { createHandset, type Handset, type HandsetFault, saveParts } from '#endpoint/handset';
import { VERSION } from '../version.js';
import { pduJson } from './pdu-json.js';
import { Failure, octetsText, plain, say, sayJson } from './terminal.js';

/** How long one exchange may take. Unit: milliseconds. Source: handsets give up after one to two minutes. */
const TIMEOUT_MS = 60_000;

/** Characters of a text part that are shown. Source: a screen's worth; `--save` has the rest. */
const TEXT_SHOWN_MAX = 300;

/** Response-Status and Retrieve-Status of success. */
export const OK = 128;

export interface PhoneOptions {
  readonly mmsc: string;
  readonly identityHeader: string;
  readonly mmsVersion: string;
  readonly json?: true;
}

export const handsetOf = (options: PhoneOptions, msisdn: string): Handset =>
  createHandset({
    mmscUrl: options.mmsc,
    msisdn,
    identityHeader: options.identityHeader,
    version: options.mmsVersion,
    userAgent: `angarium-phone/${VERSION}`,
    timeoutMs: TIMEOUT_MS,
  });

export function faultText(fault: HandsetFault): string {
  switch (fault.kind) {
    case 'unreachable':
      return `the MMSC cannot be reached (${fault.reason})`;
    case 'timeout':
      return `the MMSC has not answered within ${fault.timeoutMs / 1000} s`;
    case 'answer-too-large':
      return `the answer has more than ${fault.octetsMax} octets`;
    case 'http-status':
      return `the MMSC answers with HTTP ${fault.status}${fault.reason ? ` (${fault.reason})` : ''}`;
    case 'no-answer-pdu':
      return `the answer is none (${fault.reason})`;
  }
}

export const statusText = (statuses: StatusTable, status: number, text: string | undefined): string =>
  `${statuses[status]?.name ?? 'an unassigned status'} (${status})${text ? `: ${plain(text)}` : ''}`;

/** What a retrieval brought, for the terminal. */
async function tellContent(pdu: RetrieveConf, save: string | undefined): Promise<void> {
  const sender = pdu.from?.kind === 'address' ? addressText(pdu.from.address) : 'somebody who hides his number';
  say(`from ${sender}${pdu.subject ? `, subject: ${plain(pdu.subject)}` : ''}`);
  if (pdu.content === undefined) throw new Failure('the answer has no content');
  const parts = decodeParts(pdu.content);
  if (!parts.ok) throw new Failure(`the content cannot be taken apart: ${parts.error.text}`);
  for (const { contentType, contentLocation, data } of parts.value) {
    const name = contentLocation ?? contentType.parameters['name'] ?? '';
    say(`  ${[plain(contentType.media), octetsText(data.length), plain(name)].filter((word) => word !== '').join(', ')}`);
    if (contentType.media === 'text/plain') say(`    ${plain(new TextDecoder().decode(data.subarray(0, TEXT_SHOWN_MAX)))}`);
  }
  if (save === undefined) return;
  const saved = await saveParts(pdu, save);
  if (saved.ok) for (const { path } of saved.value) say(`  saved ${path}`);
}

/** An address of the wire as people write it. */
export const addressText = (address: string): string => plain(address.replace(/\/TYPE=[A-Z]+$/i, ''));

export type Outcome = { readonly retrieved: RetrieveConf } | { readonly refused: string };

/** Gets the content and says what came. */
export async function retrieve(handset: Handset, url: string, save: string | undefined, json: boolean): Promise<Outcome> {
  const answer = await handset.fetchContent(url);
  if (!answer.ok) return { refused: faultText(answer.error) };
  const { pdu } = answer.value;
  if (pdu.retrieveStatus !== undefined && pdu.retrieveStatus !== OK) {
    return { refused: statusText(RETRIEVE_STATUS, pdu.retrieveStatus, pdu.retrieveText) };
  }
  if (!json) {
    await tellContent(pdu, save);
    return { retrieved: pdu };
  }
  const saved = save === undefined ? undefined : await saveParts(pdu, save);
  sayJson({ ...(pduJson(pdu) as object), ...(saved?.ok ? { saved: saved.value.map(({ path }) => path) } : {}) });
  return { retrieved: pdu };
}

/** Throws a Failure when the MMSC did not take what the handset told it. */
export const must = (what: string, told: Awaited<ReturnType<Handset['notifyResp']>>): void => {
  if (!told.ok) throw new Failure(`${what}: ${faultText(told.error)}`);
};
