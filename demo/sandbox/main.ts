import { drawMonth } from './draw-month.ts'

const [seed = 'somebody', firstDay = '2026-10-01'] = process.argv.slice(2)
process.stdout.write(`${drawMonth(seed, firstDay)}\n`)
