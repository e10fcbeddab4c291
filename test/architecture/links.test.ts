import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';

const folders = ['docs', 'local', 'functions', 'bench', 'scripts', 'statemachines', 'events', 'infra', 'test', 'api'];

/** The Markdown files of the repository. */
const documents = [
  ...['README.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(root, folder, name)),
  ),
];

/** Text without blocks and spans of code, in which brackets are no links. */
const proseOf = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(file: string): Set<string> {
  const anchors = new Set<string>();
  const headings = readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#{1,6} +(.+?) *$/gm);
  for (const [, heading = ''] of headings) {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${name}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}

interface Link {
  readonly from: string;
  readonly target: string;
}

const linksOf = (file: string): Link[] =>
  [...proseOf(file).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ from: file, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));

function isBroken({ from, target }: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(file)) return true;
  if (anchor === undefined) return false;
  return !statSync(file).isFile() || !anchorsOf(file).has(anchor);
}

const links = documents.flatMap(linksOf);

describe('the documents', () => {
  it('are linked with each other, also by headings', () => {
    expect(documents.length).toBeGreaterThan(40);
    expect(links.filter(({ target }) => target.includes('#')).length).toBeGreaterThan(10);
  });

  it('link to files and headings that exist', () => {
    const broken = links.filter(isBroken).map(({ from, target }) => `${relative(root, from)} -> ${target}`);
    expect(broken).toEqual([]);
  });
});
