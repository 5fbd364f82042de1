import type { FaultBase, FaultKind } from '../../model/fault.ts'
import { bandwidthKind } from './bandwidth.ts'
import { chaosMeshKind } from './chaosMesh.ts'
import { clockSkewKind } from './clockSkew.ts'
import { commandKind } from './command.ts'
import { connectionResetKind } from './connectionReset.ts'
import { cpuStressKind } from './cpuStress.ts'
import { dnsFaultKind } from './dnsFault.ts'
import { drainKind } from './drain.ts'
import { freezeKind } from './freeze.ts'
import { httpFaultKind } from './httpFault.ts'
import { ioFaultKind } from './ioFault.ts'
import { killKind } from './kill.ts'
import { latencyKind } from './latency.ts'
import { memoryStressKind } from './memoryStress.ts'
import { noneKind } from './none.ts'
import { packetLossKind } from './packetLoss.ts'
import { partitionKind } from './partition.ts'
import { restartKind } from './restart.ts'
import { rolloutKind } from './rollout.ts'
import { scaleKind } from './scale.ts'
import { unavailableKind } from './unavailable.ts'

/** Every kind of fault there is, by name. */
export const faults = {
  none: noneKind,
  kill: killKind,
  unavailable: unavailableKind,
  freeze: freezeKind,
  latency: latencyKind,
  bandwidth: bandwidthKind,
  connectionReset: connectionResetKind,
  partition: partitionKind,
  cpuStress: cpuStressKind,
  memoryStress: memoryStressKind,
  packetLoss: packetLossKind,
  httpFault: httpFaultKind,
  ioFault: ioFaultKind,
  dnsFault: dnsFaultKind,
  clockSkew: clockSkewKind,
  scale: scaleKind,
  restart: restartKind,
  rollout: rolloutKind,
  drain: drainKind,
  chaosMesh: chaosMeshKind,
  command: commandKind,
} as const

/** The kind of that name, as code sees it that treats all kinds alike. */
export const faultKind = (kind: string): FaultKind<FaultBase> | undefined =>
  Object.hasOwn(faults, kind) ? (faults[kind as keyof typeof faults] as unknown as FaultKind<FaultBase>) : undefined
