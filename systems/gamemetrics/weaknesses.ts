import type { WeaknessSpec } from '../../model/system.ts'

/** Defects that the stand-in can be given, and what catches each. All off by default. */
export const weaknesses = {
  'ack-before-store': {
    does: 'ingestion answers 202 1.5 s before the broker has the batch, and loses it in a crash',
    gameDay: 'all-experiments',
    objective: 'no-lost-writes',
  },
  'processor-drops': {
    does: 'the processor confirms a batch that it could not store, and forgets it',
    gameDay: 'all-experiments',
    objective: 'no-lost-writes',
  },
  'counts-twice': {
    does: 'a batch that is delivered again is counted again',
    gameDay: 'all-experiments',
    objective: 'no-duplicates',
  },
  'slow-processor': {
    does: 'the processor takes 1 s per batch, one at a time',
    gameDay: 'all-experiments',
    objective: 'dashboard-lag',
  },
  'cache-required': {
    does: 'nothing is predicted without the cache',
    gameDay: 'all-experiments',
    objective: 'predictions-without-cache',
  },
  'never-restarts': {
    does: 'a crashed process stays down',
    gameDay: 'all-experiments',
    objective: 'recovery-time',
  },
} as const satisfies Record<string, WeaknessSpec>

export type Weakness = keyof typeof weaknesses
