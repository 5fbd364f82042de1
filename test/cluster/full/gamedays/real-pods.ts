import { chaosMesh } from '../../../../chaos/faults/chaosMesh.ts'
import { cpuStress } from '../../../../chaos/faults/cpuStress.ts'
import { partition } from '../../../../chaos/faults/partition.ts'
import { unavailable } from '../../../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../../../model/gameday.ts'
import { noLostWrites, recoveryWithin } from '../../../../model/objectives.ts'

/** There is one api pod, so that the load sees when it is gone and when it is back, as the cluster does. */
export default {
  title: 'BatchSender in real pods',
  purpose: 'Does the load see the same recoveries as the cluster?',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained', rateFactor: 2 }],
  warmUp: '5s',
  steady: '15s',
  faults: [
    // Long enough for three readiness probes in a row to get no answer: then the pod is not Ready.
    partition({ from: 'api', to: 'postgres', at: '0s', for: '14s' }),
    chaosMesh({
      kind: 'PodChaos',
      spec: { action: 'container-kill', containerNames: ['api'] },
      target: 'api',
      at: '28s',
    }),
    // Back some 10 s after its end: the kubelet waits before it starts a container for the second time.
    unavailable({ target: 'api', at: '46s', for: '6s' }),
    cpuStress({ target: 'worker-1', at: '86s', for: '8s' }),
  ],
  blastRadius: { api: 1 },
  // The documents' own objectives may be missed: what fails here is said, and the run goes on.
  faultsDespiteBreach: true,
  recovery: { for: '15s', stableFor: '5s' },
  objectives: [recoveryWithin(60), noLostWrites()],
} satisfies GameDay
