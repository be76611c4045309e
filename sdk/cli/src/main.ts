import { version } from '@pulsewell/sdk'

export async function main(_arguments: string[]): Promise<void> {
  process.stdout.write(`${version}\n`)
}
