import type { ClusterRef, Inventory, Pod } from '../../../model/cluster.ts'
import type { FaultBase } from '../../../model/fault.ts'
import type { Plan } from '../../../model/plan.ts'
import { planFaults } from '../../../plan/faults.ts'
import { withPodsFound } from '../../../plan/pods.ts'
import { demoPlan } from '../../fixtures/plan.ts'
import { web } from './system.ts'

const steadyEndMs = 1_000

/** A plan of these faults against the pods that are there, with a load of 20 requests a second. */
export const planOf = (
  runId: string,
  faults: FaultBase[],
  cluster: ClusterRef,
  { pods, inventory }: { pods: Pod[]; inventory: Inventory },
  lastsMs: number,
  blastRadius: Record<string, number> = {},
): Plan => ({
  ...demoPlan,
  runId,
  gameDay: 'test/cluster',
  system: { name: web.name, title: web.title, standsFor: [] },
  environment: 'kubernetes',
  cluster,
  phases: {
    warmUp: { startMs: 0, endMs: 200 },
    steady: { startMs: 200, endMs: steadyEndMs },
    faults: { startMs: steadyEndMs, endMs: lastsMs - 1_000 },
    recovery: { startMs: lastsMs - 1_000, endMs: lastsMs },
  },
  load: [
    {
      scenario: 'tiny',
      profile: 'short',
      rateFactor: 1,
      durationMs: lastsMs,
      text: '20/s',
      rate: [
        [0, 20],
        [lastsMs, 20],
      ],
      sli: 'GET /',
      gracefulStopMs: 1_000,
      requests: { 'GET /': 1 },
      samples: {},
    },
  ],
  faults: planFaults(faults, {
    system: withPodsFound(web, pods),
    environment: 'kubernetes',
    file: 'test',
    steadyEndMs,
    // Faults of a test may be there at the same time, on different pods of the three.
    blastRadius: { web: 2, ...blastRadius },
    namespace: cluster.namespace,
    pods,
    inventory,
  }),
  guards: [],
  objectives: [],
  expectations: [],
  faultsDespiteBreach: true,
  weaknesses: [],
  systemOptions: {},
})
