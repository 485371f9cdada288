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
  /** One WSP push. Unit: octets. Source: 64 KiB is hundreds of short messages; no bearer carries more than a few. */
  pushOctetsMax: 65_536,
  /** Short messages of one push. Unit: short messages. Source: operators' filters drop longer concatenations. */
  pushSegmentsMax: 4,
  /** Answer of an SMS gateway, as far as it is read. Unit: octets. Source: Kannel's are under 100. */
  gatewayAnswerOctetsMax: 4096,
  /** One line of the laboratory's push. Unit: octets. Source: its longest line has 50. */
  labLineOctetsMax: 128,
  /** Numbers that one connection of the laboratory's push listens for. Unit: numbers. Source: a load generator plays as many handsets. */
  labNumbersPerConnectionMax: 100_000,
  /** Pushes that one connection of the laboratory's push has not confirmed. Unit: pushes. Source: a second of the busiest benchmark. */
  labUnconfirmedMax: 4096,
  /** A connection of the laboratory's push that listens for nobody. Unit: milliseconds. */
  labSilenceMs: 10_000,
  /** Body of an answer to a handset. Unit: octets. Source: a hundred times the 300 KB that carriers commonly allow. */
  handsetAnswerOctetsMax: 33_554_432,
  /** Files of one name that `saveParts` steps over before it gives up. Unit: files. */
  savedNamesakesMax: 10_000,
} as const;
