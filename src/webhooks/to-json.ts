import { randomUUID } from 'node:crypto'

/** Stands for a list, and is in no data, since nobody can know it. */
const MARK = randomUUID()
const MARKS = new RegExp(`"${MARK} (\\d+)"`, 'g')
/** Shorter lists cost less written twice than found again. */
const MIN_ITEMS = 20

/**
 * As JSON.stringify, but a list that is there several times is written once: activity, body and biometrics of a day list
 * the same samples.
 */
export function toJson(value: object): string {
  const lists = new Map<unknown[], number>()
  const text = JSON.stringify(value, (_, member: unknown) => {
    if (!Array.isArray(member) || member.length < MIN_ITEMS) return member
    const number = lists.get(member) ?? lists.size
    lists.set(member, number)
    return `${MARK} ${number}`
  })
  if (lists.size === 0) return text
  const texts = [...lists.keys()].map((list) => JSON.stringify(list))
  return text.replaceAll(MARKS, (_, number: string) => texts[Number(number)]!)
}
