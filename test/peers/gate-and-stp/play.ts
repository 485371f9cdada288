/** Runs inside the guest: rehearses over SCTP and leaves `$OUT/rehearsed.json` and the captures. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURES, rehearse } from './rehearsal.js';
import { HOSTS, sctpStage } from './sctp.js';

const out = process.env['OUT']!;
for (const address of Object.values(HOSTS).flat()) execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
const stage = sctpStage('/tmp/laboratory');
const rehearsed = await rehearse(stage);
writeFileSync(join(out, 'rehearsed.json'), JSON.stringify(rehearsed));
for (const name of Object.values(CAPTURES)) copyFileSync(join(stage.folder, name), join(out, name));
