import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { faultText } from './config-document.js';
import { configOf, parseConfig } from './config-file.js';
import { exampleFile, referencePage } from './config-text.js';

const ofRepository = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

/** The example with every key switched on. */
const uncommented = (): string => exampleFile().replaceAll(/^#(?=[[a-z])/gm, '');

describe('the example file', () => {
  it('means the defaults as it stands', () => {
    const config = parseConfig(exampleFile(), 'example.toml');
    assert.ok(config.ok);
    assert.deepEqual(config.value, configOf({}));
  });

  it('shows every key with a value that is right for it', () => {
    const config = parseConfig(uncommented(), 'example.toml');
    // Switched on all at once the keys exclude each other and name files that do not exist; nothing else may be wrong.
    const faults = config.ok ? [] : config.error.map(faultText);
    for (const fault of faults) assert.match(fault, /has no effect in mode|has no effect without mm[34]\.domains|cannot be read/);
    assert.ok(faults.length > 0);
  });

  it('is the one in the repository (otherwise: angarium config example > angarium.example.toml)', () => {
    assert.equal(ofRepository('angarium.example.toml'), exampleFile());
  });
});

describe('the reference page', () => {
  it('has a row for every key of the example', () => {
    const page = referencePage();
    const keys = [...exampleFile().matchAll(/^#([a-z][-a-z]*) = /gm)].map(([, key]) => key);
    assert.ok(keys.length > 50);
    for (const key of keys) assert.ok(page.includes(`| \`${key}\` |`), key);
  });

  it('is the one in the repository (otherwise: angarium config reference > docs/configuration.md)', () => {
    assert.equal(ofRepository('docs/configuration.md'), referencePage());
  });
});
