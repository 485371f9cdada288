/** Changes of single numbers that operators ask for: looked at first, as full loads are, and written to the audit log before they are made. */
import { err, maskNumber } from '#base';
import type { NumberChanges } from '#operator';
import { enforcementFindings, type NumberChange, type NumberCount, type ScreeningSettings } from '#portability';
import type { NumberStore } from '#store/numbers';
import type { AuditLog } from './audit-log.js';

export interface ChangePorts {
  readonly store: Pick<NumberStore, 'apply' | 'version'>;
  readonly settings: () => ScreeningSettings;
  readonly audit: AuditLog;
  readonly now: () => number;
}

/** Changes of one request that the audit log names one by one. Unit: changes. */
const TOLD_MAX = 10;

/** Of a change that puts in a record: what it adds to the counts. */
function countOf(change: NumberChange): readonly NumberCount[] {
  if (change.kind !== 'set-number' && change.kind !== 'set-range') return [];
  const { portabilityType, entity } = change.record;
  const isRange = change.kind === 'set-range';
  return [{ portabilityType, entity: entity.kind, numbers: isRange ? 0 : 1, ranges: isRange ? 1 : 0 }];
}

function changeText(change: NumberChange): string {
  const { kind } = change;
  return 'number' in change
    ? `${kind} ${maskNumber(String(change.number))}`
    : `${kind} ${maskNumber(String(change.first))}-${maskNumber(String(change.last))}`;
}

/** Takes the changes unless the gate could not serve them in its mode: then it could not start with them either. */
export const numberChanges = ({ store, settings, audit, now }: ChangePorts): NumberChanges => ({
  async apply(changes, who) {
    const its = settings();
    for (const [index, change] of changes.entries()) {
      const refusal = enforcementFindings(its, countOf(change)).find(({ kind }) => kind === 'refusal');
      if (refusal !== undefined) return err({ kind: 'invalid', index, text: refusal.text });
    }
    const told = changes.slice(0, TOLD_MAX).map(changeText);
    const after = { count: changes.length, changes: told };
    const written = await audit.write({ at: now(), who, what: 'numbers changed', before: store.version, after });
    if (!written.ok) return err({ kind: 'unavailable', text: written.error.text });
    return store.apply(changes);
  },
});
