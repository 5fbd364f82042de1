import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { didYouMean } from '../../model/parse.ts'
import { buildSystemImage } from '../../run/containers.ts'
import { systems } from '../../systems/index.ts'
import { projectDir } from '../project.ts'

/** `holdfast image <system>`: builds the image of a stand-in with Docker, for a cluster; prints its name. */
export const imageCommand = async (name: string): Promise<ExitCode> => {
  const system = Object.hasOwn(systems, name) ? systems[name] : undefined
  if (!system) throw new HoldfastError(`there is no system "${name}"`, { hint: didYouMean(name, Object.keys(systems)) })
  const onStep = (text: string) => process.stderr.write(`· ${text}\n`)
  console.log(await buildSystemImage({ system, projectDir, userEnv: process.env, onStep }))
  return exitCodes.pass
}
