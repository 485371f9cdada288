/** SOAP documents of MM7 written by hand for tests: what our own writer would not write. */

export const REL6_NAMESPACE = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4';

export interface SoapOptions {
  readonly transactionId?: string | null;
  readonly envelope?: string;
  /** Stands before the envelope. */
  readonly prolog?: string;
  /** Further header entries. */
  readonly header?: string;
}

/** A document around the body; `NS` in it stands for the namespace of REL-6-MM7-1-4. */
export function soapText(body: string, options: SoapOptions = {}): string {
  const { transactionId = 't-1', envelope = 'http://schemas.xmlsoap.org/soap/envelope/', prolog = '', header = '' } = options;
  const entry =
    transactionId === null ? '' : `<t:TransactionID xmlns:t="NS" env:mustUnderstand="1">${transactionId}</t:TransactionID>`;
  return `${prolog}<env:Envelope xmlns:env="${envelope}"><env:Header>${entry}${header}</env:Header><env:Body>${body}</env:Body></env:Envelope>`.replaceAll(
    '"NS"',
    `"${REL6_NAMESPACE}"`,
  );
}
export const soapOf = (body: string, options: SoapOptions = {}): Uint8Array => new TextEncoder().encode(soapText(body, options));

/** A SubmitReq with the least that it must have, and `more` behind it. */
export const submitText = (more = '', attributes = ' xmlns="NS"'): string =>
  `<SubmitReq${attributes}><MM7Version>6.8.0</MM7Version><SenderIdentification><VASPID>acme</VASPID></SenderIdentification>` +
  `<Recipients><To><Number>+15559870002</Number></To></Recipients>${more}</SubmitReq>`;
