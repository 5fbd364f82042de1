import type { Row } from '../lib/postgres.ts'

export interface Task extends Row {
  id: string
  owner: string
  title: string
  done: boolean
  /** When it is done, the next one is made. */
  repeats: boolean
}

export type Change = 'created' | 'updated' | 'completed' | 'deleted'

/** What the topic holds, as JSON. */
export interface TaskEvent {
  id: number
  type: `task.${Change}`
  task: Task
}
