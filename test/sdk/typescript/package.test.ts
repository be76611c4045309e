import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPrograms } from '../../support/snippets.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')
const PACKAGE = join(ROOT, 'sdk/typescript')

let folder: string
let packed: string[]

/** A project of somebody else's, with the package as npm would unpack it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulsewell-consumer-'))
  // Built from a copy, by `prepare`: others may be using the builds of this checkout.
  const source = join(folder, 'source')
  await cp(PACKAGE, source, { recursive: true, filter: (path) => !/\/(?:dist|node_modules)$/.test(path) })
  await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--json', '--offline', '--pack-destination', folder], { cwd: source })
  const listed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))
  const [{ filename, files }]: any[] = Array.isArray(listed) ? listed : Object.values(listed)
  packed = files.map(({ path }: { path: string }) => path)
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@pulsewell/sdk'), { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '-C', join(modules, '@pulsewell/sdk'), '--strip-components=1'])
  // What npm would install besides.
  const { dependencies } = JSON.parse(await readFile(join(modules, '@pulsewell/sdk/package.json'), 'utf8'))
  expect(Object.keys(dependencies)).toEqual(['standardwebhooks'])
  for (const name of ['standardwebhooks', '@types', 'undici-types']) {
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

const use = `
  const client = new PulsewellClient({ baseUrl: 'https://health.example.org/pulsewell/api/', apiToken: 'sk_live_x' })
  const names = [new PulsewellError('', { code: 'X' }).name, typeof openUploadRecord, typeof client.samples.upload]
  const secret = 'whsec_' + Buffer.alloc(24).toString('base64')
  try { new WebhookVerifier(secret).verify('{}', {}) } catch (error) { names.push(error.name) }
  console.log(names.join())`

test.each([
  [
    'module.mjs',
    `import { PulsewellClient, PulsewellError, WebhookVerifier } from '@pulsewell/sdk'
     import { openUploadRecord } from '@pulsewell/sdk/node'`,
  ],
  [
    'script.cjs',
    `const { PulsewellClient, PulsewellError, WebhookVerifier } = require('@pulsewell/sdk')
     const { openUploadRecord } = require('@pulsewell/sdk/node')`,
  ],
])('the packed package runs from %s', async (name, head) => {
  await writeFile(join(folder, name), head + use)
  const { stdout } = await run(process.execPath, [join(folder, name)])
  expect(stdout.trim()).toBe('PulsewellError,function,function,WebhookVerificationError')
})

test('it is typed, for modules and for CommonJS, and so are the snippets of its README', async () => {
  const source = `import { PulsewellClient, WebhookVerifier, type SampleInput } from '@pulsewell/sdk'
    import { openUploadRecord } from '@pulsewell/sdk/node'
    const client = new PulsewellClient({ baseUrl: 'https://health.example.org', apiToken: 'sk_live_x' })
    export async function main(samples: AsyncIterable<SampleInput>): Promise<string[]> {
      const record = await openUploadRecord('record')
      const { inserted } = await client.samples.upload(samples, { userId: 'u', provider: 'apple', record })
      const page = await client.participants.list({ studyId: 1, fields: ['status'] })
      // @ts-expect-error: a field that was not asked for is not there
      console.log(page.data[0]?.email)
      // @ts-expect-error: arguments are in camelCase
      await client.sessions.create({ participant_id: 'P001', battery_id: 'battery_1' })
      // @ts-expect-error: no such type of samples
      const bad: SampleInput = { data_type: 'nonsense', device_name: '', start_date: '', value: 1, unit: 'count' }
      const payload = new WebhookVerifier('whsec_').verify(new Uint8Array(), new Headers())
      const id: string | undefined = payload.event === 'session.completed' ? payload.data.session_id : undefined
      const names: string[] = []
      for await (const { name } of client.studies.list()) names.push(name)
      return [...names, \`\${inserted} \${id} \${page.pagination.total}\`, bad.device_name]
    }`
  await writeFile(join(folder, 'consumer.mts'), source)
  await writeFile(join(folder, 'consumer.cts'), source)
  const snippets = await readPrograms('sdk/typescript/README.md')
  for (const [index, snippet] of snippets.entries()) await writeFile(join(folder, `snippet-${index}.mts`), snippet)
  // Without skipLibCheck: our declarations must stand on their own.
  const options = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] }
  const files = ['consumer.mts', 'consumer.cts', ...snippets.map((_, index) => `snippet-${index}.mts`)]
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { stdout } = await run(tsc, ['-p', folder]).catch(({ stdout: printed }: { stdout: string }) => ({
    stdout: printed,
  }))
  expect(stdout).toBe('')
})

test('what is packed is the builds, the README and the licence', () => {
  expect(packed.filter((path) => !path.startsWith('dist/')).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
  ])
  expect(packed.filter((path) => !/^dist\/(?:esm|cjs)\/(?:[\w/-]+(?:\.js|\.d\.ts)|package\.json)$/.test(path))).toEqual(
    packed.filter((path) => !path.startsWith('dist/')),
  )
})

test('the version that it says is its own', async () => {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const { version: told } = await import('../../../sdk/typescript/src/index.ts')
  expect(told).toBe(version)
})
