/** The secrets of objects, in a file of their own: only those that objects refer to now, and while one is being written those of both sides. */
import { chmod, readFile } from 'node:fs/promises';
import type { Secrets } from '#directory';
import { FILE_MODE, secretsFile, writeWhole } from './folder.js';
import { Damage } from './lines.js';

const FORMAT = 1;

interface SecretsDocument {
  readonly format: number;
  readonly secrets: Readonly<Record<string, string>>;
}

function documentOf(file: string, text: string): SecretsDocument {
  try {
    const document = JSON.parse(text) as SecretsDocument;
    if (document.format === FORMAT && typeof document.secrets === 'object') return document;
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
  }
  throw new Damage(`${file}: it is no file of secrets of this program`);
}

export class SecretsFile {
  readonly #folder: string;
  #kept: Secrets;

  private constructor(folder: string, kept: Secrets) {
    this.#folder = folder;
    this.#kept = kept;
  }

  /** An absent file holds none. Permissions that somebody has widened are narrowed. Throws Damage. */
  static async open(folder: string): Promise<SecretsFile> {
    const file = secretsFile(folder);
    try {
      await chmod(file, FILE_MODE);
      const { secrets } = documentOf(file, await readFile(file, 'utf8'));
      return new SecretsFile(folder, new Map(Object.entries(secrets).map(([number, secret]) => [Number(number), secret])));
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
      return new SecretsFile(folder, new Map());
    }
  }

  get kept(): Secrets {
    return this.#kept;
  }

  /** Adds those that are not there yet. Durable when it resolves. */
  async add(secrets: Secrets): Promise<void> {
    if ([...secrets.keys()].every((number) => this.#kept.has(number))) return;
    await this.#write(new Map([...this.#kept, ...secrets]));
  }

  /** Forgets all but these. */
  async only(secrets: Secrets): Promise<void> {
    if ([...this.#kept.keys()].every((number) => secrets.has(number))) return;
    await this.#write(secrets);
  }

  async #write(secrets: Secrets): Promise<void> {
    const document: SecretsDocument = { format: FORMAT, secrets: Object.fromEntries(secrets) };
    await writeWhole(this.#folder, secretsFile(this.#folder), `${JSON.stringify(document)}\n`);
    this.#kept = secrets;
  }
}
