/**
 * Every limit of the core that is not a setting: one row each, with its unit and where the number comes from.
 * A loop, queue or buffer without a row here (or a key in the configuration) is a defect.
 */
export const LIMITS = {
  /** Head of an HTTP request on MM1. Unit: octets. Source: Node's own default; the longest head of a real handset behind a gateway is 3 KiB. */
  mm1HeadOctetsMax: 16_384,
  /** Header lines of an HTTP request on MM1. Unit: lines. Source: a handset sends 12, a gateway adds about as many. */
  mm1HeadLinesMax: 100,
  /** Requests of one MM1 connection that wait for their answers. Unit: requests. Source: handsets do not pipeline; load generators go to 16. */
  mm1PipelinedMax: 32,
  /** What is read and thrown away of a request that has been answered early, before the connection is closed. Unit: octets. Source: four of the largest usual messages. */
  mm1DrainOctetsMax: 4_194_304,
  /** How much of a body is waited for to learn the transaction id of a refusal. Unit: octets. Source: it stands in the first 100; gateways cut segments at 536. */
  mm1GlanceOctetsMax: 1024,
  /** Retrievals that wait for room to send. Unit: requests. */
  mm1RetrievalsWaitingMax: 4096,
  /** How long they wait. Unit: milliseconds. Source: a sixth of the 60 s after which Android gives up. */
  mm1RetrievalWaitMs: 10_000,
  /** User-Agent, Accept and profile address, as far as they are kept. Unit: characters. */
  mm1HandsetTextMax: 512,
  /** How long requests under way may take to end when the endpoint closes. Unit: milliseconds. Source: process supervisors kill after 10 s or more. */
  mm1CloseGraceMs: 8000,
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
