import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Beside each script and style what a browser gets that takes it compressed, so that the server compresses nothing. */
const compressAssets: Plugin = {
  name: 'compress-assets',
  // From what was written: Vite changes styles a last time on their way there.
  async writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle).filter((file) => /\.(?:js|css)$/.test(file))) {
      const path = join(dir, name)
      const content = await readFile(path)
      await writeFile(`${path}.br`, brotliCompressSync(content))
      await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }))
    }
  },
}

export default defineConfig({
  // Relative: the server may be reached below a path.
  base: './',
  build: {
    // The content security policy takes no data: URLs, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  plugins: [compressAssets],
})
