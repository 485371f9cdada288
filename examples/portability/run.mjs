/**
 * A gate between an exchange and a service centre: loads a sample number file, starts the gate, plays the nodes around it, and shows what was
 * counted and why one sender was refused. Run it after `npm run build`: node examples/portability/run.mjs
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLI = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'angarium-portability-'));
const config = join(folder, 'gate.toml');

/** Runs a command, shows it, and gives what it says. */
async function angarium(...args) {
  console.log(`\n$ angarium ${args.join(' ').replaceAll(folder, '.')}`);
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.replaceAll(folder, '.').trimEnd();
}

/** A port that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The gate as a program of its own; resolves when it is up. */
async function startGate() {
  console.log('\n$ angarium gate start --config ./gate.toml');
  const gate = spawn(process.execPath, [CLI, 'gate', 'start', '--config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: gate.stdout })) if (JSON.parse(line).msg === 'gate is up') break;
  gate.stdout.resume();
  return gate;
}

let gate;
try {
  const place = `127.0.0.1:${await freePort()}`;
  console.log(await angarium('gate', 'simulate', '--gate', place, '--flow', 'ported-out', '--prepare', folder));
  appendFileSync(config, '\n[monitoring]\nlisten = "127.0.0.1:0"\n');

  gate = await startGate();
  console.log(await angarium('gate', 'numbers', 'load', join(folder, 'numbers.csv'), '--config', config));
  console.log(await angarium('gate', 'simulate', '--gate', place, '--flow', 'ported-out', '--rate', '200', '--count', '400'));
  console.log(await angarium('gate', 'status', '--config', config));
  console.log(await angarium('gate', 'decisions', '--verdict', 'reject', '--limit', '1', '--steps', '--config', config));
} finally {
  if (gate) {
    const ended = once(gate, 'close');
    gate.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
