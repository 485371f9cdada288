/** A PDU as JSON: fields as the codec names them, octets in hexadecimal, parts by their headers and sizes. */
import { type Content, decodeParts, type MmsPdu } from '#codec/mms';
import { plainJson } from './plain-json.js';

function contentJson(content: Content): unknown {
  const parts = decodeParts(content);
  return {
    type: content.type,
    octets: content.body.length,
    ...(parts.ok
      ? { parts: parts.value.map(({ data, ...part }) => ({ ...part, octets: data.length })) }
      : { fault: parts.error.text }),
  };
}

/** A value for JSON.stringify. */
export function pduJson(pdu: MmsPdu): unknown {
  if (!('content' in pdu) || pdu.content === undefined) return plainJson(pdu);
  const { content, ...fields } = pdu;
  return { ...(plainJson(fields) as object), content: contentJson(content) };
}
