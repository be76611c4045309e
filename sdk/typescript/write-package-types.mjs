// Says of each build what kind of modules it has: the package itself is of one kind, and has both.
import { writeFile } from 'node:fs/promises'

for (const [folder, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  await writeFile(new URL(`dist/${folder}/package.json`, import.meta.url), `${JSON.stringify({ type })}\n`)
}
