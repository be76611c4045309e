import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand, startImport } from './command.ts'
import { exportOf, quantity, record } from './support.ts'

const steps = quantity('StepCount', 'count', '14')
const csv = 'timestamp,steps\n2023-01-01T08:05:00Z,14\n'
let folder: string
beforeAll(async () => {
  ;[folder] = await Promise.all([mkdtemp(join(tmpdir(), 'pulsewell-odd-')), buildCommand()])
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const count = (path: string, ...more: string[]) => startImport([path, '--dry-run', ...more], {}).ended

test('what is packed with gzip is unpacked, whatever its name', async () => {
  const files = [
    await fileOf('export.xml.gz', gzipSync(exportOf(steps))),
    await fileOf('STEPS.CSV.GZ', gzipSync(csv)),
    await fileOf('steps', gzipSync(csv)),
  ]
  const ends = await Promise.all(files.map((path) => count(path, '--json')))
  expect(ends.map(({ stdout }) => JSON.parse(stdout).types)).toEqual([{ steps: 1 }, { steps: 1 }, { steps: 1 }])
})

test('of an archive that was unpacked the export is found, and not the electrocardiograms', async () => {
  const unpacked = join(folder, 'unpacked')
  const electrocardiograms = join(unpacked, 'apple_health_export', 'electrocardiograms')
  await mkdir(electrocardiograms, { recursive: true })
  await writeFile(join(electrocardiograms, 'ecg.csv'), 'Name,x\n')
  await writeFile(join(unpacked, 'apple_health_export', 'export.xml'), exportOf(steps))
  const { code, stdout } = await count(unpacked, '--json')
  expect([code, JSON.parse(stdout).types]).toEqual([0, { steps: 1 }])
})

test('links that lead nowhere, and folders that are named as files, are passed over', async () => {
  const mixed = join(folder, 'mixed')
  await mkdir(join(mixed, 'folder.csv'), { recursive: true })
  await mkdir(join(mixed, 'folder.xml'))
  await symlink('/nowhere', join(mixed, 'link.csv'))
  await writeFile(join(mixed, 'steps.csv'), csv)
  const { code, stdout, stderr } = await count(mixed, '--json')
  expect([code, stderr, JSON.parse(stdout).types]).toEqual([0, '', { steps: 1 }])
})

test('other encodings, and what is no file, are named', async () => {
  const utf16 = await fileOf('utf16.xml', Buffer.from(`\ufeff${exportOf(steps)}`, 'utf16le'))
  const ends = await Promise.all([count(utf16), count('/dev/null')])
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
    [3, `${utf16} is in UTF-16. Save it as UTF-8.\n`],
    [3, '/dev/null is neither a file nor a folder.\n'],
  ])
})

test('what names in a file would do to a terminal is not done', async () => {
  const [xml, header] = [
    await fileOf('escapes.xml', exportOf(record('\u001b[2Jevil\u202e'))),
    await fileOf('escapes.csv', '\u001b]0;title\u0007,b\n1,2\n'),
  ]
  const [inSummary, inError] = await Promise.all([count(xml), count(header)])
  expect(inSummary.stdout).toContain('1  \ufffd[2Jevil\ufffd\n')
  expect(inError.stderr).toContain('\ufffd]0;title\ufffd,b')
})

test('nobody needs to read what it prints', async () => {
  const { child, ended } = startImport([await fileOf('heard.xml', exportOf(steps)), '--dry-run'], {})
  child.stdout!.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

test('an interruption is seen where nothing of the file is wanted', async () => {
  const { runImport } = await import('../../../sdk/cli/src/import/run-import.ts')
  const path = await fileOf('unwanted.xml', exportOf(steps))
  const flags = { url: 'http://127.0.0.1:9', timezone: 'UTC', concurrency: '1', dryRun: true, since: '2090-01-01' }
  const signal = AbortSignal.abort(new Error('SIGINT'))
  const { failure } = await runImport(path, flags, { environment: {}, signal, screen: process.stderr })
  expect([failure?.message, failure?.exitCode]).toEqual(['Interrupted.', 130])
})
