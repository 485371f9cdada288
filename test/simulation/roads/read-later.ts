import type { DeliveryKey } from '#messaging';
import type { Phone } from '../world/phone.js';
import { MINUTE } from '../world/settings.js';
import { TRIES } from './road.js';

/** Some read what they got, and say so; some say it twice, or differently the second time. */
export async function readLater(phone: Phone, key: string): Promise<void> {
  if (!phone.random.chance(0.6)) return;
  const messageId = phone.ledger.messageOf(key as DeliveryKey);
  for (const again of [false, true]) {
    if (again && !phone.random.chance(0.2)) return;
    await phone.sleep(phone.random.unit() * MINUTE);
    const status = phone.random.chance(0.8) ? 'read' : 'deleted-without-being-read';
    await phone.persist(TRIES, () => phone.readReport(messageId, status));
  }
}
