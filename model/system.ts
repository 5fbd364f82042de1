/** Where the system under test runs. */
export const environments = ['local', 'containers', 'kubernetes', 'external'] as const
export type Environment = (typeof environments)[number]

/** Holdfast itself starts the system there, as a stand-in, and can look inside. */
export const startedByUs = (environment: Environment): environment is 'local' | 'containers' =>
  environment === 'local' || environment === 'containers'

/** One part of a system: `api`, `worker`, `postgres`, ... Instances are `api` or `worker-1`, `worker-2`. */
export interface Component {
  /** What it does, in a few words. */
  role: string
  replicas: number
  /** Said in the report where a stand-in plays a part that it is not ("NATS for Kafka"). */
  standsFor?: string
  /** Series of its `/metrics`: an objective on another one is refused. Absent: not known before a run. */
  series?: string[]
}

/** A connection between two components (or from `client`, the load generator) that can be slowed or cut. */
export interface Link {
  from: string
  to: string
}

/** A defect that a stand-in can be given, to see that the judge catches it. */
export interface WeaknessSpec {
  /** What the stand-in then does, in one line. */
  does: string
  /** The game day that shows it: `quick` is `gamedays/<system>/quick.ts`. */
  gameDay: string
  /** The required objective of that game day that must fail. */
  objective: string
}

/** A system under test and how each environment starts or finds it. */
export interface System {
  name: string
  title: string
  components: Record<string, Component>
  links: Link[]
  /** SLO document, relative to the project folder. */
  sloFile: string
  /** Switchable defects of the stand-in, by name: for testing the judge. */
  weaknesses: Record<string, WeaknessSpec>
  /** What a game day may set in `systemOptions`, name to what it does; nothing when absent. */
  options?: Record<string, string>
  /** Environment variables that hold secrets; their values never appear in a record, log or report. */
  secretEnv: string[]
  /** Processes, proxies and addresses of the local environment. Pure: ports and folders are given. */
  local?: (context: LocalContext) => LocalLayout
  /** The same parts as containers on a network of their own. Pure. */
  containers?: (context: ContainersContext) => ContainersLayout
  /** How its parts are found in a cluster; absent where no fault can be aimed at them there. */
  kubernetes?: KubernetesLayout
  /** Reads back what was written, after recovery. */
  audit?: (context: AuditContext) => Promise<AuditResult>
  /** Environment variables that the scenarios need when the system is not ours (`external`), from the user's own. */
  externalEnv?: (userEnv: Record<string, string | undefined>) => Record<string, string>
}

export interface KubernetesLayout {
  /**
   * Labels of each component's pods, and of `client` where its requests come through pods of the cluster
   * (an ingress, or load generators that run in pods).
   */
  selectors: Record<string, Record<string, string>>
  /** Where it is reached by a port-forward when the user gives no base URL. */
  forward?: {
    base: ServicePort
    /** Scenario variables whose value is the address of another service. */
    env?: Record<string, ServicePort>
  }
}

/** A Service of the cluster and the port that it offers. */
export interface ServicePort {
  service: string
  port: number
}

export interface LocalContext {
  runId: string
  /** Absolute path of the project folder. */
  projectDir: string
  /** An empty folder of this run, for data and sockets. */
  workDir: string
  /** A free loopback port for this name; the same name gives the same port. */
  port: (name: string) => number
  /** Absolute paths of the tools. */
  tools: { node: string; natsServer: string; postgres: string; initdb: string }
  /** Put before a command that must not run as root (`unshare -U ...`); empty when not root. */
  asUser: string[]
  /** Names from `System.weaknesses` that are switched on. */
  weaknesses: string[]
  /** Options of the game day for this system (for instance a rate limit), as strings. */
  options: Record<string, string>
}

/** How a started process is known to be ready. */
export type Readiness =
  | { kind: 'http'; url: string }
  | { kind: 'postgres'; port: number }
  | { kind: 'nats'; port: number }

/** One process of the local environment. */
export interface ProcessSpec {
  /** Instance name: `worker-1`. */
  name: string
  component: string
  command: string[]
  env: Record<string, string>
  /** Commands that run to their end before the process is first started (`initdb`). */
  prepare: string[][]
  readiness: Readiness
  /** Prometheus text endpoint, read once a second. */
  metricsUrl?: string
  /** Milliseconds until a crashed process is started again; null = never. */
  restartDelayMs: number | null
  /** Instances that must be ready first. */
  after: string[]
}

/** One Toxiproxy proxy; `name` is `<from>-<to>`, for instance `api-postgres`. */
export interface ProxySpec {
  name: string
  from: string
  to: string
  listenPort: number
  upstreamPort: number
  /** What the link speaks, for the probe that exchanges data. */
  protocol: 'http' | 'postgres' | 'nats'
}

export interface LocalLayout {
  processes: ProcessSpec[]
  proxies: ProxySpec[]
  /** What k6 drives: the client's proxy. */
  baseUrl: string
  /** Environment variables of the scenarios (secrets included: they never go into a record). */
  scenarioEnv: Record<string, string>
}

export interface ContainersContext {
  runId: string
  /**
   * A free loopback port for this name; the same name gives the same port. A part listens on it inside its
   * container, too, so that its addresses on the network and on this machine differ by the host only.
   */
  port: (name: string) => number
  weaknesses: string[]
  options: Record<string, string>
}

/** One container of the system. */
export interface ContainerSpec {
  /** Instance name: `worker-1`; also its name on the network. */
  name: string
  component: string
  /** `parts` is the image with what `ContainersLayout.bundle` writes. */
  image: 'postgres' | 'nats' | 'toxiproxy' | 'parts'
  command: string[]
  env: Record<string, string>
  /** Texts that are put into the container before it starts, by their path in it; no secrets, everybody in it may read them. */
  files?: Record<string, string>
  /** Published on 127.0.0.1 under the same number. */
  ports: number[]
  readiness: Readiness
  metricsUrl?: string
  /** Milliseconds until a crashed container is started again; null = never. */
  restartDelayMs: number | null
  /** Instances that must be ready first. */
  after: string[]
}

export interface ContainersLayout {
  containers: ContainerSpec[]
  /** `to` is also the instance that a proxy leads to; `upstreamPort` is its port on the network and on this machine. */
  proxies: ProxySpec[]
  /** Command lines that write what the image `parts` holds into a folder. */
  bundle: (projectDir: string, folder: string) => string[][]
  baseUrl: string
  scenarioEnv: Record<string, string>
}

export interface AuditContext {
  /** Address that bypasses the proxies, or the external base URL. */
  baseUrl: string
  scenarioEnv: Record<string, string>
  /** Acknowledged write ids, as `<runId>-<scenario>-<n>`, in pieces that fit in memory. */
  acknowledged: AsyncIterable<string[]>
  signal: AbortSignal
}

/** The final read. Throwing means it did not complete: no data, never "nothing lost". */
export interface AuditResult {
  /** Ids that were acknowledged and are not there. */
  lost: string[]
  checked: number
  /** Effects that happened more than once (an e-mail sent twice), or null when it can't be seen. */
  duplicates: number | null
}
