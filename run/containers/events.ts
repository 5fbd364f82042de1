import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Engine, instanceLabel, runLabel } from './engine.ts'

/** What the engine tells about a container, by its own clock. */
export interface EngineEvent {
  action: 'start' | 'die'
  instance: string
  id: string
  atMs: number
  exitCode: number | null
}

interface Written {
  Action: string
  timeNano: number
  Actor: { ID: string; Attributes: Record<string, string> }
}

/** Calls back for every start and end of a container of the run; returns what ends the watch. */
export const watchContainers = async (
  { docker }: Engine,
  mark: string,
  onEvent: (event: EngineEvent) => void,
  onEnd: () => void,
): Promise<() => void> => {
  const filters = { type: ['container' as const], event: ['start', 'die'], label: [`${runLabel}=${mark}`] }
  const stream = (await docker.getEvents({ filters })) as Readable
  let stopped = false
  const end = () => {
    if (!stopped) onEnd()
    stopped = true
  }
  stream.on('error', end).on('close', end)
  createInterface({ input: stream })
    .on('error', end)
    .on('line', (line) => {
      if (!stopped && line.trim() !== '') onEvent(eventOf(JSON.parse(line) as Written))
    })
  return () => {
    stopped = true
    stream.destroy()
  }
}

const eventOf = ({ Action, timeNano, Actor }: Written): EngineEvent => ({
  action: Action as EngineEvent['action'],
  instance: Actor.Attributes[instanceLabel] ?? '',
  id: Actor.ID,
  atMs: timeNano / 1e6,
  exitCode: Actor.Attributes.exitCode === undefined ? null : Number(Actor.Attributes.exitCode),
})
