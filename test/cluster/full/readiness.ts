import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The condition Ready of a pod changed. Unix ms. */
export interface Transition {
  pod: string
  ready: boolean
  /** The pod's own `lastTransitionTime`: the beginning of the second in which the kubelet saw it. */
  atMs: number
  /** When a watch of the API told it: from then on everyone may know. */
  toldAtMs: number
}

const ready = '{.status.conditions[?(@.type=="Ready")]'
const line = `{.metadata.name} ${ready}.status} ${ready}.lastTransitionTime}{"\\n"}`

/** Notes what the pods say of their own readiness, from now until `stop`. @param kubectl command with its options */
export const watchReadiness = ([command = '', ...args]: string[], selector: string) => {
  const transitions: Transition[] = []
  const watching = ['get', 'pods', `--selector=${selector}`, '--watch', `--output=jsonpath=${line}`]
  const child = spawn(command, [...args, ...watching], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', (text) => {
    const toldAtMs = Date.now()
    const [pod = '', status, at = ''] = text.split(' ')
    const transition = { pod, ready: status === 'True', atMs: Date.parse(at), toldAtMs }
    const before = transitions.findLast((one) => one.pod === pod)
    if (before?.ready !== transition.ready || before.atMs !== transition.atMs) transitions.push(transition)
  })
  return { transitions, stop: () => child.kill() }
}
