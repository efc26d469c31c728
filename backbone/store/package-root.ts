import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OurBug } from '../errors.ts'

/** The folder Quittance is installed in, found from source and from dist alike: where package.json lies. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new OurBug('The folder of Quittance has no package.json.')
    folder = parent
  }
  return folder
}
