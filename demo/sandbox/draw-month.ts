import { type Life, liveDay, type Minute } from '../../src/sandbox/live-day.ts'
import { personOf } from '../../src/sandbox/person.ts'
import { generateSandboxDay } from '../../src/sandbox/generate-day.ts'

const DAYS = 30
const WIDTH = 1200
const LEFT = 60
const COLUMN = (WIDTH - LEFT - 10) / DAYS
const STAGES = { awake: '#f2a65a', light: '#8ecae6', deep: '#1d3557', rem: '#7b5ea7' } as const

/** A month of a sandbox person as an SVG: `npm run sandbox:draw -- <seed> <first day> > month.svg`. */
export function drawMonth(seed: string, firstDay: string): string {
  const person = personOf(seed)
  const first = Date.parse(`${firstDay}T00:00:00Z`) / 86_400_000
  const lives = Array.from({ length: DAYS }, (_, i) => liveDay(person, first + i))
  const who = `${person.isMale ? 'man' : 'woman'} of ${person.ageYears}, resting ${Math.round(person.restingBpm)}, fitness ${person.fitness.toFixed(2)}, UTC${person.utcOffsetMinutes / 60}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="1180" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(
      10,
      18,
      `${seed}: ${who}. Steps a day; nights by stage, in local time; heart rate by the minute; what is measured once a day; one day`,
      13,
    ),
    drawSteps(lives, 40, 100),
    drawNights(lives, 170, 240, person.utcOffsetMinutes),
    drawHeart(lives, 440, 240, person.utcOffsetMinutes),
    drawTrends(seed, first, 710, 150),
    drawDay(lives[9]!, 890, 270),
    '</svg>',
  ].join('\n')
}

const text = (x: number, y: number, words: string, size = 11) =>
  `<text x="${x}" y="${y}" font-size="${size}">${words}</text>`
const rect = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${Math.max(0, height).toFixed(1)}" fill="${fill}"/>`
const line = (points: [number, number][], colour: string) =>
  `<polyline fill="none" stroke="${colour}" stroke-width="1.2" points="${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}"/>`

const sum = (minutes: Minute[], of: (minute: Minute) => number) =>
  minutes.reduce((total, minute) => total + of(minute), 0)
const weekday = (epochDay: number) => 'STFSSMTW'[(epochDay + 3) % 7]!

function drawSteps(lives: Life[], top: number, height: number): string {
  return lives
    .map((life, i) => {
      const steps = sum(life.minutes, (minute) => minute.steps)
      const tall = Math.min(height, (steps / 25_000) * height)
      const x = LEFT + i * COLUMN
      const isTrained = life.minutes.some((minute) => minute.bout?.sport !== undefined)
      const label = text(x + 4, top + height + 12, `${'SMTWTFS'[(life.start / 1440 + 4) % 7]}`, 10)
      return (
        rect(x + 2, top + height - tall, COLUMN - 4, tall, isTrained ? '#2a9d8f' : '#94d2bd') +
        label +
        text(x + 2, top + height - tall - 2, String(steps), 9)
      )
    })
    .join('')
}

/** 18:00 to 12:00, downwards. */
function drawNights(lives: Life[], top: number, height: number, offset: number): string {
  const marks = [20, 24, 28, 32, 36].map((hour) => text(10, top + ((hour - 18) / 20) * height, `${hour % 24}:00`))
  const seen = new Set<number>()
  const bars = lives.flatMap((life) =>
    life.nights
      .filter(({ start }) => !seen.has(start) && seen.add(start))
      .flatMap((night) => {
        const localDay = Math.floor((night.end + offset) / 1440)
        const x = LEFT + (localDay - lives[0]!.start / 1440) * COLUMN
        return night.stages.map(({ kind, start, end }) => {
          const from = (start + offset - (localDay - 1) * 1440) / 60 - 18
          return rect(x + 3, top + (from / 20) * height, COLUMN - 6, ((end - start) / 60 / 20) * height, STAGES[kind])
        })
      }),
  )
  return [...marks, ...bars].join('')
}

/** Each day a column of local minutes, coloured by heart rate. */
function drawHeart(lives: Life[], top: number, height: number, offset: number): string {
  const cells = lives.flatMap((life) =>
    Array.from({ length: 144 }, (_, i) => {
      const bpm = sum(life.minutes.slice(i * 10, i * 10 + 10), (minute) => minute.bpm) / 10
      const local = life.start + i * 10 + offset
      // A day begun before the month has no column.
      if (local < lives[0]!.start) return ''
      const x = LEFT + (Math.floor(local / 1440) - lives[0]!.start / 1440) * COLUMN
      const hue = Math.max(0, 240 - (bpm - 45) * 2.4)
      return rect(
        x + 1,
        top + ((local % 1440) / 1440) * height,
        COLUMN - 2,
        height / 144 + 0.3,
        `hsl(${hue.toFixed(0)} 70% 55%)`,
      )
    }),
  )
  return [0, 6, 12, 18].map((hour) => text(10, top + (hour / 24) * height + 8, `${hour}:00`)).join('') + cells.join('')
}

/** Out of what a device and a scale send. */
function drawTrends(seed: string, first: number, top: number, height: number): string {
  const until = new Date(8.64e15)
  const read = (provider: string, type: string) =>
    Array.from({ length: DAYS }, (_, i) => {
      const day = new Date((first + i) * 86_400_000).toISOString().slice(0, 10)
      const samples = generateSandboxDay(seed, provider, day, until)
        .filter(({ dataType }) => dataType === type)
        .flatMap(({ samples: some }) => some)
      const values = samples.flatMap((sample) => ('value' in sample ? [sample.value] : []))
      return values.length === 0 ? undefined : values.reduce((a, b) => a + b) / values.length
    })
  const rows: [string, (number | undefined)[], string][] = [
    ['resting bpm', read('fitbit', 'resting_bpm'), '#d62828'],
    ['HRV ms', read('fitbit', 'hrv_rmssd'), '#457b9d'],
    ['weight kg', read('withings', 'weight'), '#333333'],
    ['glucose mg/dL', read('dexcom', 'blood_glucose'), '#bc6c25'],
  ]
  return rows
    .map(([name, values, colour], row) => {
      const known = values.flatMap((value) => (value === undefined ? [] : [value]))
      const [low, high] = [Math.min(...known), Math.max(...known)]
      const tall = height / rows.length
      const at = (value: number) => top + (row + 1) * tall - 6 - ((value - low) / (high - low || 1)) * (tall - 12)
      const points = values.flatMap((value, i): [number, number][] =>
        value === undefined ? [] : [[LEFT + (i + 0.5) * COLUMN, at(value)]],
      )
      return (
        line(points, colour) +
        text(4, top + (row + 0.5) * tall, name, 9) +
        text(4, top + (row + 0.5) * tall + 11, `${low.toFixed(1)}-${high.toFixed(1)}`, 9)
      )
    })
    .join('')
}

function drawDay(life: Life, top: number, height: number): string {
  const x = (i: number) => LEFT + (i / 1440) * (WIDTH - LEFT - 10)
  const heart = life.minutes.map(({ bpm }, i): [number, number] => [
    x(i),
    top + height - 60 - ((bpm - 40) / 150) * (height - 60),
  ])
  const steps = life.minutes.map(({ steps: count }, i) =>
    count === 0 ? '' : rect(x(i), top + height - 60 - count / 4, 0.8, count / 4, '#2a9d8f'),
  )
  const stages = life.minutes.map(({ stage, bout }, i) =>
    stage !== undefined
      ? rect(x(i), top + height - 50, 0.9, 16, STAGES[stage])
      : bout !== undefined
        ? rect(x(i), top + height - 50, 0.9, 16, bout.sport === undefined ? '#94d2bd' : '#e76f51')
        : '',
  )
  const marks = [0, 4, 8, 12, 16, 20].map((hour) => text(x(hour * 60), top + height - 18, `${hour}:00 UTC`))
  return [
    line(heart, '#d62828'),
    ...steps,
    ...stages,
    ...marks,
    text(4, top + height - 40, weekday(life.start / 1440), 10),
  ].join('')
}
