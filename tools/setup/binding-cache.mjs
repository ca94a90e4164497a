import fs from 'node:fs';
import path from 'node:path';
import { bindingPackage, cache } from './places.mjs';

/**
 * Building the binding takes minutes, and `npm ci` deletes it with the rest of node_modules, so it
 * is cached under everything that distinguishes one binding from another.
 */
function folder() {
  const { version } = JSON.parse(fs.readFileSync(path.join(bindingPackage, 'package.json'), 'utf8'));
  const { platform, arch, versions } = process;
  return path.join(cache, 'binding', `${version}-node${versions.modules}-${platform}-${arch}`);
}

/** The run-time files of the binding, out of the much larger build. @param {string} name */
const needed = (name) => /\.(node|dylib|dll)$|\.so(\.\d+)*$/.test(name);

/** @param {string} from @param {string} to */
function copy(from, to) {
  for (const part of ['Release', 'deps']) {
    const source = path.join(from, part);
    if (!fs.existsSync(source)) continue;
    fs.mkdirSync(path.join(to, part), { recursive: true });
    for (const name of fs.readdirSync(source).filter(needed)) {
      fs.copyFileSync(path.join(source, name), path.join(to, part, name));
    }
  }
}

/** Caches the binding in node_modules. */
export function keep() {
  const draft = `${folder()}.tmp`;
  fs.rmSync(draft, { recursive: true, force: true });
  copy(path.join(bindingPackage, 'build'), draft);
  fs.rmSync(folder(), { recursive: true, force: true });
  fs.renameSync(draft, folder());
}

/** Restores a cached binding into node_modules. Returns whether there was one. */
export function restore() {
  if (!fs.existsSync(folder())) return false;
  copy(folder(), path.join(bindingPackage, 'build'));
  return true;
}

export const forget = () => fs.rmSync(folder(), { recursive: true, force: true });
export const isKept = () => fs.existsSync(folder());
