/**
 * Every limit of the core that is not a setting: one row each, with its unit and where the number comes from.
 * A loop, queue or buffer without a row here (or a key in the configuration) is a defect.
 */
export const LIMITS = {
  /** Recipients of one message. Unit: addresses. Source: hundreds occur in tests, carriers allow 20 to 100. */
  recipientsMax: 100,
  /** Header fields of one PDU. Unit: fields. Source: 64 assigned names plus repeated recipients, times two. */
  headerFieldsMax: 1024,
  /** Fields of one PDU whose value breaks its grammar and is passed over. Unit: fields. Source: damaged PDUs of the corpus have one or two; passing over costs more than reading. */
  damagedFieldsMax: 16,
  /** One text value of a header. Unit: octets. Source: longest subject of the corpus is 1/10 of it. */
  headerTextOctetsMax: 8192,
  /** Parts of one multipart. Unit: parts. Source: phones send fewer than 50. */
  multipartPartsMax: 1024,
  /** Multiparts inside multiparts. Unit: levels. Source: MMS needs two (alternative inside related). */
  multipartDepthMax: 8,
  /** Header fields of one part. Unit: fields. */
  partHeadersMax: 64,
  /** Parameters of one content type. Unit: parameters. */
  parametersMax: 64,
} as const;
