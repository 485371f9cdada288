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
  /** Header section of a mail or of one of its parts. Unit: octets. Source: Postfix reads 100 KiB (header_size_limit); lists of 1,000 recipients take 60. */
  mimeHeadOctetsMax: 262_144,
  /** One header field of a mail, continuations included. Unit: octets. Source: 1,000 addresses of 60 octets. */
  mimeFieldOctetsMax: 65_536,
  /** Senders of mail that are counted at once for hourly bounds. Unit: senders. Source: a day of a busy gateway has fewer in an hour; 100 octets each. */
  mm3SendersCountedMax: 50_000,
  /** Addresses of one header field. Unit: addresses. Source: RFC 5321 4.5.3.1.8 asks for 100 recipients; lists have more. */
  mimeAddressesMax: 1_000,
  /** Comments inside comments. Unit: levels. */
  mimeCommentDepthMax: 8,

  // codec/mm4
  /** Header lines of one message. Unit: lines. Source: 45 headers are assigned, relays on the way add some dozens. */
  mm4FieldsMax: 1_000,
  /** Lines of a header that may be repeated (earlier senders). Unit: lines. Source: messages forwarded more often have not been seen. */
  mm4RepeatedFieldsMax: 100,
  /** Tolerances told of one message. Unit: uses. Source: the worst message of the corpus has six. */
  mm4TolerancesMax: 64,
  /** Addresses of one list. Unit: addresses. Source: ten times what carriers allow. */
  mm4AddressesMax: 1_000,
  /** One address. Unit: octets. Source: RFC 5321 4.5.3.1, local part and domain. */
  mm4AddressOctetsMax: 320,
  /** One number. Unit: digits. Source: E.164 has 15; prefixes of peers come on top. */
  mm4NumberDigitsMax: 20,
  /** An id, status or class. Unit: octets. Source: longest id seen has 64. */
  mm4IdOctetsMax: 512,
  /** Subject, status text and the like. Unit: octets. Source: 40 encoded words. */
  mm4FieldOctetsMax: 8_192,
  /** A PDU printed with its octets. Unit: lines. Source: the largest PDU of the corpus takes a hundred. */
  octetsTextLinesMax: 20_000,

  // messaging
  /** What a far side said, as far as it is kept. Unit: characters. Source: one line of an SMTP reply has at most 512 (RFC 5321 4.5.3.1.5). */
  farAnswerTextMax: 512,
  /**
   * Words of a far side about one delivery that are kept as events though they end nothing: put off, or too late. Unit: words. Source: a peer that says
   * everything twice and corrects itself once needs six.
   */
  farWordsKeptMax: 16,
  /** How often a message is handed over anew because its acknowledgement did not come. Unit: times. Source: a peer that loses more than three in a row acknowledges nothing. */
  resendsMax: 3,
  /**
   * How soon what was tried while nothing got through goes out when something does again. Unit: milliseconds. Source: long enough that an attempt which fails
   * beside others that get through is no loop, short beside the minutes that a far side was down.
   */
  roadBackMs: 10_000,
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

  // MM7
  /** Elements of one SOAP document. Unit: elements. Source: 100 recipients and 60 other elements, ten times over. */
  mm7ElementsMax: 2_048,
  /** Elements inside elements of one SOAP document. Unit: levels. Source: MM7 needs six; Details may hold anything. */
  mm7DepthMax: 24,
  /** An identifier, a code or an address in a request of a VASP. Unit: characters. Source: a mailbox may have 320 (RFC 3696). */
  mm7IdCharactersMax: 320,
  /** A text in a request of a VASP. Unit: characters. Source: handsets show 40 of a subject; what is stored with each message is to stay small. */
  mm7TextCharactersMax: 1_024,
  /** One SOAP document. Unit: octets. Source: 100 recipients of 100 octets each, and 2 KB beside them, ten times over. */
  mm7SoapOctetsMax: 131_072,
  /** Head of an HTTP request of a VASP. Unit: octets. Source: Node's own default; an aggregator's longest has 1 KiB. */
  mm7HeadOctetsMax: 16_384,
  /** Nonces of HTTP Digest that are kept with their counts for one account, after it has answered them rightly; of more the oldest becomes stale. Unit: nonces. Source: one for each of the 64 connections that an account has by default, twice. */
  mm7NoncesPerAccountMax: 128,
  /** How long a nonce may be used. Unit: milliseconds. Source: clients that keep a connection use one for many requests; five minutes bound what is kept. */
  mm7NonceMs: 300_000,
  /** What is read and thrown away of a request that has been answered early, before the connection is closed. Unit: octets. Source: four of the largest usual messages. */
  mm7DrainOctetsMax: 4_194_304,
  /** Answers to CancelReq and ReplaceReq that are kept for their repetition. Unit: answers. Source: 200 octets each, 2 MB together. */
  mm7AnswersKeptMax: 10_000,
  /** Answer of a VASP, as far as it is read. Unit: octets. Source: a DeliverRsp has 700. */
  mm7AnswerOctetsMax: 65_536,
  /** How long a call may wait for a VASP's rate before it is put off. Unit: milliseconds. */
  mm7RateWaitMs: 2_000,
  /** How long requests under way may take to end when the endpoint closes. Unit: milliseconds. Source: process supervisors kill after 10 s or more. */
  mm7CloseGraceMs: 8_000,

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

  // mail
  /** One command line, its CRLF included. Unit: octets. Source: RFC 5321 4.5.3.1.4 has 512, RFC 3461 adds 1,100 for MAIL and RCPT, RFC 4954 wants 12,288 for AUTH. */
  smtpCommandOctetsMax: 12_288,
  /** One mailbox of an envelope. Unit: octets. Source: RFC 5321 4.5.3.1.3. Its 64 octets for a local part are passed over: return paths with a token are longer. */
  smtpPathOctetsMax: 256,
  /** One domain, and one name in EHLO. Unit: octets. Source: RFC 5321 4.5.3.1.2. */
  smtpDomainOctetsMax: 255,
  /** ENVID before it is encoded. Unit: octets. Source: RFC 3461 4.4. */
  smtpEnvelopeIdOctetsMax: 100,
  /** ORCPT with its address type. Unit: octets. Source: RFC 3461 4.2 allows 500 octets of it encoded. */
  smtpOriginalRecipientOctetsMax: 500,
  /** Content of one mail, where the settings say nothing. Unit: octets. Source: messages of 600 KB grow by a third in base64; ten times that. */
  smtpSizeMax: 10_485_760,
  /** Recipients of one transaction, where the settings say nothing. Unit: recipients. Source: RFC 5321 4.5.3.1.8, the least that a server has to take. */
  smtpRecipientsMax: 100,
  /** Connections of one listener. Unit: connections. Source: a hundred peers with ten each. */
  smtpConnectionsMax: 1_000,
  /** Of them from one address. Unit: connections. Source: Postfix's default is 50; a hub speaks for many carriers. */
  smtpConnectionsPerAddressMax: 100,
  /** New connections of one address in a minute. Unit: connections. Source: ten a second, of a peer that makes a new one for every mail. */
  smtpConnectsPerMinuteMax: 600,
  /** Addresses whose connections are counted; at this the one heard of longest ago is forgotten. Unit: addresses. */
  smtpAddressesMax: 10_000,
  /** Peers whose transactions and rates are counted; at this the one heard of longest ago, and idle, is forgotten. Unit: peers. */
  smtpPeersMax: 10_000,
  /** Contents under way of one listener, from DATA to the answer. Unit: octets. Source: 5,000 messages of 50 KB, three seconds at the rate that we are built for. */
  smtpContentOctetsMax: 268_435_456,
  /** Room that content of unknown size begins with; it doubles. Unit: octets. Source: a usual message with one picture. */
  smtpContentFirstOctets: 65_536,
  /** Room for content given on the word of SIZE alone. Unit: octets. Source: the largest usual message in base64; who lies about more wins nothing. */
  smtpContentTrustOctets: 1_048_576,
  /** Silence of a client between commands. Unit: milliseconds. Source: RFC 5321 4.5.3.2.7, at least five minutes. */
  smtpCommandMs: 300_000,
  /** From the connection to the first accepted MAIL. Unit: milliseconds. Source: a TLS handshake and AUTH over a bad line. */
  smtpEstablishMs: 60_000,
  /** Silence within content. Unit: milliseconds. Source: RFC 5321 4.5.3.2.5 lets a client wait for three minutes. */
  smtpContentSilenceMs: 180_000,
  /** How long content may crawl before its pace counts. Unit: milliseconds. */
  smtpContentPatienceMs: 60_000,
  /** What brings less than this crawls. Unit: octets per second. Source: 300 KB in five minutes. */
  smtpContentPaceMin: 1_024,
  /** Faulty commands of one connection; then it is ended. Unit: commands. Source: Postfix's smtpd_hard_error_limit. */
  smtpErrorsMax: 20,
  /** Refused recipients of one connection; then it is ended. Unit: recipients. Source: one transaction full of numbers that have been ported away. */
  smtpRefusedRecipientsMax: 100,
  /** AUTH that failed on one connection; then it is ended. Unit: attempts. */
  smtpAuthFailuresMax: 3,
  /** Replies that a client leaves unread; then it is ended. Unit: octets. Source: a pipelined transaction of a hundred recipients, six times. */
  smtpUnreadOctetsMax: 65_536,
  /** A TLS handshake. Unit: milliseconds. */
  smtpTlsHandshakeMs: 30_000,
  /** A PROXY header. Unit: octets. Source: version 1 has at most 107, version 2 with some room for TLVs. */
  smtpProxyHeaderOctetsMax: 1_024,
  /** How often a listener looks for clients that are too slow. Unit: milliseconds. */
  smtpLookMs: 1_000,
  /** How long a connection that we have ended waits for the other side to end it too. Unit: milliseconds. */
  smtpLingerMs: 2_000,
  /** How long transactions may take to end when a listener or a pool closes. Unit: milliseconds. Source: process supervisors kill after 10 s or more. */
  smtpCloseGraceMs: 8_000,
  /** Connections of one pool. Unit: connections. */
  smtpClientConnectionsMax: 1_000,
  /** Of them to one destination, where it says nothing. Unit: connections. Source: Postfix's default_destination_concurrency_limit is 20. */
  smtpClientConnectionsPerDestinationMax: 16,
  /** Mails of one pool that are not settled. Unit: mails. Source: ten seconds at the rate that we are built for, and some more. */
  smtpWaitingMax: 20_000,
  /** Mails that wait for a connection to one destination. Unit: mails. Source: two seconds at the rate that we are built for. */
  smtpWaitingPerDestinationMax: 3_000,
  /** Octets of the mails of one pool that are not settled. Unit: octets. */
  smtpWaitingOctetsMax: 268_435_456,
  /** Destinations that are known at once; at this the one that has been idle longest is forgotten, and where none is idle new ones are deferred. Unit: destinations. */
  smtpDestinationsMax: 10_000,
  /** Addresses that are tried for one connection. Unit: addresses. Source: Postfix's smtp_mx_address_limit. */
  smtpAddressesTriedMax: 5,
  /** How long the addresses of a destination are believed. Unit: milliseconds. */
  smtpResolvedMs: 60_000,
  /** How long a host that did not answer is tried after the others. Unit: milliseconds. */
  smtpHostAvoidedMs: 60_000,
  /** One line of a server's reply. Unit: octets. Source: RFC 5321 4.5.3.1.5 has 512; servers that explain themselves need more. */
  smtpReplyLineOctetsMax: 4_096,
  /** Lines of one reply. Unit: lines. Source: answers to EHLO have up to 30. */
  smtpReplyLinesMax: 128,
  /** Text of a reply, as far as it is kept. Unit: characters. */
  smtpReplyTextMax: 1_024,
  /** To connect. Unit: milliseconds. Source: Postfix's smtp_connect_timeout. */
  smtpConnectMs: 30_000,
  /** Banner. Unit: milliseconds. Source: a fifth of RFC 5321 4.5.3.2.1; border servers delay it by a few seconds on purpose. */
  smtpGreetingMs: 60_000,
  /** An answer to a command. Unit: milliseconds. Source: a fifth of RFC 5321 4.5.3.2.2. */
  smtpReplyMs: 60_000,
  /** 354. Unit: milliseconds. Source: RFC 5321 4.5.3.2.4, two minutes, halved. */
  smtpDataReplyMs: 60_000,
  /** 256 KiB of content that the other side does not take. Unit: milliseconds. Source: RFC 5321 4.5.3.2.5, three minutes. */
  smtpBlockMs: 180_000,
  /** The answer to the content. Unit: milliseconds. Source: half of RFC 5321 4.5.3.2.6; a repetition after a lost answer is a duplicate at the other side. */
  smtpAcceptMs: 300_000,
  /** An unused connection. Unit: milliseconds. Source: less than servers wait for a command. */
  smtpIdleMs: 30_000,
  /** Content that is given to a socket at once. Unit: octets. */
  smtpBlockOctets: 262_144,
  /** Troubles of a destination in a row, without an answer to a mail between them, that open its circuit. Unit: connections. */
  smtpCircuitTroublesMax: 5,
  /** From the opening of a circuit to the first probe; doubles with every probe that fails. Unit: milliseconds. */
  smtpProbeFirstMs: 5_000,
  /** The longest time between two probes. Unit: milliseconds. */
  smtpProbeMostMs: 60_000,
  /** How long a destination of which nothing is under way is known. Unit: milliseconds. */
  smtpDestinationForgottenMs: 3_600_000,

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
