import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openUploadRecord } from '../../../sdk/typescript/src/node.ts'

const NODE = join(import.meta.dirname, '../../../sdk/typescript/src/node.ts')
const idOf = (digit: string) => digit.repeat(64)

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulsewell-record-'))
  path = join(folder, 'record')
})
afterEach(() => rm(folder, { recursive: true }))

async function idsIn(...digits: string[]): Promise<string> {
  await using record = await openUploadRecord(path)
  return digits.filter((digit) => record.has(idOf(digit))).join('')
}

test('what was added is there when it is opened again, and no lock is left', async () => {
  {
    await using record = await openUploadRecord(path)
    await Promise.all(['a', 'b', 'c'].map((digit) => record.add(idOf(digit))))
    expect(record.has(idOf('b'))).toBe(true)
    expect(record.has(idOf('d'))).toBe(false)
  }
  expect(await idsIn('a', 'b', 'c', 'd')).toBe('abc')
  expect(await readdir(folder)).toEqual(['record'])
})

test('a line that was not written to its end is forgotten, and does not spoil the next', async () => {
  {
    await using record = await openUploadRecord(path)
    await record.add(idOf('a'))
  }
  await appendFile(path, idOf('b').slice(0, 40))
  {
    await using record = await openUploadRecord(path)
    expect(record.has(idOf('b').slice(0, 40))).toBe(false)
    await record.add(idOf('c'))
  }
  expect(await idsIn('a', 'b', 'c')).toBe('ac')
  const whole = await readFile(path, 'utf8')
  await writeFile(path, whole.slice(0, 7))
  expect(await idsIn('a')).toBe('')
  expect(await readFile(path, 'utf8')).toBe(whole.slice(0, whole.indexOf('\n') + 1))
})

test('another file is not taken for a record, and not written to', async () => {
  await writeFile(path, 'my diary')
  await expect(openUploadRecord(path)).rejects.toThrow('is not an upload record')
  expect(await readFile(path, 'utf8')).toBe('my diary')
  expect(await readdir(folder)).toEqual(['record'])
})

test('two uploads cannot have it at once', async () => {
  const record = await openUploadRecord(path)
  await expect(openUploadRecord(path)).rejects.toThrow(`process ${process.pid} on ${hostname()} is using`)
  await record.close()
  await record.close()
  await expect(record.add(idOf('a'))).rejects.toThrow('is closed')
  await (await openUploadRecord(path)).close()
})

test('what a killed process held is taken over, by one of many that ask', async () => {
  const script = `import { openUploadRecord } from ${JSON.stringify(NODE)}
    const record = await openUploadRecord(${JSON.stringify(path)})
    await record.add('${idOf('a')}')
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(openUploadRecord(path)).rejects.toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openUploadRecord(path)))
  const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
  expect(opened).toHaveLength(1)
  expect(opened[0]!.has(idOf('a'))).toBe(true)
  await opened[0]!.close()
  expect(await readdir(folder)).toEqual(['record'])
})

test.runIf(process.platform === 'linux')('a number that another process has by now is no reason to wait', async () => {
  const lock = `${path}.lock`
  await writeFile(lock, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }))
  await (await openUploadRecord(path)).close()
  await writeFile(lock, JSON.stringify({ pid: process.pid, host: 'elsewhere', started: '1' }))
  await expect(openUploadRecord(path)).rejects.toThrow(`delete ${lock}`)
})
