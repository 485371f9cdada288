/** What a gateway answers to those who register and deregister routing keys. RFC 4666 4.4. */
import type { DeregistrationResult, RegistrationResult, RoutingKey } from '#codec/m3ua';
import type { ApplicationServer } from './application-server.js';

/** RFC 4666 3.6.2 and 3.6.4. */
const REGISTRATION = { success: 0, notProvisioned: 7, unsupportedMode: 10 } as const;
const DEREGISTRATION = { success: 0, notRegistered: 4, active: 5 } as const;

/** The AS whose provisioned key it is, and the answer; no AS when it is refused. Keys are never made up: 4.4.1 leaves that to the gateway. */
export function answerRegistration(
  servers: Iterable<ApplicationServer>,
  key: RoutingKey,
): { readonly result: RegistrationResult; readonly server?: ApplicationServer } {
  const { localRkIdentifier } = key;
  const refused = (registrationStatus: number) => ({ result: { localRkIdentifier, registrationStatus, routingContext: [0] } });
  const server = [...servers].find(
    ({ settings: { routingKey } }) =>
      routingKey?.destinationPointCode === key.destinationPointCode && routingKey.networkAppearance === key.networkAppearance,
  );
  if (server === undefined) return refused(REGISTRATION.notProvisioned);
  if (key.trafficMode !== undefined && key.trafficMode !== server.settings.trafficMode)
    return refused(REGISTRATION.unsupportedMode);
  const routingContext = [server.settings.routingContext];
  return { result: { localRkIdentifier, registrationStatus: REGISTRATION.success, routingContext }, server };
}

/** `served`: the AS, if the ASP serves it. The answer, and the AS that the ASP leaves by it. */
export function answerDeregistration(
  served: ApplicationServer | undefined,
  asp: string,
  context: number,
): { readonly result: DeregistrationResult; readonly server?: ApplicationServer } {
  const answer = (deregistrationStatus: number) => ({ result: { routingContext: [context], deregistrationStatus } });
  if (served === undefined) return answer(DEREGISTRATION.notRegistered);
  if (served.active.has(asp)) return answer(DEREGISTRATION.active);
  return { ...answer(DEREGISTRATION.success), server: served };
}
