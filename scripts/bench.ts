import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { HoldfastError } from '../model/errors.ts'
import { didYouMean } from '../model/parse.ts'
import { benchParts } from './bench/index.ts'
import { type BenchPart, type Figure, keeps } from './bench/part.ts'
import { projectDir } from './project.ts'
import { printError } from './terminal.ts'

const names = Object.keys(benchParts)

/** `npm run bench -- [--only <part>] [--json]`: prints the figures; exit code 1 when a promise is not kept. */
const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'boolean' } } })
  for (const name of values.only ?? []) {
    if (!names.includes(name))
      throw new HoldfastError(`--only: there is no part "${name}"`, { hint: didYouMean(name, names) })
  }
  mkdirSync(join(projectDir, 'out'), { recursive: true })
  const workDir = mkdtempSync(join(projectDir, 'out', 'bench-'))
  const all: Record<string, Figure[]> = {}
  try {
    for (const [name, part] of Object.entries<BenchPart>(benchParts)) {
      if (values.only && !values.only.includes(name)) continue
      const say = (text: string) => void process.stderr.write(`· ${name}: ${text}\n`)
      say(part.summary)
      all[name] = await part.measure({ projectDir, workDir, say })
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true })
  }
  process.stdout.write(values.json ? `${JSON.stringify({ machine, parts: all }, null, 2)}\n` : table(all))
  return Object.values(all).flat().every(keeps) ? 0 : 1
}

const machine = `${availableParallelism()} CPUs (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`

/** Markdown, so that it can go into docs/benchmarks.md as it is. */
const table = (all: Record<string, Figure[]>): string => {
  const rows = Object.entries(all).flatMap(([part, figures]) =>
    figures.map((figure) => [part, figure.name, valueText(figure), limitText(figure), figure.from ?? '']),
  )
  const lines = [
    ['part', 'figure', 'measured', 'promised', 'single measurements'],
    ['---', '---', '---:', '---', '---'],
    ...rows,
  ]
  return `${machine}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

const valueText = ({ value, unit }: Figure): string => {
  const digits = unit === 'ratio' ? 3 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit === '' || unit === 'ratio' ? text : unit.startsWith('/') ? `${text}${unit}` : `${text} ${unit}`
}

const limitText = (figure: Figure): string => {
  if (figure.limit === undefined) return ''
  const { op, value } = figure.limit
  return `${op === '<=' ? '≤' : '≥'} ${value}: ${keeps(figure) ? 'kept' : '**missed**'}`
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : String(error))
}
