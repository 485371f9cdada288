/** A node's routing as one object: a checked configuration, the state of links and subsystems, and the answers that follow from both. */
import { err, ok, type Result } from '#base';
import { decodeManagement, encodeManagement, encodeSccp, type SccpView } from '#codec/sccp';
import type { Step, Translation } from './answers.js';
import { checkRouting } from './check.js';
import type { Finding, RoutingSpec } from './config.js';
import { type Question, Translator } from './gtt.js';
import { Relay } from './relay.js';
import type { Dropped, Label, Local, RelayOptions, RelayOutcome, Transfer } from './relay-answers.js';
import { type NetworkNews, PointCodeRoutes, type RoutesOutput } from './routes.js';
import { SSN_MANAGEMENT, type SubsystemOutput, Subsystems } from './subsystems.js';
import { buildTables } from './tables.js';

/** What an event has changed, of the ways and of the subsystems that lie behind them. */
export interface RoutingOutput extends RoutesOutput {
  readonly subsystems: readonly SubsystemOutput[];
}

export class Routing {
  readonly spec: RoutingSpec;
  readonly routes: PointCodeRoutes;
  readonly subsystems: Subsystems;
  private readonly translator: Translator;
  private readonly relays: Relay;

  /** Takes a checked configuration; `createRouting` is the door. */
  constructor(spec: RoutingSpec) {
    const { networks, links, routes, gtt, congestion = {} } = spec;
    this.spec = spec;
    this.routes = new PointCodeRoutes(networks, links, routes);
    this.subsystems = new Subsystems(networks);
    this.translator = new Translator(networks, buildTables(gtt), this.routes, this.subsystems, congestion);
    this.relays = new Relay(networks, this.routes, this.translator);
  }

  /** Translates by the selectors, or in `set`. With `steps` every step is written down. Throws RangeError on a set that stands nowhere. */
  translate(question: Question, set?: string, steps?: Step[]): Translation {
    return this.translator.translate(question, set, steps);
  }

  /** What becomes of an SCCP message. Throws RangeError on a set or group in `options` that stands nowhere. */
  relay(label: Label, view: SccpView, options?: RelayOptions): RelayOutcome {
    return this.relays.relay(label, view, options);
  }

  /** What becomes of a message of any user part whose point code is not ours. */
  transfer(label: Label, userPart: Uint8Array): Transfer | Local | Dropped {
    return this.relays.transfer(label, userPart);
  }

  /** A link has come up or gone down. */
  setLink(link: string, up: boolean): RoutingOutput {
    return this.resumed(this.routes.setLink(link, up));
  }

  /** The network behind a link has spoken (SSNM). */
  hear(news: NetworkNews): RoutingOutput {
    return this.resumed(this.routes.hear(news));
  }

  /** Takes in the management message in a UDT for SSN 1. One that cannot be read changes nothing. */
  manage(label: Label, view: SccpView, now: number): SubsystemOutput[] {
    const message = decodeManagement(view.data);
    return message.ok ? this.subsystems.receive(label.ni, label.opc, message.value, now) : [];
  }

  /** A management message on its way; undefined when there is none. */
  managementTransfer(output: SubsystemOutput): Transfer | undefined {
    if (output.kind !== 'send') return undefined;
    const { ni, pointCode, message } = output;
    const network = this.spec.networks.find((it) => it.ni === ni);
    const way = this.routes.route(ni, pointCode, 0);
    if (network === undefined || way.kind !== 'hop') return undefined;
    const unit = encodeSccp(
      {
        kind: 'UDT',
        protocolClass: 0,
        returnOnError: false,
        called: { routeOn: 'ssn', pointCode, ssn: SSN_MANAGEMENT },
        calling: { routeOn: 'ssn', pointCode: network.own[0]!, ssn: SSN_MANAGEMENT },
        data: encodeManagement(message),
      },
      network.variant,
    );
    if (!unit.ok) return undefined;
    return {
      kind: 'transfer',
      ni,
      opc: network.own[0]!,
      dpc: pointCode,
      sls: 0,
      link: way.link,
      octets: unit.value,
      congestionLevel: way.congestionLevel,
      by: 'translated',
      cause: undefined,
      fault: undefined,
    };
  }

  /** Takes over what another configuration's routing knows of links of the same name, and of subsystems: for a change while running. */
  adopt(former: Routing): void {
    this.routes.adopt(former.routes);
    this.subsystems.adopt(former.subsystems);
  }

  /** MTP-RESUME for single point codes that can be reached again. */
  private resumed(output: RoutesOutput): RoutingOutput {
    const subsystems = output.changes.flatMap(({ ni, pointCode, mask, before, availability }) =>
      mask === 0 && before === 'unavailable' && availability !== 'unavailable' ? this.subsystems.resumed(ni, pointCode) : [],
    );
    return { ...output, subsystems };
  }
}

/** Builds the tables of a configuration, or says everything for which it cannot be carried out. Every link is down until `setLink`. */
export function createRouting(spec: RoutingSpec): Result<Routing, readonly Finding[]> {
  const findings = checkRouting(spec);
  return findings.length > 0 ? err(findings) : ok(new Routing(spec));
}
