import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { checkGameDay, gameDayNames, loadGameDay } from './gameday.ts'

const projectDir = resolve(import.meta.dirname, '..')

const good = {
  title: 'T',
  purpose: 'P',
  system: 'batchsender',
  load: [{ scenario: 'smoke' }],
  warmUp: '1s',
  steady: '10s',
  faults: [],
}

const refusal = (value: unknown): string => {
  try {
    checkGameDay(value, 'g.ts')
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('a game day is refused in one line', () => {
  const objective = { name: 'o', title: 't', measure: 'rto', op: 'lt', value: 1, unit: 's' }
  it.each([
    [[], 'g.ts: [] is not an object | '],
    [{ ...good, laod: [] }, 'g.ts: laod: unknown key | Did you mean "load"?'],
    [{ ...good, load: [] }, 'g.ts: load: must name a scenario | '],
    [
      { ...good, load: [{ scenario: 'smoke', profile: 'big' }] },
      'g.ts: load[0].profile: "big" is not allowed | Allowed: smoke, short, full.',
    ],
    [{ ...good, load: [{ scenario: 'smoke', rateFactor: 0 }] }, 'g.ts: load[0].rateFactor: must be above 0 | '],
    [{ ...good, steady: '0s' }, 'g.ts: steady: must be above 0 | '],
    [
      { ...good, warmUp: '10 s' },
      'g.ts: warmUp: "10 s" is not a duration | Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.',
    ],
    [
      { ...good, steady: '10 seconds' },
      'g.ts: steady: "10 seconds" is not a duration | Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.',
    ],
    [
      { ...good, faults: [{ kind: 'earthquake', at: '0s' }] },
      'g.ts: faults[0].kind: "earthquake" is not allowed | Allowed: none, kill, unavailable, freeze, latency, bandwidth, connectionReset, partition, cpuStress, memoryStress, packetLoss, httpFault, ioFault, dnsFault, clockSkew, scale, restart, rollout, drain, chaosMesh, command.',
    ],
    [{ ...good, recovery: { for: '10s' } }, 'g.ts: recovery.stableFor: is missing | '],
    [
      { ...good, guards: [{ kind: 'errorRatio', aboveRatio: 50, for: '5s' }] },
      'g.ts: guards[0].aboveRatio: must be at most 1 | ',
    ],
    [
      { ...good, guards: [{ kind: 'errors', aboveRatio: 0.5, for: '5s' }] },
      'g.ts: guards[0].kind: "errors" is not allowed | Allowed: errorRatio, latency, achievedRate, http, command.',
    ],
    [{ ...good, blastRadius: { api: 0.5 } }, 'g.ts: blastRadius.api: 0.5 is not an int | '],
    [
      { ...good, objectives: [{ ...objective, name: 'My Name' }] },
      'g.ts: objectives[0].name: must be lower-case words joined by hyphens | ',
    ],
    [
      { ...good, objectives: [{ ...objective, vlaue: 2 }] },
      'g.ts: objectives[0].vlaue: unknown key | Did you mean "value"?',
    ],
    [
      { ...good, systemOptions: { rateLimitPerMinute: 5 } },
      'g.ts: systemOptions.rateLimitPerMinute: 5 is not a string | ',
    ],
  ])('%j', (value, line) => {
    expect(refusal(value)).toBe(line)
  })

  it('and accepted when it is right', () => {
    expect(checkGameDay(good, 'g.ts')).toEqual(good)
  })
})

describe('loading', () => {
  it('says which game days there are', async () => {
    await expect(loadGameDay(projectDir, 'batchsender/dmo')).rejects.toMatchObject({
      message: 'there is no game day "batchsender/dmo"',
      hint: 'Did you mean "batchsender/demo"?',
    })
  })

  it('says that a file is not there', async () => {
    await expect(loadGameDay(projectDir, 'elsewhere/x.ts')).rejects.toThrow('elsewhere/x.ts: there is no such file')
  })

  it('says that a module has no default export', async () => {
    await expect(loadGameDay(projectDir, 'model/profile.ts')).rejects.toThrow('model/profile.ts: has no default export')
  })

  it('knows every game day of the project by its name', async () => {
    const names = gameDayNames(projectDir)
    expect(names).toContain('batchsender/demo')
    for (const name of names) expect((await loadGameDay(projectDir, name)).name).toBe(name)
  })
})
