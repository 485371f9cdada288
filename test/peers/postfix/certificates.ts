/** Certificates for one run: an authority, and one for each name, made by openssl. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Material {
  readonly key: string;
  readonly certificate: string;
  readonly authorities: string;
}

/** By name, in the order of the names. */
export async function makeCertificates(...names: readonly string[]): Promise<Material[]> {
  const folder = await mkdtemp(join(tmpdir(), 'angarium-certificates-'));
  const at = (file: string): string => join(folder, file);
  const made = async (name: string, ...more: readonly string[]): Promise<void> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)];
    await run('openssl', ['req', '-x509', ...key, '-subj', `/CN=${name}`, '-days', '2', '-out', at(`${name}.pem`), ...more]);
  };
  try {
    await made('authority');
    const authorities = await readFile(at('authority.pem'), 'utf8');
    const all: Material[] = [];
    for (const name of names) {
      const signed = ['-CA', at('authority.pem'), '-CAkey', at('authority.key')];
      await made(name, '-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=critical,CA:FALSE', ...signed);
      const [key, certificate] = [await readFile(at(`${name}.key`), 'utf8'), await readFile(at(`${name}.pem`), 'utf8')];
      all.push({ key, certificate, authorities });
    }
    return all;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
