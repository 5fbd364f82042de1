import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { checkMachine, type Finding } from '../check/machine.ts'
import { checkTools } from '../check/tools.ts'
import { projectDir } from '../project.ts'

const marks = { ok: '✔', warning: '!', failed: '✕' } as const

/**
 * `holdfast doctor`: checks the programs and the machine, and says how to fix each.
 * @returns 0 when Holdfast can run here (warnings included), else 2.
 */
export const doctor = async ({ json = false }: { json?: boolean }): Promise<ExitCode> => {
  const findings = [...(await checkTools(projectDir)), ...(await checkMachine(projectDir))]
  console.log(json ? JSON.stringify(findings, null, 2) : findings.map(lineOf).join('\n'))
  return findings.some(({ state }) => state === 'failed') ? exitCodes.badUsage : exitCodes.pass
}

const lineOf = ({ name, state, detail, hint }: Finding): string =>
  `${marks[state]} ${name}: ${detail}${hint === undefined ? '' : `\n  ${hint}`}`
