import type { CapacityStep } from '../model/capacity.ts'
import type { ClusterRef, Inventory, Pod } from '../model/cluster.ts'
import type { ActionName } from '../model/fault.ts'
import type { ProfileName } from '../model/profile.ts'
import type { Environment } from '../model/system.ts'
import type { PlanTools } from './provenance.ts'

/** What a user asks for beside the game day itself, and where it is planned. */
export interface PlanOptions {
  projectDir: string
  /** `batchsender/demo`, or the path of a `.ts` file. */
  gameDay: string
  environment: Environment
  profile?: ProfileName | undefined
  /** Replaces the game day's and the system's SLO document; relative to the project folder. */
  sloFile?: string | undefined
  requireProof?: boolean | undefined
  /** Ends the run when what is still to come cannot change its verdict. */
  stopWhenDecided?: boolean | undefined
  /** One rate of a capacity search: a multiple of the load, and what was tried before it. */
  step?: { factor: number; steps: CapacityStep[]; isLast: boolean } | undefined
  /** How near a capacity search comes, instead of the game day's own: 0.1 is 10 %. */
  precisionRatio?: number | undefined
  /** Runs to compare with, instead of the game day's own. */
  baseline?: string[] | undefined
  /** Address of a Prometheus server for the objectives' queries. */
  prometheus?: string | undefined
  /** Added to the game day's own. */
  weaknesses?: string[] | undefined
  /** Allows the profile `full` against a deployment that is not ours. */
  allowFull?: boolean | undefined
  /** As the user typed it; for the record. */
  command: string
  runId: string
  /** Where the bundle goes. */
  outDir: string
  tools: PlanTools
  baseUrl?: string | undefined
  /** For `kubernetes`: the cluster that the user named, with every pod of its namespace. */
  cluster?:
    | {
        ref: ClusterRef
        pods: Pod[]
        /** Looks up what these actions change; only asked where a game day has any. */
        inventory: (actions: ActionName[]) => Promise<Inventory>
      }
    | undefined
  userEnv: Record<string, string | undefined>
}
