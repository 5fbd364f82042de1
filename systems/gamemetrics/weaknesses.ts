/** Defects that the stand-in can be given, to see that the judge catches them. All off by default. */
export const weaknesses = {
  'ack-before-store': 'ingestion answers 202 up to 1.5 s before the broker has the batch, and loses it in a crash',
  'processor-drops': 'the processor confirms a batch that it could not store, and forgets it',
  'counts-twice': 'a batch that is delivered again is counted again',
  'slow-processor': 'the processor takes 1 s per batch, one at a time',
  'cache-required': 'nothing is predicted without the cache',
  'never-restarts': 'a crashed process stays down',
} as const

export type Weakness = keyof typeof weaknesses
