import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

const pages = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md') && file !== 'API.md'),
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => path.join('docs', file)),
];

/** A page without what its code blocks and its code say. */
const proseOf = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8').replace(/^( *)```[^]*?^\1```$/gm, '');

/** The links of a page that lead into this project. */
function linksOf(page: string): string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** The names by which GitHub finds the headings of a page. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const name = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}

test('there are pages with links', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', path.join('docs', 'operations.md')]));
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(30);
});

test.each(pages)('each link of %s leads somewhere', (page) => {
  const broken = linksOf(page).filter((link) => {
    const [file, anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (target.startsWith('..') || !existsSync(path.join(ROOT, target))) {
      return true;
    }
    return anchor !== undefined && (statSync(path.join(ROOT, target)).isDirectory() || (target.endsWith('.md') && !anchorsOf(target).includes(anchor)));
  });

  expect(broken).toEqual([]);
});

test.each(pages)('each command of npm that %s names is there', (page) => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const named = [...readFileSync(path.join(ROOT, page), 'utf8').matchAll(/npm (?:run )(\S*\w)/g)].map(([, script]) => script);

  expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
});

test('each page of docs/ can be reached from README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const target = path.join(path.dirname(page), link.split('#')[0]);
      if (target.endsWith('.md') && pages.includes(target)) {
        reached.add(target);
      }
    }
  }

  expect(pages.filter((page) => page.startsWith('docs') && !reached.has(page))).toEqual([]);
});
