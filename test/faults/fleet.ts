import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { spawnMain } from '../support/process.ts'
import type { Plans } from './plans.ts'
import { type Plan, type Role, type Strike } from './points.ts'

/** One process, from its start to its end. */
export type Life = {
  name: string
  role: Role
  plan: Plan | undefined
  child: ChildProcess
  bornAt: number
  output: () => string
  /** Where and when it reached its plan's point. */
  strike: () => Strike | undefined
  /** Calls that the receivers have had from it. */
  calls: number
  killedAt?: number
  /** From when to when it was stopped, as by a debugger or a swapping machine. */
  frozen?: { from: number; to: number }
}

export type Fleet = {
  lives: Map<string, Life>
  /** Where the API can be asked now; empty while every one of them is down. */
  urls: () => string[]
  start: (roles: Role[]) => void
  /** A worker that stops where the plan says, for `ms`, and then goes on. */
  startSleeper: (plan: Plan, ms: number) => Promise<void>
  /** Asked by a receiver before (`arrived`) and after it has answered: kills the caller when it is its turn. */
  strike: (caller: string, moment: 'arrived' | 'answered') => boolean
  /** Processes that ended though nobody killed them, with what they said. */
  strays: string[]
  /** Starts that were refused since the database was away. */
  refusedStarts: () => number
  /** Ends every process as an operator would. Returns those that did not end with 0. */
  stop: () => Promise<string[]>
  kill: () => void
}

type Options = {
  environment: Record<string, string>
  folder: string
  plans: Plans
  /** When the database was away; until when is not known yet of the one that lasts. */
  outages: { from: number; to: number }[]
}

const PRELOAD = new URL('kill-at.ts', import.meta.url).href
const RESPAWN_MS = 100
/** What every process says when it has started, here where it may call http URLs. */
const STARTED = 'webhooks may go to http URLs'
/** Ending takes a process no more than 10 s. */
const STOP_MS = 12_000
const ARRIVED = 'request arrived, not answered'
const ANSWERED = 'request answered with 200'

/** The server's processes. One that was killed is replaced, with the next plan, until all plans are carried out. */
export function openFleet({ environment, folder, plans, outages }: Options): Fleet {
  const lives = new Map<string, Life>()
  const strays: string[] = []
  let [refused, count, isStopping] = [0, 0, false]

  const spawn = (role: Role, plan: Plan | undefined): Life => {
    const name = `${role}-${++count}`
    const file = join(folder, name)
    const { child, output } = spawnMain(role === 'api' ? ['serve', '--no-worker'] : ['worker'], {
      ...environment,
      PORT: '0',
      NODE_OPTIONS: `--import ${PRELOAD}`,
      FAULT_NAME: name,
      FAULT_FILE: file,
      ...(plan === undefined ? {} : { FAULT_PLAN: JSON.stringify(plan) }),
    })
    const life: Life = { name, role, plan, child, bornAt: Date.now(), output, strike: () => readStrike(file), calls: 0 }
    lives.set(name, life)
    child.once('exit', () => {
      if (isStopping) return
      noteEnd(life)
      void respawn(life)
    })
    return life
  }

  const noteEnd = (life: Life) => {
    const strike = isSleeper(life) ? undefined : life.strike()
    if (strike !== undefined) {
      life.killedAt = strike.at
      plans.count(strike.point)
    }
    if (life.killedAt !== undefined) return
    if (life.plan !== undefined && !isSleeper(life)) plans.giveBack(life.plan)
    // A supervisor starts again what could not start; a process that runs survives the database.
    if (!isUp(life) && outages.some(({ to }) => to > life.bornAt)) refused++
    else strays.push(`${life.name} ended (${life.child.exitCode ?? life.child.signalCode}):\n${life.output()}`)
  }

  const respawn = async (life: Life) => {
    do await setTimeout(RESPAWN_MS)
    while (outages.at(-1)?.to === Infinity)
    if (!isStopping) spawn(life.role, isSleeper(life) ? life.plan : nextPlan(life.role))
  }

  const isSleeper = ({ plan }: Life) => plan?.signal === 'SIGSTOP'
  const isUp = ({ output }: Life) => output().includes(STARTED)

  /** One process of the API is left alone, so that there is something to kill the other at. */
  const nextPlan = (role: Role) => {
    const others = [...lives.values()].filter((life) => life.role === role && isAlive(life))
    return role === 'api' && !others.some(isUp) ? undefined : plans.next(role)
  }

  const isAlive = ({ child }: Life) => child.exitCode === null && child.signalCode === null

  return {
    lives,
    strays,
    refusedStarts: () => refused,
    urls: () =>
      [...lives.values()].filter(isAlive).flatMap(({ output }) => /running at (http:\S+?),/.exec(output())?.[1] ?? []),
    start: (roles) => {
      for (const role of roles) spawn(role, nextPlan(role))
    },
    startSleeper: async (plan, ms) => {
      spawn('worker', plan)
      const findAsleep = () => [...lives.values()].find((life) => isSleeper(life) && life.strike() !== undefined)
      let life = findAsleep()
      for (; life === undefined; life = findAsleep()) await setTimeout(50)
      life.frozen = { from: life.strike()!.at, to: Infinity }
      await setTimeout(ms)
      life.frozen.to = Date.now()
      life.child.kill('SIGCONT')
    },
    strike: (caller, moment) => {
      const life = lives.get(caller)
      const point = moment === 'arrived' ? ARRIVED : ANSWERED
      if (life?.plan?.point !== point || life.killedAt !== undefined || ++life.calls < life.plan.nth) return false
      life.killedAt = Date.now()
      life.child.kill('SIGKILL')
      plans.count(point)
      return true
    },
    stop: async () => {
      isStopping = true
      const running = [...lives.values()].filter(isAlive)
      await Promise.all(
        running.map(async ({ child }) => {
          const ended = once(child, 'exit')
          child.kill('SIGTERM')
          await Promise.race([ended, setTimeout(STOP_MS)])
        }),
      )
      return running.filter(({ child }) => child.exitCode !== 0).map(({ name, output }) => `${name}: ${output()}`)
    },
    kill: () => {
      isStopping = true
      for (const { child } of lives.values()) child.kill('SIGKILL')
    },
  }
}

function readStrike(file: string): Strike | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Strike
  } catch {
    return undefined
  }
}
