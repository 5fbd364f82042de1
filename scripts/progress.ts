import { cleanLine } from '../model/clean.ts'
import { notJudgedTexts } from '../model/not-judged.ts'
import type { Plan } from '../model/plan.ts'
import type { RunListener } from '../run/listener.ts'
import type { LiveStatus } from '../run/live.ts'
import { formatCount, formatMs, formatRatio, plural } from '../verdict/format.ts'
import { paint } from './terminal.ts'

/** A CI log gets a line of figures this often; a terminal's live line follows every status. */
const plainEveryMs = 10_000
const phaseWords: Record<string, string> = {
  warmUp: 'warm-up',
  steady: 'steady',
  faults: 'faults',
  recovery: 'recovery',
  audit: 'audit',
}

/** Shows a run while it goes on: one live line per phase on a terminal, plain lines in a log. */
export const startProgress = (stream: NodeJS.WriteStream) => {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb'
  const active = new Map<string, string>()
  let phase = { name: '', endsAtMs: 0 }
  let last: LiveStatus | null = null
  let shownAtMs = 0

  const clear = () => (live ? stream.write('\r\x1b[2K') : true)
  const print = (mark: string, name: string, text: string) => {
    clear()
    stream.write(`${mark} ${name.padEnd(14)} ${text}\n`)
  }
  /** What systems, commands and users said: never a command to the terminal. */
  const printForeign = (mark: string, name: string, text: string) => print(mark, name, cleanLine(text))
  const ok = paint(stream, 'green', '✔')
  const figures = () => [
    ...(last === null ? [] : statusWords(last)),
    ...(active.size > 0 ? [paint(stream, 'red', [...active.values()].join(', '))] : []),
  ]
  const show = () => {
    if (!live && Date.now() - shownAtMs < plainEveryMs) return
    shownAtMs = Date.now()
    const leftS = Math.max(0, Math.ceil((phase.endsAtMs - Date.now()) / 1000))
    const text = `${paint(stream, 'cyan', '◐')} ${phase.name.padEnd(14)} ${[`${leftS} s left`, ...figures()].join(' · ')}`
    clear()
    stream.write(live ? text.slice(0, (stream.columns ?? 120) + 20) : `${text}\n`)
  }
  const endPhase = () => {
    if (phase.name !== '') print(ok, phase.name, figures().join(' · '))
    phase = { name: '', endsAtMs: 0 }
  }

  const listener: RunListener = {
    onStep: (name, text) => printForeign(ok, name, text),
    onPhase: (name, endsAtMs) => {
      endPhase()
      phase = { name: phaseWords[name] ?? name, endsAtMs }
      shownAtMs = 0
      show()
    },
    onStatus: (status) => {
      last = status
      if (phase.name !== '') show()
    },
    onFault: ({ id, label, oneShot }, state, text) => {
      if (state === 'injecting') active.set(id, cleanLine(label))
      else if (state !== 'active' || oneShot) active.delete(id)
      if (state === 'injecting') return
      const bad = state === 'notActive' || state === 'notRemoved'
      printForeign(bad ? paint(stream, 'red', '✕') : ok, stateWords[state], `${label}${text === '' ? '' : `: ${text}`}`)
    },
    onWarning: (message) => printForeign(paint(stream, 'yellow', '!'), 'warning', message),
  }
  return {
    listener,
    plan: (plan: Plan) => {
      print(
        ok,
        'plan',
        `${plan.gameDay}, profile ${plan.profile}, ${plan.environment}, ${formatMs(plan.phases.recovery.endMs)}, ${plural(plan.faults.length, 'fault')}`,
      )
      print(
        ok,
        'tools',
        Object.entries(plan.provenance.tools)
          .map(([tool, version]) => `${tool} ${version.replace(/@sha256:.*/, '')}`)
          .join(', '),
      )
      for (const text of notJudgedTexts(plan)) printForeign(paint(stream, 'yellow', '!'), 'not judged', text)
    },
    warn: (message: string) => printForeign(paint(stream, 'yellow', '!'), 'warning', message),
    close: () => {
      endPhase()
      clear()
    },
  }
}

const stateWords = {
  active: 'fault active',
  notActive: 'fault missed',
  removed: 'fault removed',
  notRemoved: 'fault remains',
  skipped: 'fault skipped',
} as const

const statusWords = (status: LiveStatus): string[] => [
  `${formatCount(Math.round(status.achievedPerSecond))}/s of ${formatCount(Math.round(status.offeredPerSecond))}/s`,
  `p95 ${status.p95Ms === null ? '–' : formatMs(status.p95Ms)}`,
  `errors ${status.errorRatio === null ? '–' : formatRatio(status.errorRatio)}`,
]
