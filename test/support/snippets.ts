import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const ROOT = join(import.meta.dirname, '../..')

/** A fenced block of a document: its language, its text, and its first line, which tells it from others. */
export type Snippet = { language: string; code: string; name: string }

/** Every fenced block, also those of lists. */
export async function readSnippets(document: string): Promise<Snippet[]> {
  const markdown = await readFile(join(ROOT, document), 'utf8')
  return [...markdown.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(([, indent = '', language = '', body = '']) => {
    const code = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    return { language, code, name: code.split('\n')[0]! }
  })
}

/** Runs a script in the checkout, as somebody who pastes it there; returns what it printed on its standard output. */
export async function runBash(script: string, environment: Record<string, string> = {}): Promise<string> {
  const { PATH, HOME } = process.env
  const bash = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: ROOT,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => bash.once('close', resolve))
  const [output, errors, code] = await Promise.all([text(bash.stdout), text(bash.stderr), ended])
  if (code !== 0) throw new Error(`bash ended with ${String(code)}:\n${errors}${output}`)
  return output
}

/**
 * What a block says that its commands print: the lines of comment, those of one command joined, `...` for what may be
 * anything. A status in front is not printed by curl.
 */
export function printedBy({ code }: Snippet): RegExp {
  const comments = code.split('\n').filter((line) => line.startsWith('# '))
  const pieces = comments.map((line) => {
    const isContinued = line.startsWith('#   ')
    const said = line.replace(/^# +(?:\d{3} )?/, '')
    const pattern = said
      .split('...')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join('.*')
    return `${isContinued ? '' : String.raw`\s*`}${pattern}`
  })
  return new RegExp(`^${pieces.join('')}\\s*$`)
}

/** `NAME=...  # a command`, as a line that asks for the name by that command. `members` says where it is in the answer. */
export function askFor(code: string, members: Record<string, string>): string {
  return code.replaceAll(/^(\w+)=\.\.\. +# (curl .*)$/gm, (line, name: string, command: string) => {
    const member = members[name]
    return member === undefined ? line : `${name}=$(${command} | sed -E 's/.*"${member}":"([^"]+)".*/\\1/')`
  })
}

/** The programs of a document that use the SDK, in their order. */
export async function readPrograms(document: string): Promise<string[]> {
  const snippets = await readSnippets(document)
  return snippets
    .filter(({ language, code }) => language === 'ts' && code.includes("from '@pulsewell/sdk'"))
    .map(({ code }) => code)
}
