import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleScenarios, scenarioNames } from '../build/bundle.ts'
import { inspectLoad } from '../build/inspect.ts'
import { resolveTools } from '../build/toolchain.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Objective, SliSelector } from '../model/objective.ts'
import type { PlannedLoad } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import { requestMetric } from '../model/window.ts'
import { gameDayNames, loadGameDay } from '../plan/gameday.ts'
import { readSlo } from '../plan/objective-set.ts'
import { objectiveOf } from '../plan/objectives.ts'
import { systems } from '../systems/index.ts'
import { projectDir } from './project.ts'

const file = join(projectDir, 'docs/systems.md')

const head = `# What is checked of each system

Every number that the owners of a system document, and where it is checked; then those that are not checked, and why. Made
from \`slos/*.yaml\`, the scenarios and the game days: \`node scripts/systems-table.ts\` writes it again, and \`npm test\`
refuses one that is out of date.

A scenario is named where it sends what the objective asks for; *judged* is the objective's own bound. Objectives on faults
are judged in every game day that injects some. A number that needs a load or a fault of its own is judged in a game day.
`

/** One system's part of `docs/systems.md`. */
const systemText = async (system: System): Promise<string> => {
  const { objectives, unchecked } = readSlo(projectDir, system.sloFile)
  const [load, gameDays] = [await scenariosOf(system.name), await gameDaysOf(system.name)]
  const row = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [
    `\n## ${system.title}\n`,
    row(['documented', 'judged', 'where']),
    row(['---', '---', '---']),
    ...objectives.map((objective) =>
      row([
        objective.source,
        `${objective.title}: ${objective.targetText}${gateText(objective)}`,
        whereOf(objective, load, gameDays),
      ]),
    ),
    ...gameDays.flatMap(({ name, gameDay }) =>
      (gameDay.objectives ?? []).flatMap((spec) => {
        const { title, targetText, gate } = objectiveOf(spec)
        const where = `game day ${name.split('/').at(-1)}`
        return spec.source === undefined
          ? []
          : [row([spec.source, `${title}: ${targetText}${gateText({ gate })}`, where])]
      }),
    ),
    ...(unchecked.length === 0
      ? []
      : [
          '',
          row(['documented, not checked', 'why']),
          row(['---', '---']),
          ...unchecked.map(({ source, reason }) => row([source, reason])),
        ]),
    '',
  ].join('\n')
}

const gateText = ({ gate }: Pick<Objective, 'gate'>): string => (gate === 'required' ? '' : ` (${gate})`)

const whereOf = (objective: Objective, load: PlannedLoad[], gameDays: { name: string; gameDay: GameDay }[]): string => {
  switch (objective.kind) {
    case 'proportion':
    case 'count': {
      const names = load.filter((one) => sends(one, objective.sli)).map(({ scenario }) => scenario)
      return names.length === 0 ? 'no scenario sends this' : `scenarios ${names.join(', ')}`
    }
    case 'gauge':
    case 'growth':
    case 'reaction': {
      const where = objective.component === undefined ? 'every component' : objective.component
      const query = objective.kind !== 'growth' && objective.query !== undefined ? '; or by query from Prometheus' : ''
      return `series \`${objective.series}\` of ${where}${query}`
    }
    case 'resilience': {
      const names = gameDays
        .filter(({ gameDay }) => gameDay.faults.length > 0)
        .map(({ name }) => name.split('/').at(-1))
      return names.length === 0 ? 'no game day has faults' : `game days ${names.join(', ')}`
    }
  }
}

const sends = ({ scenario, requests, samples }: PlannedLoad, { metric, names, scenarios }: SliSelector): boolean => {
  if (scenarios && !scenarios.includes(scenario)) return false
  const own = metric === requestMetric || metric.startsWith('http_req') ? requests : (samples?.[metric] ?? {})
  return (names ?? Object.keys(own)).some((name) => (own[name] ?? 0) > 0)
}

/** What each scenario sends, in k6's own words. */
const scenariosOf = async (system: string): Promise<PlannedLoad[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-systems-'))
  try {
    const scenarios = scenarioNames(projectDir, system)
    const bundle = await bundleScenarios({ projectDir, system, scenarios, outFile: join(dir, 'bundle.js') })
    const load = scenarios.map((scenario) => ({
      scenario,
      profile: 'smoke' as const,
      rateFactor: 1,
      durationMs: 10_000,
    }))
    return await inspectLoad({ k6: resolveTools(projectDir).k6, bundleFile: bundle.file, load, runId: 'table' })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const gameDaysOf = (system: string) =>
  Promise.all(
    gameDayNames(projectDir)
      .filter((name) => name.startsWith(`${system}/`))
      .map((name) => loadGameDay(projectDir, name)),
  )

const parts: string[] = []
for (const system of Object.values(systems)) parts.push(await systemText(system))
const text = head + parts.join('')

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.log('docs/systems.md is out of date: run `node scripts/systems-table.ts`')
  process.exitCode = 1
}
