import { cpuStress } from '../../chaos/faults/cpuStress.ts'
import { memoryStress } from '../../chaos/faults/memoryStress.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'Onboarding under CPU stress and memory pressure',
  purpose: 'A neighbour takes CPU time from the API, then memory. Cases go on, slower at worst, and none is lost.',
  system: 'onboarding',
  profile: 'short',
  load: [{ scenario: 'load' }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    cpuStress({ target: 'api', workers: 2, loadRatio: 0.8, at: '0s', for: '8s' }),
    memoryStress({ target: 'api', megabytes: 256, at: '16s', for: '8s' }),
  ],
  blastRadius: { api: 1 },
  recovery: { for: '12s', stableFor: '5s' },
  objectives: [
    nothingMissed('cases-complete', 'Cases that came to no end within 20 s (the limit is ours)', 'case_completion'),
    recoveryWithin(5),
    noLostWrites(),
    noDuplicates({ title: 'Cases opened or decided twice' }),
  ],
} satisfies GameDay
