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
  /** Memory of request bodies that is kept for the next ones. Unit: octets. Source: 32 bodies of the largest common size under way at once. */
  mm1SpareBodyOctetsMax: 16_777_216,
  /** How long an upload may crawl before it has to give way to others, when there is no room for them. Unit: milliseconds. Source: a retransmission or two on a bad radio link. */
  mm1UploadPatienceMs: 5_000,
  /** What brings less than this crawls. Unit: octets per second. Source: half of what GPRS carries with one time slot. */
  mm1UploadPaceMin: 512,
  /** Retrievals that wait for room to send. Unit: requests. */
  mm1RetrievalsWaitingMax: 4096,
  /** How long they wait. Unit: milliseconds. Source: a sixth of the 60 s after which Android gives up. */
  mm1RetrievalWaitMs: 10_000,
  /**
   * How long a download may stand still while other retrievals wait for room. Unit: milliseconds. Source: Node may see it at the second look
   * only, which is then still less than half of that wait.
   */
  mm1DownloadPatienceMs: 2_000,
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
  /** A PDU printed with its octets. Unit: lines. Source: the largest PDU of the corpus takes a hundred. */
  octetsTextLinesMax: 20_000,

  // messaging
  /** What a far side said, as far as it is kept. Unit: characters. Source: one line of an SMTP reply has at most 512 (RFC 5321 4.5.3.1.5). */
  farAnswerTextMax: 512,
  /** Fewest digits of a number written without plus sign or prefix. Unit: digits. Source: short codes have 3 to 6, E.164 numbers 7 to 15. */
  bareNumberDigitsMin: 7,
  /** Submissions whose outcome resubmissions may share. Unit: submissions under way. Source: ten times what an endpoint lets in at once. */
  submissionsInFlightMax: 10_000,
  /** A sender's Date is believed up to this far ahead of our clock. Unit: milliseconds. Source: a handset clock set by hand, one hour. */
  dateAheadMaxMs: 3_600_000,
  /** And up to this far behind. Unit: milliseconds. Source: a week without coverage between writing and sending. */
  dateBehindMaxMs: 7 * 86_400_000,
  /**
   * Attempts at one change that others keep overtaking. Unit: attempts. Source: when all of 100 recipients answer in the same instant,
   * each round settles half of them (see change-delivery), 7 rounds on average; the rest is for bad luck.
   */
  changeAttemptsMax: 24,
  /** How long claimed work is hidden. Unit: milliseconds of the monotonic clock. Source: the slowest push (30 s) and commit, twice. */
  dueLeaseMs: 60_000,
  /** Shortest wait before the same push is tried again, whatever schedule and bearer say. Unit: milliseconds. */
  pushRetryMinMs: 1_000,
  /** How soon due work looks again at a store that was not available. Unit: milliseconds. */
  storeRetryMs: 1_000,
  /** How long due work under way goes on before it looks for things that have fallen due meanwhile. Unit: milliseconds. */
  dueLookMs: 1_000,
  /** Handsets whose version is kept at hand. Unit: handsets. Source: 300 octets each, 6 MB together; others cost one read. */
  handsetsCachedMax: 20_000,
  /** Random octets drawn at once for keys. Unit: octets. Source: 256 keys of 11 octets, so that drawing does not show in a profile. */
  randomPoolOctets: 2_816,
  /** Messages removed by one call of the store's prune, so that no commit gets long. Unit: messages. */
  pruneBatchMax: 500,
  /** Such calls in one go of housekeeping; the rest waits for the next. Unit: calls. */
  pruneRoundsMax: 200,
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
  /** What a connection of the laboratory's push has not taken yet. Unit: octets. Source: twice a push of 1 KiB for each that it may leave unconfirmed. */
  labOutgoingOctetsMax: 8_388_608,
  /** A connection of the laboratory's push that listens for nobody. Unit: milliseconds. */
  labSilenceMs: 10_000,
  /** Body of an answer to a handset. Unit: octets. Source: a hundred times the 300 KB that carriers commonly allow. */
  handsetAnswerOctetsMax: 33_554_432,
  /** Files of one name that `saveParts` steps over before it gives up. Unit: files. */
  savedNamesakesMax: 10_000,

  // signalling
  /** One M3UA message on a stream. Unit: octets. Source: the 16-bit length of Protocol Data, and room for what stands beside it. */
  m3uaMessageOctetsMax: 69_632,
  /** Parameters of one M3UA message, and of one compound parameter. Unit: parameters. Source: a REG REQ with a routing key for each of 100 ASs, times ten. */
  m3uaParametersMax: 1024,
  /** Values of one list parameter (Routing Context, Affected Point Code). Unit: values. Source: as many as fit the 16-bit length are 16,383; a network has fewer point codes than that in one message. */
  m3uaListMax: 16_383,
  /** Optional parameters of one SCCP message. Unit: parameters. Source: Q.713 knows four; nodes of other vintages add a few. */
  sccpOptionalParametersMax: 32,
  /** Segmented SCCP messages under way at once. Unit: messages. Source: ten seconds of segmented traffic at 1,000 a second. */
  sccpReassembliesMax: 10_000,
  /** Octets that their segments hold together. Unit: octets. Source: two full segments for each. */
  sccpReassemblyOctetsMax: 8_388_608,
  /** T(reass): from the first segment to the last. Unit: milliseconds. Source: Q.714 annex C, 10 to 20 s. */
  sccpReassemblyMs: 10_000,
  /** Dialogues opened by a Begin without component that are known at once. Unit: dialogues. Source: one message in twenty is that long, at 10,000 a second for 30 s, twice; 300 octets each. */
  moDialoguesMax: 32_768,
  /** How long such a dialogue is known. Unit: milliseconds. Source: MAP guards forwardSM by a timer of up to 60 s (TS 29.002 12.2, timer ml from 1 min). */
  moDialogueMs: 60_000,
  /** T(stat info): from the word that a subsystem is prohibited to the first test of it; doubles with every test. Unit: milliseconds. Source: Q.714 annex C, 30 s to 10 min. */
  sccpStatusTestMs: 30_000,
  /** The longest time between two tests. Unit: milliseconds. Source: Q.714 annex C. */
  sccpStatusTestMaxMs: 600_000,
  /** How long a congestion of a subsystem counts after it was last said. Unit: milliseconds. Source: Q.714 2.6, Ta is below 10 s. */
  sccpCongestionMs: 10_000,
  /** Subsystems of other nodes that are out at once. Unit: subsystems. Source: sixteen in each of a thousand nodes. */
  sccpSubsystemsMax: 16_384,
  /** Ranges of point codes of which one link has spoken, of one network, for reachability and again for congestion. Unit: ranges. Source: all 14-bit point codes. */
  routingHeardMax: 16_384,
  /** Routes, and parts of routes, whose state is told on. Unit: ranges. Source: all 14-bit point codes, and as many again of another network. */
  routingToldMax: 32_768,
  /** Destinations whose ways are kept worked out; at this all are forgotten and worked out anew. Unit: point codes. */
  routingPathsMax: 65_536,
  /** Routes of a configuration. Unit: routes. Source: a route for every 14-bit point code. */
  routingRoutesMax: 16_384,
  /** Links of a configuration, and the ways of one route. Unit: links. Source: an STP of a national network has some hundreds of link sets. */
  routingLinksMax: 1024,
  /** Ways of one route, and members of one group. Unit: ways. Source: the load is dealt in 256 shares, eight for each at the least. */
  routingAlternatesMax: 32,
  /** Selectors. Unit: selectors. Source: a real STP's translation-type tables have dozens. */
  gttSelectorsMax: 1024,
  /** Translation sets, and groups. Unit: sets. */
  gttSetsMax: 4096,
  /** Entries of all sets, a range counted as the prefixes that make it up. Unit: entries. Source: ten for each mobile network code and each number block of a large country. */
  gttEntriesMax: 2_000_000,
  /** Sets that one address goes through. Unit: sets. Source: one to tell numbers from blocks, one for ported ones, one for the network. */
  gttChainMax: 8,
  /** Digits of an entry, a prefix or a replacement. Unit: digits. Source: E.164 has 15, with routing numbers in front of them 30. */
  gttDigitsMax: 40,
  /** Selections kept worked out for one network; at this all are forgotten. Unit: kinds of address. */
  gttSelectionsMax: 4096,
  /** One IPA frame. Unit: octets. Source: its 16-bit length and the header. */
  ipaFrameOctetsMax: 65_538,
  /** Tags or values of one IPA identity message. Unit: values. Source: nine are assigned. */
  ipaIdValuesMax: 32,
  /** One record or block of a capture file. Unit: octets. Source: 256 KiB is the snapshot length of capture tools; room for options. */
  captureRecordOctetsMax: 1_048_576,
  /** Interfaces described in one section of a capture file. Unit: interfaces. */
  captureInterfacesMax: 1024,
  /** Directions of SCTP associations, and of TCP connections, that a capture's reader follows at once; the oldest is forgotten. Unit: flows. */
  captureFlowsMax: 4096,
  /** Transmission sequence numbers of one direction that are remembered, to know a retransmission. Unit: numbers. Source: more than an association has under way at once. */
  captureTsnsMax: 4096,
  /** Fragments, or segments beyond a hole, of one direction. Unit: fragments. Source: a message of 64 KiB in pieces of 512 octets, twice. */
  captureFragmentsMax: 256,
  /** Octets that they hold. Unit: octets. Source: four messages of 64 KiB. */
  captureFragmentOctetsMax: 262_144,
  /** T(ack): after which an unanswered ASP Up, Active, Inactive or Down is sent again. Unit: milliseconds. Source: RFC 4666 4.3.4.1. */
  aspAckMs: 2_000,
  /** T(ack) after an ERR to what was asked: only people can change what is wrong. Unit: milliseconds. Source: T(beat) of RFC 4666. */
  aspRefusedRetryMs: 30_000,
  /** How often ASP Down, and the ASP Inactive before it, is sent before the association is closed without an answer. Unit: messages. */
  aspLeaveAttemptsMax: 3,
  /** T(r): how long an AS without active ASP keeps what is for it. Unit: milliseconds. Source: RFC 4666 4.3.2 has no value; osmo-stp waits 2 s. */
  aspRecoveryMs: 2_000,
  /** Messages that an AS keeps in that time. Unit: messages. Source: half of T(r) at 10,000 a second. */
  aspPendingMax: 10_000,
  /** Destinations, or ranges of them, whose state is kept for one gateway. Unit: entries. Source: all 14-bit point codes. */
  aspDestinationsMax: 16_384,
  /** Point codes of one audit. Unit: point codes. Source: a DAUD that fits one SCTP packet on Ethernet. */
  aspAuditPointCodesMax: 256,
  /** Point codes asked for in one go when a link becomes active. Unit: point codes. Source: half of the room that an association has for its conversation. */
  aspAuditAtOnceMax: 8_192,
  /** Until the next go. Unit: milliseconds. Source: the gateway's answers, four times as long, have come by then. */
  aspAuditPauseMs: 1_000,
  /** Sources whose rate of requests is followed, by each listener for numbers; at this the one that has been silent longest is forgotten. Unit: sources. Source: the border controllers of a large carrier, a hundred times. */
  numberingSourcesMax: 10_000,
  /** Additional records of one DNS query. Unit: records. Source: EDNS and a signature make two. */
  enumAdditionalsMax: 4,
  /** One DNS query. Unit: octets. Source: a name of 255 octets, EDNS with every option in use, twice over. */
  enumQueryOctetsMax: 1_024,
  /** Answers that wait in the socket to be sent by UDP; what comes while they do is dropped. Unit: answers. */
  enumUdpWaitingMax: 1_024,
  /** TCP connections for DNS. Unit: connections. Source: BIND's own default is 150. */
  enumConnectionsMax: 512,
  /** Of one source, an IPv4 address or an IPv6 network of 64 bits. Unit: connections. Source: a resolver needs one or two (RFC 7766 6.2.2); sixteen sources have their share. */
  enumConnectionsPerSourceMax: 32,
  /** How long a TCP connection for DNS may be silent. Unit: milliseconds. Source: RFC 7766 6.2.3, a few seconds. */
  enumIdleMs: 10_000,
  /** Answers that a TCP client leaves unread before he is cut off. Unit: octets. */
  enumUnreadOctetsMax: 262_144,
  /** HTTP connections for numbers. Unit: connections. */
  numbersHttpConnectionsMax: 1_024,
  /** Numbers of one batch. Unit: numbers. Source: a batch is answered within a millisecond. */
  numbersBatchMax: 1_000,
  /** Body of a batch. Unit: octets. Source: a thousand numbers of 16 digits in JSON, twice over. */
  numbersBatchOctetsMax: 65_536,
  /** From the first octet of an HTTP request for numbers to its last. Unit: milliseconds. */
  numbersHttpRequestMs: 10_000,
  /** Constructed elements inside constructed elements of one BER value. Unit: levels. Source: MAP and CAP need 15 with their TCAP dialogue around them. */
  berDepthMax: 32,
  /** Elements looked at to find the end of an indefinite length. Unit: elements. Source: 65,535 octets of the longest SCCP data at 16 octets each. */
  berElementsMax: 4096,
  /** Octets of one BER identifier. Unit: octets. Source: tag numbers below 2^28; MAP and CAP end below 256. */
  berTagOctetsMax: 5,
  /** Components of one TCAP message. Unit: components. Source: the longest SCCP data, 3952 octets (Q.713 3.16), hold 790 of the shortest, a result of 5 octets; MAP sends 1 to 3. */
  tcapComponentsMax: 1024,
  /** Of these the ones that cannot be read. Unit: components. Source: no stack sends more than one, and each costs as much as a hundred others. */
  tcapUnreadableMax: 8,

  // numbers
  /** Changes of one batch. Unit: changes. Source: planned and encoded in one go, 1 to 2 ms of the thread that serves. */
  numberBatchMax: 4096,
  /** Changes that wait for the disk. Unit: changes. Source: ten seconds at 100,000 a second. */
  numberChangesWaitingMax: 1_000_000,
  // portability
  /** Service selectors of one gate. Unit: selectors. Source: a kind of title for each translation type; a node has a few dozen. */
  screeningSelectorsMax: 1024,
  /** Home SMSCs. Unit: entries. Source: a hundred times what a large carrier has. */
  homeSmscsMax: 10_000,
  /** Prepaid platforms, and addresses of each. Unit: entries. Source: EAGLE has four addresses in all. */
  prepaidPlatformsMax: 1024,
  /** Pairs of selector and home SMSC that decisions are counted by; what comes later is counted together. Unit: pairs. Source: 500 octets each, 2 MB together. */
  screeningTalliesMax: 4096,
  // operators' objects
  /** Peers, VASPs, routes, subscribers and mail rules together. Unit: objects. Source: 2 KB each in memory are 0.2 GB; a large carrier has some hundreds of peers and VASPs, and subscribers are written only where something is to be said of them. */
  objectsMax: 100_000,
  /** Objects that one set changes. Unit: objects. Source: checked in one go, a quarter of a second of the thread that serves where all are peers; larger files are applied in parts. */
  objectChangesMax: 1_000,
} as const;
