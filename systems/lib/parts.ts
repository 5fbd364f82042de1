/** What a part of a stand-in runs. Each environment knows how to start each of these. */
export type Program =
  | { kind: 'postgres'; settings: Record<string, string> }
  /** With JetStream; what it stores outlives the process. */
  | { kind: 'nats' }
  /**
   * A `main.ts`, relative to the project folder, that listens on PORT (of HOST, if told), answers `/health/ready` when it
   * is ready and `/metrics` with Prometheus text (`makeService` gives both).
   */
  | { kind: 'node'; main: string; flags?: string[] }

/** One instance of a component, said once for every environment. */
export interface Part {
  /** `api`, or `worker-1`, `worker-2` where a component has more than one. */
  name: string
  component: string
  program: Program
  /** Beside PORT, INSTANCE and WEAKNESSES, which every Node part gets. */
  env?: Record<string, string>
  /** Parts that must be ready before this one starts. */
  after: string[]
}

/** How the parts of a system find each other, wherever they run. */
export interface PartsContext {
  runId: string
  /** Names from `System.weaknesses` that are switched on. */
  weaknesses: string[]
  options: Record<string, string>
  /** `host:port` at which component `from` (or `client`) reaches `to`: over their link, which a fault can cut. */
  address: (from: string, to: string) => string
  /** `host:port` of an instance as Holdfast and the load generator reach it, past every link. */
  direct: (instance: string) => string
  /** Path of a file that outlives the processes of the instance. */
  dataFile: (instance: string, file: string) => string
}

export interface SystemParts {
  parts: Part[]
  /** Environment variables of the scenarios (secrets included: they never go into a record). */
  scenarioEnv: Record<string, string>
}

/** A system's parts and their wiring; pure. The weakness `never-restarts` is known to every environment. */
export type DescribeParts = (context: PartsContext) => SystemParts

/** What a link speaks, for the probe that exchanges data. */
export const protocolOf = ({ kind }: Program): 'http' | 'postgres' | 'nats' => (kind === 'node' ? 'http' : kind)
