import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder that holds package.json. */
export const root = resolve(__dirname, '../..');

const notOurs = new Set(['.git', 'node_modules', 'dist', 'coverage']);

/** The files under a folder of the repository, as sorted paths relative to the repository. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(path) : [path];
    })
    .sort();
}

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
