/** A peer: another carrier's MMSC, or a hub, spoken to by MM4. */

/**
 * Whether something takes part in traffic. `active`: both ways. `paused`: nothing goes out, what comes in is put off (4xx, 4006); what is
 * for it waits. `draining`: what waits for it still goes out and late answers are taken; nothing new is routed to it, nothing new is taken from it.
 */
export type TrafficState = 'active' | 'paused' | 'draining';

/** A machine to connect to. `host`: name or address. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

/** How a connection is known to be the peer's. All that is given must hold; a peer of which nothing is given is never known on the way in. */
export interface PeerIdentification {
  /** Addresses and networks (CIDR) that it connects from; empty: any address. */
  readonly networks: readonly string[];
  /**
   * Names (DNS names of the certificate, lower case) or SHA-256 fingerprints (64 hex digits, lower case) of its client certificate, any of
   * which must fit; empty: no certificate asked for. A name counts only by the word of `tls.authorities`, or without such of the listener's.
   */
  readonly certificates: readonly string[];
  /** Domains that its MAIL FROM may have, lower case; empty: those of `Peer.domains`. Checked after the above, which say who it is. */
  readonly senderDomains: readonly string[];
  /** AUTH that it must have done; absent: none asked for. */
  readonly user?: string;
  readonly password?: string;
}

export interface PeerTls {
  /** On the way out. `implicit`: TLS from the first octet. `when-offered`: STARTTLS if the peer offers it. `required`: STARTTLS, or no mail. */
  readonly outgoing: 'never' | 'when-offered' | 'required' | 'implicit';
  /** What of its server's certificate must hold: nothing, a good chain, a good chain and the host's name (or `serverName`). */
  readonly verify: 'nothing' | 'chain' | 'name';
  /** The name asked for (SNI) and looked for in the certificate; absent: the host's. */
  readonly serverName?: string;
  /**
   * PEM of the authorities believed. Of its servers: absent, those of the system. Of its clients, each of which one of them must have signed itself:
   * absent, the listener's.
   */
  readonly authorities?: string;
  /** On the way in: must it be encrypted before MAIL FROM? */
  readonly incoming: 'optional' | 'required';
}

export interface PeerLimits {
  /** Octets of one message as it crosses SMTP, both ways; also what SIZE announces to it. */
  readonly sizeMax: number;
  /** Messages a second taken from it; above it 4xx. */
  readonly rateInMax: number;
  /** Messages a second handed to it. */
  readonly rateOutMax: number;
  readonly connectionsInMax: number;
  readonly connectionsOutMax: number;
  /** Recipients of one transaction to it; 1 where a peer takes only one. */
  readonly recipientsOutMax: number;
  /** Recipients of one transaction from it. */
  readonly recipientsInMax: number;
  /** Messages of one connection to it; then a new one. */
  readonly messagesPerConnectionMax: number;
}

export interface PeerAcknowledgement {
  /** Ask for MM4_forward.RES (X-Mms-Ack-Request: Yes). */
  readonly forward: boolean;
  /** Ask for the RES of reports. */
  readonly reports: boolean;
  /** How long a RES is awaited after the peer took the message. Unit: milliseconds. */
  readonly waitMs: number;
  /** What becomes of a delivery whose RES never came. */
  readonly whenMissing: 'indeterminate' | 'resend';
}

/** How this peer wants things written. What comes in is read in every form, whatever stands here. */
export interface PeerDialect {
  /** X-Mms-3GPP-MMS-Version. */
  readonly version: string;
  /** Numbers in From, To, Cc. `plmn`: `+46.../TYPE=PLMN`; `bare`: `+46...`. */
  readonly headerAddress: 'plmn' | 'plmn-with-domain' | 'bare' | 'bare-with-domain';
  /** Local part of numbers in MAIL FROM and RCPT TO; the domain always follows. */
  readonly envelopeAddress: 'plmn' | 'bare';
  /** Write the plus sign of numbers. */
  readonly plus: boolean;
  /** Write X-Mms-Transaction-ID and X-Mms-Message-ID in double quotes. */
  readonly quotedIds: boolean;
  /** MAIL FROM of MM4_forward.REQ: the sender's address, or our system mailbox. */
  readonly mailFrom: 'originator' | 'system';
  /** Local part of our system mailbox towards this peer. */
  readonly systemMailbox: string;
  /** From and To of reports. `mail`: from the recipient reported about, to the sender. `message`: as in the message that was reported. */
  readonly reportAddresses: 'mail' | 'message';
  /** X-Mms-Expiry as a date or as seconds from now. */
  readonly expiry: 'date' | 'seconds';
  /** Layout of responses: headers only, or with Subject, an empty text body, X-Mms-Request-Recipients and a status text. */
  readonly responses: 'terse' | 'verbose';
  /** Top-level media type of content: as it was submitted, or always multipart/mixed, or always multipart/related. */
  readonly multipart: 'as-submitted' | 'mixed' | 'related';
  /** Send X-Mms-Originator-R/S-Delivery-Report. */
  readonly originatorReport: boolean;
  /** Report `Deferred` too, once. */
  readonly deferredReports: boolean;
  /** Send the headers of release 6: Adaptation-Allowed, Content-Class, Drm-Content, Applic-ID and its companions. */
  readonly release6Headers: boolean;
  /** One forward request for each recipient, each with its own transaction. */
  readonly oneRecipientPerMessage: boolean;
}

/** How numbers of this peer are brought into international form, and back. Digits. */
export interface PeerNumbers {
  /** Taken off the front of a number that it sends, the first that fits. */
  readonly stripPrefixes: readonly string[];
  /** Put in front of a number that it sends without plus; absent: none. */
  readonly countryCode?: string;
}

export interface Peer {
  /** Unique among peers. */
  readonly name: string;
  readonly state: TrafficState;
  /** For people. */
  readonly note?: string;
  /** Its MMS domains, lower case, one at least; recipients are addressed at the first. Unique among all peers. */
  readonly domains: readonly string[];
  /** Where it takes mail, tried in this order; empty: by DNS (MX, then addresses) of its first domain. */
  readonly hosts: readonly Host[];
  /** Name that we greet it with; absent: the program's own. */
  readonly greeting?: string;
  /** Our domain towards it, lower case; absent: the first of the program's own. */
  readonly ownDomain?: string;
  readonly identification: PeerIdentification;
  readonly tls: PeerTls;
  /** How we identify ourselves towards it by AUTH; absent: not at all. The method must be among those it offers. */
  readonly auth?: { readonly method: 'plain' | 'login' | 'cram-md5'; readonly user: string; readonly password: string };
  readonly limits: PeerLimits;
  /** Waits between attempts, the last one repeated until the message expires. Unit: milliseconds. */
  readonly retryMs: readonly number[];
  readonly connectTimeoutMs: number;
  /** For an answer to a command; the answer to the end of DATA may take three times as long. */
  readonly answerTimeoutMs: number;
  readonly acknowledgement: PeerAcknowledgement;
  readonly dialect: PeerDialect;
  readonly numbers: PeerNumbers;
  /** Beginnings of sender numbers that it may send for, digits; empty: any number that is not our own. */
  readonly senderPrefixes: readonly string[];
  /** Received lines above which its message is refused as going in circles. */
  readonly hopsMax: number;
  /** May it hand us messages for recipients that are another peer's? */
  readonly transit: boolean;
}
