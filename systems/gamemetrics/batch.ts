import { isText, parseObject, refuse } from '../lib/json-body.ts'

export const maxEvents = 1000

export interface PlayerEvent {
  player: string
  type: string
  value: number
}

/** Events as a game server sends them. */
export interface Batch {
  id: string
  events: PlayerEvent[]
}

export const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w.:-]{1,200}$/.test(value)

const isEvent = (value: unknown): value is PlayerEvent => {
  if (typeof value !== 'object' || value === null) return false
  const { player, type, value: amount } = value as Record<string, unknown>
  return isId(player) && isText(type, 50) && Number.isSafeInteger(amount)
}

/** @throws HttpError 400 that says what is wrong. */
export const parseBatch = (text: string): Batch => {
  const { id, events } = parseObject(text)
  if (!isId(id)) return refuse('id: 1 to 200 letters, digits, . _ : -')
  if (!Array.isArray(events) || events.length < 1 || events.length > maxEvents) {
    return refuse(`events: 1 to ${maxEvents} of them`)
  }
  const wrong = events.findIndex((event) => !isEvent(event))
  if (wrong >= 0) return refuse(`events[${wrong}]: player, type and a whole value`)
  return { id, events }
}

/** Events and sum of values per player, by name: always the same order, so that two batches cannot wait for each other. */
export const byPlayer = (events: PlayerEvent[]): { player: string; events: number; value: number }[] => {
  const players = new Map<string, { player: string; events: number; value: number }>()
  for (const { player, value } of events) {
    const sum = players.get(player) ?? { player, events: 0, value: 0 }
    sum.events++
    sum.value += value
    players.set(player, sum)
  }
  return [...players.values()].sort((a, b) => (a.player < b.player ? -1 : 1))
}
